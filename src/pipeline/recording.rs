//! Events that people wrote down, on their way to a run: a workbook for each team, in the folder where a job collects forms.

use std::path::PathBuf;

use crate::job::Job;
use crate::ledger::RecordedEvent;
use crate::period::Period;
use crate::scheme::Noted;
use crate::score::forms::FormTeam;
use crate::workbook::{self, Cell, List, Row};

use super::export::file_name;
use super::filling::folder_of;
use super::folders::write_whole;
use super::{FormDesk, Pipeline};

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

impl FormDesk<'_> {
    /// The events that can be written down.
    pub fn noted(&self) -> &[Noted] {
        &self.noted
    }

    /// The teams about whose people they can be.
    pub fn teams(&self) -> &[FormTeam] {
        &self.forms.teams
    }

    /// Whether what is written down comes to a run.
    pub fn collects_events(&self) -> bool {
        self.folder(TABLE).is_some()
    }

    /// Puts the events of a team that count where the job's source collects them, in place of those before.
    ///
    /// # Errors
    /// When no source of the job collects events, or the file cannot be written.
    pub fn collect_events(&self, team: &str) -> anyhow::Result<PathBuf> {
        let name = format!("events-{}-{}.xlsx", file_name(&self.job.id), file_name(team));
        let path = self.folder_for(TABLE)?.join(self.period.name()).join(name);
        let mut events = self.counting(team)?;
        loop {
            write_whole(&path, &book(self.pipeline, &self.period, &events)?)?;
            // Whoever wrote one down meanwhile, on whatever machine, may have written the file before us.
            let now = self.counting(team)?;
            if now.iter().map(|one| one.id).eq(events.iter().map(|one| one.id)) {
                return Ok(path);
            }
            events = now;
        }
    }

    fn counting(&self, team: &str) -> anyhow::Result<Vec<RecordedEvent>> {
        let mut events = self.pipeline.ledger.recorded_events(&self.job.id, &self.period, team)?;
        events.retain(|one| one.withdrawn.is_none());
        events.sort_by_key(|one| one.id);
        Ok(events)
    }
}

/// Says that nothing was written down in a period where that is so and leaders of the job write events down at all: a
/// folder without any file would be taken for one that is lost.
pub(super) fn say_nothing_happened(pipeline: &Pipeline, job: &Job, period: &Period) -> anyhow::Result<()> {
    let Some(folder) = folder_of(pipeline, job, TABLE) else { return Ok(()) };
    let path = folder.join(period.name()).join(format!("events-{}.xlsx", file_name(&job.id)));
    if path.exists() || !pipeline.ledger.keeps_events(&job.id)? {
        return Ok(());
    }
    write_whole(&path, &book(pipeline, period, &[])?)
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
