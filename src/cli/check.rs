//! `check`: everything that is wrong, at once.

use serde_json::json;

use crate::deliver::{Limits, MailUrl, Postman};
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::job::Jobs;
use crate::pipeline::Pipeline;
use crate::render::Renderer;
use crate::scheme::Registry;
use crate::score;
use crate::settings::Settings;

use super::Ending;
use super::arguments::CheckOptions;
use super::printer::Printer;

/// Checks every file that a person wrote, and with `--online` the relay.
pub(super) async fn check(settings: &Settings, options: &CheckOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let mut found = Diagnostics::new();
    match Pipeline::load(settings) {
        Err(wrong) => found.extend(wrong),
        Ok((jobs, schemes, sources)) => {
            found.extend(schemes_compile(&schemes));
            found.extend(references(&jobs, &schemes, |id| sources.contains_key(id)));
        }
    }
    match MailUrl::parse(&settings.mail_url) {
        Err(wrong) => found.push(wrong),
        Ok(url) if options.online => found.extend(relay(&url).await),
        Ok(_) => {}
    }
    let templates = Some(settings.templates.as_path()).filter(|folder| folder.is_dir());
    match Renderer::open(templates, None) {
        Ok(renderer) => found.extend(renderer.check()),
        Err(error) => found.push(Diagnostic::error(format!("{error:#}"))),
    }
    printer.diagnostics(&found);
    report(&found, printer);
    Ok(if found.has_errors() { Ending::NotDone } else { Ending::Done })
}

fn schemes_compile(schemes: &Registry) -> Diagnostics {
    let mut found = Diagnostics::new();
    for scheme in schemes.all() {
        if let Err(wrong) = score::compile(scheme) {
            found.extend(wrong);
        }
        for name in scheme.unset() {
            found.push(
                Diagnostic::warning(format!(
                    "scheme `{}` leaves `{name}` unset; a run that needs it is held",
                    scheme.id
                ))
                .at(scheme.file.place(0..0))
                .hint("write the value, or mark an assumption with its reason"),
            );
        }
    }
    found
}

/// What a job names must exist.
fn references(jobs: &Jobs, schemes: &Registry, has_source: impl Fn(&str) -> bool) -> Diagnostics {
    let mut found = Diagnostics::new();
    for job in jobs.all() {
        let place = job.file.place(0..0);
        if !schemes.all().iter().any(|scheme| scheme.id == job.scheme) {
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

async fn relay(url: &MailUrl) -> Diagnostics {
    let mut found = Diagnostics::new();
    let probed = match Postman::open(url, Limits::default()) {
        Ok(mut postman) => postman.probe().await,
        Err(error) => Err(error),
    };
    match probed {
        Ok(answer) => found.push(Diagnostic::note(format!("the mail relay answers: {answer}"))),
        Err(error) => found.push(
            Diagnostic::error(format!("the mail relay cannot be used: {error:#}")).hint("check `SCOREPOST_MAIL_URL`"),
        ),
    }
    found
}

fn report(found: &Diagnostics, printer: &Printer) {
    let all = found.sorted();
    let count = |severity| all.iter().filter(|one| one.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    printer.line(&match (errors, warnings) {
        (0, 0) => "everything is in order".to_owned(),
        _ => format!("{errors} errors, {warnings} warnings"),
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
