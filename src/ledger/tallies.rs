//! What is counted for monitors: numbers and instants by job and state, nobody's name.

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::Ledger;
use super::delivery_state::DeliveryState;
use super::runs::RunState;
use super::store::{self, Connection, Row, params};
use super::stored::At;

/// Letters of one run that wait for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The run that planned them.
    pub run_id: String,
    /// `failed` or `unknown`.
    pub state: DeliveryState,
    /// How many.
    pub letters: u64,
}

impl Ledger {
    /// Writes to the ledger without changing anything, which fails when it cannot be written.
    pub fn prove_writable(&self) -> Result<()> {
        self.write(|transaction| {
            transaction.execute("UPDATE send_marks SET marks = marks WHERE \"only\" = 1", params![])?;
            Ok(())
        })
    }

    /// How many runs there are, by job and state.
    pub fn count_runs(&self) -> Result<Vec<(String, RunState, u64)>> {
        let sql = "SELECT job, state, count(*) FROM runs GROUP BY job, state ORDER BY job, state";
        self.read(|connection| all(connection, sql, |row| Ok((row.get(0)?, row.get(1)?, count(row, 2)?))))
    }

    /// How many deliveries there are, by state.
    pub fn count_deliveries(&self) -> Result<Vec<(DeliveryState, u64)>> {
        let sql = "SELECT state, count(*) FROM deliveries GROUP BY state ORDER BY state";
        self.read(|connection| all(connection, sql, |row| Ok((row.get(0)?, count(row, 1)?))))
    }

    /// When a run of each job last ended well.
    pub fn last_successes(&self) -> Result<Vec<(String, DateTime<Utc>)>> {
        let sql = "SELECT job, max(finished_at) FROM runs WHERE state IN ('sent', 'done') AND finished_at IS NOT NULL \
                   GROUP BY job ORDER BY job";
        self.read(|connection| all(connection, sql, |row| Ok((row.get(0)?, row.get::<_, At>(1)?.0))))
    }

    /// The earliest occasion of each job that was due and has no run yet.
    pub fn earliest_unserved(&self) -> Result<Vec<(String, DateTime<Utc>)>> {
        let sql = "SELECT job, min(due) FROM occurrences WHERE state IN ('due', 'claimed') GROUP BY job ORDER BY job";
        self.read(|connection| all(connection, sql, |row| Ok((row.get(0)?, row.get::<_, At>(1)?.0))))
    }

    /// When the scheduler last looked what was due, of whatever job.
    pub fn newest_look(&self) -> Result<Option<DateTime<Utc>>> {
        self.read(|connection| {
            let at: Option<At> = connection.query_row("SELECT max(at) FROM looks", [], |row| row.get(0))?;
            Ok(at.map(|at| at.0))
        })
    }

    /// The letters that failed or of which nobody knows, by the run that planned them.
    pub fn troubles(&self) -> Result<Vec<Trouble>> {
        let sql = "SELECT run_id, state, count(*) FROM deliveries WHERE state IN ('failed', 'unknown') \
                   GROUP BY run_id, state ORDER BY run_id, state";
        let trouble = |row: &Row<'_>| Ok(Trouble { run_id: row.get(0)?, state: row.get(1)?, letters: count(row, 2)? });
        self.read(|connection| all(connection, sql, trouble))
    }
}

fn all<T>(connection: &Connection, sql: &str, read: impl FnMut(&Row<'_>) -> store::Result<T>) -> Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<store::Result<_>>()?)
}

fn count(row: &Row<'_>, column: usize) -> store::Result<u64> {
    Ok(row.get::<_, i64>(column)?.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Moment;
    use crate::ledger::bench::{instant, ledger, planned};

    #[test]
    fn everything_is_counted_by_job_and_state() {
        let (ledger, clock) = ledger();
        ledger.prove_writable().expect("a ledger in memory");
        assert_eq!(ledger.newest_look().expect("a look"), None);
        let run = planned(&ledger, &["A001", "A002"]);
        assert_eq!(ledger.last_successes().expect("instants"), []);
        let letter = ledger.claim_delivery(&run, "w").expect("a claim").expect("a letter");
        ledger.mark_in_doubt(letter.id, "w").expect("a mark");
        ledger.mark_unknown(letter.id, "?").expect("a mark");
        let states = [(DeliveryState::Pending, 1), (DeliveryState::Unknown, 1)];
        assert_eq!(ledger.count_deliveries().expect("counts"), states);
        let trouble = Trouble { run_id: run.clone(), state: DeliveryState::Unknown, letters: 1 };
        assert_eq!(ledger.troubles().expect("troubles"), [trouble]);
        ledger.finish_run(&run, RunState::Sent, None).expect("an end");
        assert_eq!(ledger.count_runs().expect("counts"), [("monthly".to_owned(), RunState::Sent, 1)]);
        let at = |job: &str| ledger.last_successes().expect("instants").into_iter().find(|one| one.0 == job);
        assert_eq!(at("monthly").map(|one| one.1), Some(instant("2026-11-09T01:00:00.123Z")));
        ledger.note_due("monthly", &Moment::of_schedule(clock.now()), "2026-10", None).expect("noted");
        ledger.note_looks(&["monthly"], clock.now()).expect("a look");
        assert_eq!(ledger.earliest_unserved().expect("occasions").len(), 1);
        assert_eq!(ledger.newest_look().expect("a look"), Some(instant("2026-11-09T01:00:00.123Z")));
    }
}
