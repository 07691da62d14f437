//! `check`: everything that is wrong, at once.

mod calendars;
mod engine;
mod gates;
mod mail;
mod open_values;
mod reports;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::json;

use crate::deliver::letters::{Kind, compose};
use crate::diag::{Diagnostic, Diagnostics, Severity, toml_files};
use crate::job::{Job, Jobs};
use crate::pipeline::{self, preview};
use crate::render::{Renderer, Shape};
use crate::scheme::Registry;
use crate::score;
use crate::settings::Settings;
use crate::source::{self, Source};
use crate::words::Locale;

use super::Ending;
use super::arguments::CheckOptions;
use super::printer::Printer;
use super::serve;

pub(in crate::cli) use open_values::Known;

/// Checks every file that a person wrote, and with `--online` the relay.
pub(super) async fn check(settings: &Settings, options: &CheckOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let mut found = files(settings, &open_values::known(settings));
    if options.online {
        found.extend(mail::online(settings).await);
    }
    printer.diagnostics(&found);
    report(&found, settings.locale, printer);
    Ok(if found.has_errors() { Ending::NotDone } else { Ending::Done })
}

/// Everything that is wrong with the files of this machine; nobody outside is asked. Values that a ledger holds are told of.
pub(in crate::cli) fn files(settings: &Settings, known: &Known) -> Diagnostics {
    let mut found = written(settings, known);
    if let Some(wrong) = certificate(settings) {
        found.push(wrong);
    }
    found.extend(mail::written(settings));
    found.extend(letters(settings));
    match Renderer::of_machine(settings) {
        Ok(renderer) => found.extend(renderer.check()),
        Err(error) => found.push(Diagnostic::error(format!("{error:#}"))),
    }
    found
}

/// What is wrong with the certificate of the console.
fn certificate(settings: &Settings) -> Option<Diagnostic> {
    let error = serve::certificate(settings).err()?;
    let hint = "mend `certificate` and `key` in `[console]`, or leave both out";
    Some(Diagnostic::error(format!("{error:#}")).hint(hint))
}

/// Jobs, schemes and sources, and how they fit together; a file that is wrong keeps none of the others from being checked.
fn written(settings: &Settings, known: &Known) -> Diagnostics {
    let (jobs, mut found) = Jobs::review(&settings.jobs);
    let (schemes, wrong) = Registry::review(&settings.jobs.join("schemes"));
    found.extend(wrong);
    let (sources, wrong) = source::review_folder(&settings.jobs.join("sources"), &settings.variables);
    found.extend(wrong);
    found.extend(schemes_compile(&schemes));
    found.extend(open_values::unset(&schemes, |scheme| jobs.all().iter().any(|job| job.scheme == scheme), known));
    found.extend(engine::uncounted(settings, &jobs, &schemes));
    found.extend(cycles(&jobs, &schemes));
    found.extend(gates::unfilled(&jobs, &sources));
    found.extend(reports::unfilled(&jobs, &schemes));
    found.extend(calendars::ended(&jobs, &schemes, settings.clock.now()));
    let unread = Unread::of(&settings.jobs, &schemes, &sources);
    found.extend(references(
        jobs.all(),
        |scheme| {
            schemes.all().iter().any(|one| one.id == scheme)
                || unread.schemes.iter().any(|stem| stem.starts_with(scheme))
        },
        |source| sources.contains_key(source) || unread.sources.contains(source),
    ));
    found
}

/// The names of files that could not be read: what names them may be right.
struct Unread {
    schemes: BTreeSet<String>,
    sources: BTreeSet<String>,
}

impl Unread {
    fn of(jobs: &Path, schemes: &Registry, sources: &BTreeMap<String, Source>) -> Self {
        let stems = |folder: &str, known: &dyn Fn(&Path) -> bool| {
            let files = toml_files(&jobs.join(folder)).unwrap_or_default();
            let unread = files.into_iter().filter(|path| !known(path));
            unread.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect()
        };
        Self {
            schemes: stems("schemes", &|path| schemes.all().iter().any(|one| one.file.path == path)),
            sources: stems("sources", &|path| sources.values().any(|one| one.path == path)),
        }
    }
}

fn schemes_compile(schemes: &Registry) -> Diagnostics {
    let mut found = Diagnostics::new();
    for scheme in schemes.all() {
        if let Err(wrong) = score::compile(scheme) {
            found.extend(wrong);
        }
    }
    found
}

/// A job and its scheme must agree on how long a period is.
fn cycles(jobs: &Jobs, schemes: &Registry) -> Diagnostics {
    let mut found = Diagnostics::new();
    for job in jobs.all() {
        let schemes = schemes.all().iter().filter(|scheme| scheme.id == job.scheme);
        schemes.filter_map(|scheme| pipeline::other_cycle(job, scheme)).for_each(|one| found.push(one));
    }
    found
}

/// The letters' templates, tried on every kind of invented document in both languages; each template's first fault.
fn letters(settings: &Settings) -> Diagnostics {
    let mut found = Diagnostics::new();
    let overrides = Some(settings.templates.as_path()).filter(|folder| folder.is_dir());
    for (kind, locale) in Kind::ALL.into_iter().flat_map(|kind| Locale::ALL.map(|locale| (kind, locale))) {
        let mut samples = Shape::ALL.into_iter().filter_map(|shape| preview::sample_letter(kind, shape, locale));
        let wrong = samples.find_map(|sample| compose(kind, locale, &sample, overrides).err());
        match wrong.map(|wrong| wrong.downcast::<Diagnostics>()) {
            None => {}
            Some(Ok(placed)) => found.extend(placed),
            Some(Err(unreadable)) => found.push(Diagnostic::error(format!("{unreadable:#}"))),
        }
    }
    found
}

/// What a job names must exist.
fn references(jobs: &[Job], has_scheme: impl Fn(&str) -> bool, has_source: impl Fn(&str) -> bool) -> Diagnostics {
    let mut found = Diagnostics::new();
    for job in jobs {
        let place = job.file.place(0..0);
        if !has_scheme(&job.scheme) {
            found.push(
                Diagnostic::error(format!("job `{}` names scheme `{}`, which does not exist", job.id, job.scheme))
                    .at(place.clone())
                    .hint("schemes are the ids of the files in `schemes/`"),
            );
        }
        for source in job.sources.iter().filter(|source| !has_source(source)) {
            found.push(
                Diagnostic::error(format!("job `{}` names source `{source}`, which does not exist", job.id))
                    .at(place.clone())
                    .hint("sources are the ids of the files in `sources/`"),
            );
        }
    }
    found
}

fn report(found: &Diagnostics, locale: Locale, printer: &Printer) {
    let all = found.sorted();
    let count = |severity| all.iter().filter(|one| one.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    printer.line(&match (errors, warnings) {
        (0, 0) if locale == Locale::Zh => "一切正常".to_owned(),
        (0, 0) => "everything is in order".to_owned(),
        _ if locale == Locale::Zh => format!("{errors} 个错误，{warnings} 个警告"),
        _ => format!("errors: {errors}, warnings: {warnings}"),
    });
    let facts = |one: &&Diagnostic| {
        let place = one.place.as_ref().map(|place| {
            let (line, column) = place.line_and_column();
            json!({ "file": place.file.path, "line": line, "column": column })
        });
        let severity = format!("{:?}", one.severity).to_lowercase();
        json!({ "severity": severity, "message": one.message, "place": place, "hints": one.hints })
    };
    printer.document(&json!({
        "errors": errors, "warnings": warnings, "diagnostics": all.iter().map(facts).collect::<Vec<_>>(),
    }));
}
