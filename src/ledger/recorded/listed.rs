//! Recorded events counted and leafed through, without reading those that are not shown.

use std::ops::Range;

use anyhow::Result;

use super::super::Ledger;
use super::super::store::{self, Row, ToValue, params};
use super::super::stored::Label;
use super::{RecordedEvent, read};
use crate::period::Period;

/// How many events of a period are about an agent, by the team in which the agent was when they were written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedTally {
    /// The team's id.
    pub team: String,
    /// The agent's staff number.
    pub agent: String,
    /// How many there are.
    pub events: usize,
    /// How many of them count: nobody withdrew them.
    pub counting: usize,
}

impl Ledger {
    /// About whom the events of a job's period are.
    pub fn recorded_tallies(&self, job: &str, period: &Period) -> Result<Vec<RecordedTally>> {
        self.read(|connection| {
            let sql = "SELECT team, agent, count(*) AS events, count(CASE WHEN withdrawn_by IS NULL THEN 1 END) AS counting \
                       FROM recorded_events WHERE job = ?1 AND period = ?2 GROUP BY team, agent ORDER BY team, agent";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map(params![job, Label(*period)], read_tally)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// Those of the tallied events that lie in this range when all lie newest first, withdrawn ones too.
    pub fn find_recorded(
        &self,
        job: &str,
        period: &Period,
        tallies: &[RecordedTally],
        range: Range<usize>,
    ) -> Result<Vec<RecordedEvent>> {
        if tallies.is_empty() || range.is_empty() {
            return Ok(Vec::new());
        }
        let pairs: Vec<String> =
            (0..tallies.len()).map(|place| format!("(?{}, ?{})", 2 * place + 5, 2 * place + 6)).collect();
        // The index alone tells which ones they are; only those that are shown are read.
        let sql = format!(
            "SELECT * FROM recorded_events WHERE id IN (SELECT id FROM recorded_events WHERE job = ?1 AND period = ?2 \
             AND (team, agent) IN (VALUES {}) ORDER BY id DESC LIMIT ?3 OFFSET ?4) ORDER BY id DESC",
            pairs.join(", ")
        );
        let (label, limit, offset) = (Label(*period), range.len() as i64, range.start as i64);
        let mut values: Vec<&dyn ToValue> = vec![&job, &label, &limit, &offset];
        values.extend(tallies.iter().flat_map(|one| [&one.team as &dyn ToValue, &one.agent]));
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let found = statement.query_map(values.as_slice(), read)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}

fn read_tally(row: &Row<'_>) -> store::Result<RecordedTally> {
    let count = |column: &str| row.get::<_, i64>(column).map(|count| count.unsigned_abs() as usize);
    Ok(RecordedTally {
        team: row.get("team")?,
        agent: row.get("agent")?,
        events: count("events")?,
        counting: count("counting")?,
    })
}
