//! Documents: issued bodies or invented ones through the renderer.

use anyhow::Context;
use serde_json::Value;

use super::super::documents::changes_of;
use super::{Preview, Previewer, Shown, Subject, Which, nobody};
use crate::diag::{Diagnostic, Diagnostics, known_names};
use crate::ledger::{Document, DocumentKind, Run};
use crate::render::{self, Issue, Renderer, Shape};
use crate::words::Locale;

/// Runs that are looked through for a document.
const LOOKED_THROUGH: u32 = 500;

pub(super) fn show(
    previewer: &Previewer<'_>,
    template: &str,
    subject: &Subject,
    locale: Locale,
) -> anyhow::Result<Preview> {
    let renderer = match Renderer::of_machine(previewer.settings) {
        Ok(renderer) => renderer,
        Err(unusable) => return Ok(refused(template.to_owned(), Diagnostic::error(format!("{unusable:#}")))),
    };
    if !renderer.templates().any(|known| known == template) {
        let nobody = Diagnostic::error(format!("there is no template `{template}`"));
        return Err(Diagnostics::from(nobody.hint(known_names(template, renderer.templates()))).into());
    }
    let (body, issue, of) = data(previewer, template, subject, locale)?;
    let (pdf, found) = renderer.preview(template, &body, &issue)?;
    let files = pdf.into_iter().map(|pdf| Shown { extension: "pdf", bytes: pdf.bytes }).collect();
    Ok(Preview { files, of, found })
}

fn refused(of: String, why: Diagnostic) -> Preview {
    Preview { files: Vec::new(), of, found: why.into() }
}

/// What a template is given, and whose it is.
fn data(
    previewer: &Previewer<'_>,
    template: &str,
    subject: &Subject,
    locale: Locale,
) -> anyhow::Result<(Value, Issue, String)> {
    let kind = template.trim_end_matches(".typ");
    let shape = match subject {
        Subject::Invented(shape) => *shape,
        Subject::Issued(which) => match issued(previewer, kind, which)? {
            Some(document) => {
                let (body, issue) = stated(previewer, &document)?;
                return Ok((body, issue, named(&document)));
            }
            None => Shape::Usual,
        },
    };
    let (body, issue) = render::sample(template, shape, locale).with_context(|| {
        format!("nobody knows what `{template}` is to show; give it the name of a document, such as `card.typ`")
    })?;
    Ok((body, issue, invented(shape, locale)))
}

/// Says in the reader's language that nobody's data is shown.
pub(super) fn invented(shape: Shape, locale: Locale) -> String {
    match locale {
        Locale::Zh => format!("编造的数据：{}", shape.title().zh),
        Locale::En => format!("invented data: {}", shape.title().en),
    }
}

pub(super) fn named(document: &Document) -> String {
    format!("{} {}, {} {}", document.subject, document.name, document.job, document.period)
}

/// The newest document of this kind that fits; `None` when nothing was named and there is none.
pub(super) fn issued(previewer: &Previewer<'_>, kind: &str, which: &Which) -> anyhow::Result<Option<Document>> {
    let found = match (previewer.ledger, DocumentKind::from_word(kind)) {
        (Some(ledger), Some(kind)) => {
            let runs = ledger.runs(which.job.as_deref(), LOOKED_THROUGH)?;
            let fits = |run: &&Run| which.period.is_none_or(|period| period == run.period);
            let first = |run: &Run| ledger.first_in_run(&run.id, kind, which.subject.as_deref()).transpose();
            runs.iter().filter(fits).find_map(first).transpose()?
        }
        _ => None,
    };
    if found.is_none() && *which != Which::default() {
        return Err(nobody(which, kind).into());
    }
    Ok(found)
}

/// What a document says, and which issue of it this is.
fn stated(previewer: &Previewer<'_>, document: &Document) -> anyhow::Result<(Value, Issue)> {
    let body = body_of(document)?;
    let run = previewer.ledger.map(|ledger| ledger.run(&document.run_id)).transpose()?.flatten();
    let job = previewer.jobs.get(&document.job).ok();
    let issue = Issue {
        run: document.run_id.clone(),
        edition: document.edition,
        cut_off: run.and_then(|run| run.cut_off).unwrap_or(document.created_at),
        zone: job.map_or(chrono_tz::Asia::Shanghai, |job| job.time_zone),
        calendar: job.map(|job| job.calendar.clone()).unwrap_or_default(),
        changed: changes_of(document.changed.as_deref()),
        link: None,
    };
    Ok((body, issue))
}

pub(super) fn body_of(document: &Document) -> anyhow::Result<Value> {
    serde_json::from_str(&document.data).context("the ledger's copy of a document is damaged")
}
