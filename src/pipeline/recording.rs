//! Events that people wrote down, on their way to a run: a workbook of the job and period, in the folder where a source of the
//! job reads it. Each run brings it first, so that what the ledger holds counts whatever became of the file; one without
//! any event says that nothing happened.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::diag::Diagnostics;
use crate::job::Job;
use crate::ledger::RecordedEvent;
use crate::period::Period;
use crate::scheme::Noted;
use crate::score::forms::FormTeam;
use crate::source::Source;
use crate::workbook::{self, Cell, List, Row};

use super::filling::folder_of;
use super::folders::write_whole;
use super::{FormDesk, Pipeline, versions};

/// The table that they fill.
const TABLE: &str = "events";
/// The sheet that the source reads, the same in both languages.
const SHEET: &str = "记录 Events";
/// Its columns, which the source takes by their names.
const COLUMNS: [&str; 11] = [
    "event_id",
    "agent_id",
    "type",
    "cause",
    "date",
    "count",
    "points_override",
    "verified",
    "verifier",
    "approved_exception",
    "note",
];

/// Forms by which a source is known that collects what people hand in.
const FORMS: [(&str, &str); 2] = [("ratings", "rating-supervisor-T1.xlsx"), ("checklist_results", "check-T1.xlsx")];

/// Where what is written down goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Collection {
    /// No source of the job is a folder that collects workbooks.
    #[default]
    Nowhere,
    /// This source collects workbooks, but none with events.
    WithoutEvents(String),
    /// A run reads it.
    Works,
}

impl FormDesk<'_> {
    /// The events that can be written down.
    pub fn noted(&self) -> &[Noted] {
        &self.noted
    }

    /// The teams about whose people they can be.
    pub fn teams(&self) -> &[FormTeam] {
        &self.forms.teams
    }

    /// The period as of which these people are known.
    pub fn known_since(&self) -> Period {
        self.known
    }

    /// Whether what is written down comes to a run.
    pub fn collection(&self) -> Collection {
        if place(self.pipeline, self.job, &self.period).is_some() {
            return Collection::Works;
        }
        let name = self.period.name();
        let takes = |source: &Source, form: (&str, &str)| folder_of(source, (&name, &self.job.id), form).is_some();
        let mut sources = self.job.sources.iter().filter_map(|id| self.pipeline.sources.get(id));
        let found = sources.find(|source| FORMS.into_iter().any(|form| takes(source, form)));
        found.map_or(Collection::Nowhere, |source| Collection::WithoutEvents(source.id.clone()))
    }
}

/// Brings the events of a job's period that count to where a source of the job reads them, in place of those before.
///
/// # Errors
/// When there is no such job, or the file cannot be written.
pub fn collect_events(pipeline: &Pipeline, job: &str, period: &Period) -> anyhow::Result<()> {
    bring(pipeline, pipeline.jobs.get(job).map_err(Diagnostics::from)?, period)
}

/// The same before a run reads it; nothing where the scheme counts no such events, or no source of the job reads them.
pub(super) fn bring(pipeline: &Pipeline, job: &Job, period: &Period) -> anyhow::Result<()> {
    // A folder that is not there is told of by the pull itself, and never made: it may only not be mounted.
    let Some(path) = place(pipeline, job, period).filter(|(folder, _)| folder.is_dir()).map(|(_, path)| path) else {
        return Ok(());
    };
    if versions::scheme_last_used(pipeline, job, period)?.noted().is_empty() {
        return Ok(());
    }
    write(pipeline, (&job.id, period), &path)
}

/// Writes every workbook anew that holds events of a job's period, whichever source reads it: somebody in it was erased, or
/// it has grown old.
///
/// # Errors
/// When a file cannot be written.
pub fn renew_events(pipeline: &Pipeline, job: &str, period: &Period) -> anyhow::Result<()> {
    let names = period.name();
    for source in pipeline.sources.values() {
        let Some(folder) = folder_of(source, (&names, job), (TABLE, &file(job))) else { continue };
        let path = folder.join(&names).join(file(job));
        if path.exists() {
            write(pipeline, (job, period), &path)?;
        }
    }
    Ok(())
}

/// The folder and the workbook in it that a source of the job reads.
fn place(pipeline: &Pipeline, job: &Job, period: &Period) -> Option<(PathBuf, PathBuf)> {
    let (name, file) = (period.name(), file(&job.id));
    let mut sources = job.sources.iter().filter_map(|id| pipeline.sources.get(id));
    let folder = sources.find_map(|source| folder_of(source, (&name, &job.id), (TABLE, &file)))?;
    let path = folder.join(name).join(file);
    Some((folder, path))
}

/// The name of the workbook; a job's id is a plain one.
fn file(job: &str) -> String {
    format!("events-{job}.xlsx")
}

fn write(pipeline: &Pipeline, (job, period): (&str, &Period), path: &Path) -> anyhow::Result<()> {
    let mut events = counting(pipeline, job, period)?;
    loop {
        let book = book(pipeline, period, &events)?;
        // One that is the same stays, also where nobody may write.
        if fs::read(path).ok().as_deref() != Some(book.as_slice()) {
            write_whole(path, &book).context("events that were written down cannot be brought to the run")?;
        }
        // Whoever wrote one down meanwhile, on whatever machine, may have written the file before us.
        let now = counting(pipeline, job, period)?;
        if now.iter().map(|one| one.id).eq(events.iter().map(|one| one.id)) {
            return Ok(());
        }
        events = now;
    }
}

fn counting(pipeline: &Pipeline, job: &str, period: &Period) -> anyhow::Result<Vec<RecordedEvent>> {
    let mut events = pipeline.ledger.recorded_events(job, period)?;
    events.retain(|one| one.withdrawn.is_none());
    events.sort_by_key(|one| one.id);
    Ok(events)
}

fn book(pipeline: &Pipeline, period: &Period, events: &[RecordedEvent]) -> anyhow::Result<Vec<u8>> {
    let list = List {
        name: SHEET.to_owned(),
        heads: COLUMNS.map(str::to_owned).to_vec(),
        rows: events.iter().map(row).collect(),
    };
    let settings = &pipeline.settings;
    workbook::lists(SHEET, settings.house.company.get(settings.locale), period.last_day(), &[list])
}

/// Whoever wrote it down vouches for it.
fn row(event: &RecordedEvent) -> Row {
    let what = &event.what;
    Row::of(vec![
        Cell::text(format!("recorded-{}", event.id)),
        Cell::text(&what.agent),
        Cell::text(&what.kind),
        Cell::text(what.cause.as_deref().unwrap_or_default()),
        Cell::text(what.day.to_string()),
        Cell::Count(what.count),
        Cell::text(what.points.as_ref().map(|points| points.trimmed(6)).unwrap_or_default()),
        Cell::text("true"),
        Cell::text(&what.author),
        Cell::text("false"),
        Cell::text(&what.evidence),
    ])
}
