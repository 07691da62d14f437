//! The log of a run: when it came to each of its states, and who did what to it; and runs found by what they are.

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::Ledger;
use super::audit::{AuditEntry, read_entry};
use super::runs::{Run, RunState, read_run};
use super::store::{self, Connection, params};
use super::stored::At;

/// A run came to a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunStep {
    /// The state.
    pub state: RunState,
    /// When.
    pub at: DateTime<Utc>,
}

/// Which runs are wanted; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Of this job.
    pub job: Option<String>,
    /// In this state.
    pub state: Option<RunState>,
    /// Whose period begins with this, such as `2026` or `2026-10`.
    pub period: Option<String>,
}

/// The condition of a filter, with its values as ?1 to ?3.
const FITS: &str = "(CAST(?1 AS TEXT) IS NULL OR job = ?1) AND (CAST(?2 AS TEXT) IS NULL OR state = ?2) \
     AND (CAST(?3 AS TEXT) IS NULL OR substr(period, 1, length(?3)) = ?3)";

impl Ledger {
    /// The steps of a run in their order.
    pub fn run_steps(&self, run_id: &str) -> Result<Vec<RunStep>> {
        self.read(|connection| {
            let sql = "SELECT state, at FROM run_steps WHERE run_id = ?1 ORDER BY id";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement
                .query_map([run_id], |row| Ok(RunStep { state: row.get("state")?, at: row.get::<_, At>("at")?.0 }))?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// What was done to a run, in its order: by its id, or with it as the subject `run ID`.
    pub fn audit_of_run(&self, run_id: &str) -> Result<Vec<AuditEntry>> {
        self.read(|connection| {
            let sql = "SELECT * FROM audit WHERE subject = ?1 OR subject = ?2 ORDER BY number";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map(params![run_id, format!("run {run_id}")], read_entry)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// The runs that fit, newest first: `limit` of them after the first `skip`.
    pub fn filtered_runs(&self, filter: &RunFilter, skip: u32, limit: u32) -> Result<Vec<Run>> {
        self.read(|connection| {
            let sql = format!("SELECT * FROM runs WHERE {FITS} ORDER BY number DESC LIMIT ?4 OFFSET ?5");
            let mut statement = connection.prepare_cached(&sql)?;
            let values = params![filter.job, filter.state, filter.period, limit, skip];
            let found = statement.query_map(values, read_run)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// How many runs fit.
    pub fn count_filtered_runs(&self, filter: &RunFilter) -> Result<usize> {
        self.read(|connection| {
            let sql = format!("SELECT count(*) FROM runs WHERE {FITS}");
            let values = params![filter.job, filter.state, filter.period];
            let count: i64 = connection.query_row(&sql, values, |row| row.get(0))?;
            Ok(usize::try_from(count)?)
        })
    }
}

/// Notes that a run comes to a state.
pub(super) fn note_step(connection: &Connection, run_id: &str, state: RunState, at: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO run_steps (run_id, state, at) VALUES (?1, ?2, ?3)";
    connection.execute(sql, params![run_id, state, At(at)])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::ledger::bench::{ledger, new_run};

    #[test]
    fn a_run_leaves_its_steps_each_once() {
        let (ledger, clock) = ledger();
        let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        for state in [RunState::Pulling, RunState::Pulling, RunState::Scoring, RunState::Failed] {
            clock.set(clock.now() + TimeDelta::seconds(1));
            ledger.set_state(&run, state).expect("a state");
        }
        let steps: Vec<RunState> = ledger.run_steps(&run).expect("steps").into_iter().map(|one| one.state).collect();
        assert_eq!(steps, [RunState::Pulling, RunState::Scoring, RunState::Failed]);
        assert_eq!(ledger.run_steps(&run).expect("steps")[2].at, clock.now());
        assert_eq!(ledger.run_steps("nothing").expect("steps"), []);
    }

    #[test]
    fn runs_are_found_by_job_state_and_beginning_of_their_period() {
        let (ledger, _) = ledger();
        let ids: Vec<String> = ["2026-09", "2026-10", "2026-10"]
            .map(|label| ledger.start_run(&new_run(label)).expect("a run").id)
            .to_vec();
        ledger.set_state(&ids[1], RunState::Held).expect("a state");
        let found = |filter: &RunFilter, skip, limit| -> Vec<String> {
            ledger.filtered_runs(filter, skip, limit).expect("runs").into_iter().map(|run| run.id).collect()
        };
        let all = RunFilter::default();
        assert_eq!(found(&all, 0, 9), [ids[2].clone(), ids[1].clone(), ids[0].clone()]);
        assert_eq!(found(&all, 1, 1), [ids[1].clone()]);
        let held = RunFilter { state: Some(RunState::Held), ..RunFilter::default() };
        assert_eq!(
            (found(&held, 0, 9), ledger.count_filtered_runs(&held).expect("a count")),
            (vec![ids[1].clone()], 1)
        );
        let october = RunFilter { period: Some("2026-10".to_owned()), ..RunFilter::default() };
        assert_eq!(ledger.count_filtered_runs(&october).expect("a count"), 2);
        for none in ["2026-1%", "2027"] {
            let filter = RunFilter { period: Some(none.to_owned()), ..RunFilter::default() };
            assert_eq!(ledger.count_filtered_runs(&filter).expect("a count"), 0, "{none}");
        }
        let other = RunFilter { job: Some("weekly".to_owned()), ..RunFilter::default() };
        assert_eq!(found(&other, 0, 9), Vec::<String>::new());
    }

    #[test]
    fn what_people_did_to_a_run_is_found_by_its_id() {
        let (ledger, _) = ledger();
        ledger.audit("boss", "release-run", "monthly-2026-10-1", "").expect("an entry");
        ledger.audit("hr", "give-reason", "run monthly-2026-10-1", "a late refund").expect("an entry");
        ledger.audit("hr", "release-run", "monthly-2026-10-11", "").expect("an entry");
        let told: Vec<String> =
            ledger.audit_of_run("monthly-2026-10-1").expect("entries").into_iter().map(|one| one.who).collect();
        assert_eq!(told, ["boss", "hr"]);
    }
}
