//! `preview`: a template shown to whoever writes it, once or at every change.

mod watch;

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::{Value, json};

use crate::diag::Diagnostics;
use crate::pipeline::Pipeline;
use crate::pipeline::preview::{Preview, Previewer, Subject, Template, Which};
use crate::settings::Settings;
use crate::words::Locale;

use super::Ending;
use super::arguments::PreviewOptions;
use super::plan::period;
use super::printer::Printer;

/// Writes what the template makes and says where; with `--watch` again at every change, until Ctrl-C.
pub(super) async fn preview(settings: Settings, options: &PreviewOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let template = Template::named(&options.template).map_err(Diagnostics::from)?;
    let desk = Desk::open(settings, options)?;
    let subject = desk.subject(options)?;
    let out = options.out.clone().unwrap_or_else(|| default_out(&template));
    let show = || desk.show(&template, &subject, &out, printer);
    if options.watch {
        return watch::watch(&desk.settings.templates, show, printer).await;
    }
    show()
}

/// What previews get their data from.
struct Desk {
    settings: Settings,
    pipeline: Option<Pipeline>,
}

impl Desk {
    /// Opens the ledger where there is one; looking at a template makes no data folder.
    fn open(settings: Settings, options: &PreviewOptions) -> anyhow::Result<Self> {
        let pipeline = match options.fixture.is_none() && settings.ledger.may_exist() {
            true => {
                let (written, _) = Pipeline::load_sound(&settings);
                Some(super::open_written(settings.clone(), written)?)
            }
            false => None,
        };
        Ok(Self { settings, pipeline })
    }

    fn subject(&self, options: &PreviewOptions) -> anyhow::Result<Subject> {
        if let Some(fixture) = options.fixture {
            return Ok(Subject::Invented(fixture.into()));
        }
        let period = match (&self.pipeline, &options.job, &options.period) {
            (Some(pipeline), Some(job), Some(text)) => Some(period(pipeline, job, text, None)?),
            _ => None,
        };
        let subject = options.agent.clone().or_else(|| options.team.clone());
        Ok(Subject::Issued(Which { job: options.job.clone(), period, subject }))
    }

    fn show(&self, template: &Template, subject: &Subject, out: &Path, printer: &Printer) -> anyhow::Result<Ending> {
        let started = std::time::Instant::now();
        let previewer = match &self.pipeline {
            Some(pipeline) => {
                Previewer { settings: &self.settings, jobs: &pipeline.jobs, ledger: Some(&pipeline.ledger) }
            }
            None => Previewer { settings: &self.settings, jobs: &Default::default(), ledger: None },
        };
        let preview = previewer.show(template, subject, self.settings.locale)?;
        let written = write(&preview, out)?;
        tell(&preview, &written, started.elapsed(), self.settings.locale, printer);
        Ok(if preview.files.is_empty() { Ending::NotDone } else { Ending::Done })
    }
}

/// `card.preview.pdf`, `letter-card.en.preview.html`.
fn default_out(template: &Template) -> PathBuf {
    match template {
        Template::Document(name) => format!("{}.preview.pdf", name.trim_end_matches(".typ")).into(),
        Template::Letter { kind, locale } => format!("letter-{}.{}.preview.html", kind.word(), locale.tag()).into(),
    }
}

/// The first file where it was asked for, the others beside it.
fn write(preview: &Preview, out: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let place = |(at, extension): (usize, &str)| if at == 0 { out.to_owned() } else { out.with_extension(extension) };
    let mut written = Vec::new();
    for (at, file) in preview.files.iter().enumerate() {
        let path = place((at, file.extension));
        std::fs::write(&path, &file.bytes).with_context(|| format!("cannot write `{}`", path.display()))?;
        written.push(path);
    }
    Ok(written)
}

fn tell(preview: &Preview, written: &[PathBuf], took: std::time::Duration, locale: Locale, printer: &Printer) {
    printer.diagnostics(&preview.found);
    let paths: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
    match paths.as_slice() {
        [] => {
            let nothing = if locale == Locale::Zh { "未写出文件" } else { "nothing was written" };
            printer.line(&format!("{nothing} · {} · {} ms", preview.of, took.as_millis()));
        }
        paths => printer.line(&format!("{} · {} · {} ms", paths.join(", "), preview.of, took.as_millis())),
    }
    printer.document(&document(preview, &paths));
}

fn document(preview: &Preview, paths: &[String]) -> Value {
    let found = preview.found.sorted().into_iter().map(|one| {
        let place = one.place.as_ref().map(|place| {
            let (line, column) = place.line_and_column();
            json!({ "file": place.file.path, "line": line, "column": column })
        });
        json!({ "severity": format!("{:?}", one.severity).to_lowercase(), "message": one.message, "place": place, "hints": one.hints })
    });
    json!({ "of": preview.of, "files": paths, "diagnostics": found.collect::<Vec<_>>() })
}
