//! `sources check`: everything that is wrong with the files, and with `--online` whether the sources answer.

use serde_json::{Value, json};

use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::pipeline::{self, Pipeline};
use crate::settings::Settings;
use crate::source::{self, Source};
use crate::words::Locale;

use super::super::arguments::CheckSourcesOptions;
use super::super::printer::Printer;
use super::super::{Ending, open_sound};

/// Checks all source files, or one.
pub(super) async fn check(
    settings: Settings,
    options: &CheckSourcesOptions,
    printer: &Printer,
) -> anyhow::Result<Ending> {
    let (sources, found) = source::review_folder(&settings.jobs.join("sources"), &settings.variables);
    let found = of_one(found, options.source.as_deref());
    printer.diagnostics(&found);
    let locale = settings.locale;
    let mut answers = Vec::new();
    if options.online {
        let pipeline = open_sound(settings, printer)?;
        for source in sources.values().filter(|one| options.source.as_ref().is_none_or(|id| *id == one.id)) {
            answers.push((source.id.clone(), online(&pipeline, source).await));
        }
    }
    let wrong = found.sorted().into_iter().filter(|one| one.severity == Severity::Error).count();
    let silent = answers.iter().filter(|(_, answer)| answer.is_err()).count();
    tell(&answers, wrong, locale, printer);
    let is_there = options.source.as_ref().is_none_or(|id| sources.contains_key(id) || wrong > 0);
    if let Some(id) = options.source.as_ref().filter(|_| !is_there) {
        return Err(super::super::fault::Fault::Usage(format!("there is no source `{id}`")).into());
    }
    printer.document(&json!({
        "errors": wrong,
        "diagnostics": found.sorted().iter().map(|one| facts(one)).collect::<Vec<_>>(),
        "online": answers.iter().map(|(id, answer)| match answer {
            Ok(text) => json!({ "source": id, "ok": true, "answer": text }),
            Err(text) => json!({ "source": id, "ok": false, "error": text }),
        }).collect::<Vec<Value>>(),
    }));
    Ok(if wrong + silent > 0 { Ending::NotDone } else { Ending::Done })
}

/// One cheap request, and what came of it.
async fn online(pipeline: &Pipeline, source: &Source) -> Result<String, String> {
    let period = super::period(pipeline, source, "yesterday").map_err(|error| format!("{error:#}"))?;
    match pipeline::probe_source(pipeline, source, period).await {
        Ok(probed) => Ok(format!("{} → {}", probed.request, probed.answer)),
        Err(error) => Err(format!("{error:#}")),
    }
}

/// Only what is about the file of one source.
fn of_one(found: Diagnostics, id: Option<&str>) -> Diagnostics {
    let Some(id) = id else { return found };
    let is_about = |one: &Diagnostic| {
        let file = one.place.as_ref().and_then(|place| place.file.path.file_stem());
        file.is_none_or(|stem| stem == id)
    };
    let mut kept = Diagnostics::new();
    found.sorted().into_iter().filter(|one| is_about(one)).for_each(|one| kept.push(one.clone()));
    kept
}

fn tell(answers: &[(String, Result<String, String>)], wrong: usize, locale: Locale, printer: &Printer) {
    for (id, answer) in answers {
        match (answer, locale) {
            (Ok(text), Locale::Zh) => printer.line(&format!("{id}：有应答 {text}")),
            (Ok(text), Locale::En) => printer.line(&format!("{id}: answers {text}")),
            (Err(text), Locale::Zh) => printer.line(&format!("{id}：无法使用：{text}")),
            (Err(text), Locale::En) => printer.line(&format!("{id}: {text}")),
        }
    }
    match (wrong, locale) {
        (0, Locale::Zh) => printer.line("数据源文件一切正常"),
        (0, Locale::En) => printer.line("the source files are in order"),
        (_, Locale::Zh) => printer.line(&format!("{wrong} 个错误")),
        (_, Locale::En) => printer.line(&format!("errors: {wrong}")),
    }
}

fn facts(one: &Diagnostic) -> Value {
    let place = one.place.as_ref().map(|place| {
        let (line, column) = place.line_and_column();
        json!({ "file": place.file.path, "line": line, "column": column })
    });
    let severity = format!("{:?}", one.severity).to_lowercase();
    json!({ "severity": severity, "message": one.message, "place": place, "hints": one.hints })
}
