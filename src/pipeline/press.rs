//! Documents become PDFs in the archive, on all cores and on every machine that helps.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::finding::Finding;
use crate::job::Job;
use crate::ledger::{Document, DocumentHead, DocumentKind, Run};
use crate::render::{Issue, Pdf, RenderFault, Renderer};
use crate::side_by_side;

use super::archivist::{Archivist, keep_beside};
use super::documents::{changes_of, is_archived, prints};
use super::order::{Event, Stage, Unit, Watch};
use super::{Folders, Pipeline, appeals, appended, reports, wording};

/// Renders what a run that another process holds has issued and nobody has rendered yet; gives how many were rendered here.
///
/// What cannot be rendered is left to the holder, who tells of it.
pub(super) fn help_to_render(pipeline: &Pipeline, job: &Job, run: &Run, watch: Watch<'_>) -> anyhow::Result<usize> {
    let Some(cut_off) = run.cut_off else { return Ok(0) };
    let mut waiting = pipeline.ledger.unrendered(&run.id)?;
    waiting.retain(|one| prints(job, one.kind));
    if waiting.is_empty() {
        return Ok(0);
    }
    // The holder begins at the front; whoever helps begins elsewhere, each at a place of its own.
    let apart = pipeline.worker.id.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    waiting.reverse();
    let start = apart % waiting.len() / 2;
    waiting.rotate_left(start);
    render_all(pipeline, job, cut_off, &waiting, watch)?;
    Ok(waiting.len())
}

/// Renders these documents, passing over those that another process has rendered meanwhile.
///
/// No claim is needed: a document rendered twice gives the same bytes under the same name.
pub(super) fn render_all(
    pipeline: &Pipeline,
    job: &Job,
    cut_off: DateTime<Utc>,
    waiting: &[DocumentHead],
    watch: Watch<'_>,
) -> anyhow::Result<Vec<Finding>> {
    let renderer = pipeline.renderer()?;
    let done = AtomicU64::new(0);
    let total = waiting.len() as u64;
    let kept = |hashes: Vec<(i64, String)>| pipeline.ledger.set_pdfs(&hashes);
    let results = keep_beside(&pipeline.folders, Folders::pdf, kept, |archivist| {
        let press = Press { pipeline, renderer, job, cut_off, archivist, watch };
        side_by_side::each(waiting, |head| {
            // What it says is read now, so that only what is being rendered is in memory.
            let document = pipeline.ledger.document(head.id)?.context("an edition is gone from the ledger")?;
            let result = match is_archived(pipeline, document.pdf_hash.as_deref()) {
                true => Ok(None),
                false => press.print(&document),
            };
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            watch(Event::Progress { stage: Stage::Render, done, total, what: document.name });
            result
        })
    })?;
    let findings: anyhow::Result<Vec<Option<Finding>>> = results.into_iter().collect();
    Ok(findings?.into_iter().flatten().collect())
}

/// What all documents of a run are rendered with.
struct Press<'a> {
    pipeline: &'a Pipeline,
    renderer: &'a Renderer,
    job: &'a Job,
    cut_off: DateTime<Utc>,
    archivist: &'a Archivist<i64>,
    watch: Watch<'a>,
}

impl Press<'_> {
    /// Renders one document into the archive; a fault of its data holds it alone, a fault of the template stops the run.
    fn print(&self, document: &Document) -> anyhow::Result<Option<Finding>> {
        match self.rendered(document)? {
            Ok(pdf) => {
                let pages = pdf.pages as u64;
                self.archivist.take(document.id, pdf.bytes)?;
                (self.watch)(Event::Counted { stage: Stage::Render, unit: Unit::Documents, count: 1 });
                (self.watch)(Event::Counted { stage: Stage::Render, unit: Unit::Pages, count: pages });
                Ok(None)
            }
            Err(RenderFault::Template(wrong)) => Err(anyhow::Error::from(wrong)),
            Err(fault) => Ok(Some(wording::not_rendered(document, &fault))),
        }
    }

    fn rendered(&self, document: &Document) -> anyhow::Result<Result<Pdf, RenderFault>> {
        let body: Value = serde_json::from_str(&document.data).context("the ledger's copy of a document is damaged")?;
        let issue = Issue {
            run: document.run_id.clone(),
            edition: document.edition,
            cut_off: self.cut_off,
            zone: self.job.time_zone,
            calendar: self.job.calendar.clone(),
            changed: changes_of(document.changed.as_deref()),
            link: appeals::link(self.pipeline, document)?,
        };
        Ok(match (document.kind, reports::report_of(document.kind)) {
            (_, Some(report)) => self.renderer.report(report, &body, &issue),
            (DocumentKind::Pack, None) => match appended::cards(self.pipeline, self.job, document, &body)?.as_slice() {
                [] => self.renderer.pack(&body, &issue),
                cards => self.renderer.book(&body, &issue, cards),
            },
            (_, None) => self.renderer.card(&body, &issue),
        })
    }
}
