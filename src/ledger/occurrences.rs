//! Occurrences: the times at which a job's schedule was due, each acted on once.

use anyhow::Result;
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::stored::{At, stored_words};
use super::{Ledger, touched};

stored_words! {
    /// What became of an occurrence.
    pub enum OccurrenceState {
        /// To be acted on.
        Due = "due",
        /// A worker acts on it.
        Claimed = "claimed",
        /// Its run is in the ledger, or it needed none.
        Done = "done",
        /// It was left out on purpose.
        Skipped = "skipped",
    }
}

/// One time at which a job was due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The job's id.
    pub job: String,
    /// When it was due.
    pub due: DateTime<Utc>,
    /// The period to be scored, as a label.
    pub period: String,
    /// What became of it.
    pub state: OccurrenceState,
    /// The run that it started.
    pub run_id: Option<String>,
    /// Why it was skipped.
    pub why: Option<String>,
}

impl Ledger {
    /// Notes that a job was due; returns false when this occurrence was noted before.
    pub fn note_due(&self, job: &str, due: DateTime<Utc>, period: &str) -> Result<bool> {
        self.write(|transaction| {
            let sql = "INSERT INTO occurrences (job, due, period, state) VALUES (?1, ?2, ?3, 'due') \
                       ON CONFLICT (job, due) DO NOTHING";
            Ok(transaction.execute(sql, params![job, At(due), period])? > 0)
        })
    }

    /// Claims the earliest occurrence that is to be acted on.
    pub fn claim_occurrence(&self, worker: &str) -> Result<Option<Occurrence>> {
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "UPDATE occurrences SET state = 'claimed', claimed_by = ?1 WHERE (job, due) = \
                 (SELECT job, due FROM occurrences WHERE state = 'due' ORDER BY due, job LIMIT 1) RETURNING *",
            )?;
            Ok(statement.query_row([worker], read_occurrence).optional()?)
        })
    }

    /// Ends a claimed occurrence; call it when the run is in the ledger, not when it is over.
    pub fn finish_occurrence(&self, job: &str, due: DateTime<Utc>, run_id: Option<&str>) -> Result<()> {
        self.write(|transaction| {
            let sql = "UPDATE occurrences SET state = 'done', run_id = ?3, claimed_by = NULL \
                       WHERE job = ?1 AND due = ?2 AND state = 'claimed'";
            touched(transaction.execute(sql, params![job, At(due), run_id])?, "claimed occurrence of job", job)
        })
    }

    /// Leaves an occurrence out that was not acted on yet, and says why.
    pub fn skip_occurrence(&self, job: &str, due: DateTime<Utc>, why: &str) -> Result<()> {
        self.write(|transaction| {
            let sql = "UPDATE occurrences SET state = 'skipped', why = ?3, claimed_by = NULL \
                       WHERE job = ?1 AND due = ?2 AND state IN ('due', 'claimed')";
            touched(transaction.execute(sql, params![job, At(due), why])?, "open occurrence of job", job)
        })
    }

    /// Lets occurrences be acted on again whose worker is gone; returns how many.
    pub fn unclaim_occurrences(&self, alive: impl Fn(&str) -> bool) -> Result<u32> {
        let workers = self.read(|connection| {
            let sql = "SELECT DISTINCT claimed_by FROM occurrences WHERE state = 'claimed' ORDER BY claimed_by";
            let mut statement = connection.prepare_cached(sql)?;
            let workers = statement.query_map([], |row| row.get::<_, String>(0))?;
            Ok(workers.collect::<rusqlite::Result<Vec<String>>>()?)
        })?;
        let gone: Vec<String> = workers.into_iter().filter(|worker| !alive(worker)).collect();
        self.write(|transaction| {
            let sql = "UPDATE occurrences SET state = 'due', claimed_by = NULL \
                       WHERE state = 'claimed' AND claimed_by = ?1";
            let counts = gone.iter().map(|worker| transaction.execute(sql, [worker]));
            Ok(counts.sum::<rusqlite::Result<usize>>()? as u32)
        })
    }

    /// The latest occurrence of a job that was noted, whatever became of it.
    pub fn last_due(&self, job: &str) -> Result<Option<DateTime<Utc>>> {
        self.read(|connection| {
            let sql = "SELECT max(due) FROM occurrences WHERE job = ?1";
            let due: Option<At> = connection.query_row(sql, [job], |row| row.get(0))?;
            Ok(due.map(|at| at.0))
        })
    }

    /// The latest occurrences of a job first, at most `limit`.
    pub fn occurrences(&self, job: &str, limit: u32) -> Result<Vec<Occurrence>> {
        self.read(|connection| {
            let sql = "SELECT * FROM occurrences WHERE job = ?1 ORDER BY due DESC LIMIT ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map(params![job, limit], read_occurrence)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// When this ledger first saw the job, which is now if it never did; catching up never goes back beyond it.
    pub fn watch_since(&self, job: &str) -> Result<DateTime<Utc>> {
        let now = At(self.now());
        self.write(|transaction| {
            let sql = "INSERT INTO watched_jobs (job, since) VALUES (?1, ?2) ON CONFLICT (job) DO NOTHING";
            transaction.execute(sql, params![job, now])?;
            let since: At =
                transaction.query_row("SELECT since FROM watched_jobs WHERE job = ?1", [job], |row| row.get(0))?;
            Ok(since.0)
        })
    }
}

fn read_occurrence(row: &Row<'_>) -> rusqlite::Result<Occurrence> {
    Ok(Occurrence {
        job: row.get("job")?,
        due: row.get::<_, At>("due")?.0,
        period: row.get("period")?,
        state: row.get("state")?,
        run_id: row.get("run_id")?,
        why: row.get("why")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::{instant, ledger};

    const OCTOBER: &str = "2026-11-01T01:00:00Z";
    const NOVEMBER: &str = "2026-12-01T01:00:00Z";

    #[test]
    fn an_occurrence_is_noted_and_claimed_once_earliest_first() {
        let (ledger, _) = ledger();
        assert!(ledger.note_due("monthly", instant(NOVEMBER), "2026-11").expect("noted"));
        assert!(ledger.note_due("monthly", instant(OCTOBER), "2026-10").expect("noted"));
        assert!(!ledger.note_due("monthly", instant(OCTOBER), "2026-10").expect("noted before"));
        let claim = || ledger.claim_occurrence("w1").expect("a claim").map(|one| one.period);
        assert_eq!([claim(), claim(), claim()], [Some("2026-10".to_owned()), Some("2026-11".to_owned()), None]);
        assert!(!ledger.note_due("monthly", instant(OCTOBER), "2026-10").expect("noted before"), "claimed is noted");
        assert_eq!(ledger.last_due("monthly").expect("a due time"), Some(instant(NOVEMBER)));
        assert_eq!(ledger.last_due("weekly").expect("a due time"), None);
    }

    #[test]
    fn an_end_needs_a_claim_and_a_skip_an_open_one() {
        let (ledger, _) = ledger();
        let due = instant(OCTOBER);
        ledger.note_due("monthly", due, "2026-10").expect("noted");
        assert!(ledger.finish_occurrence("monthly", due, None).is_err(), "not claimed");
        ledger.claim_occurrence("w1").expect("a claim").expect("an occurrence");
        ledger.finish_occurrence("monthly", due, None).expect("done");
        assert!(ledger.skip_occurrence("monthly", due, "late").is_err(), "done already");
        ledger.note_due("monthly", instant(NOVEMBER), "2026-11").expect("noted");
        ledger.skip_occurrence("monthly", instant(NOVEMBER), "late").expect("skipped");
        assert_eq!(ledger.claim_occurrence("w1").expect("a claim"), None);
        let kept = &ledger.occurrences("monthly", 1).expect("occurrences")[0];
        assert_eq!((kept.state, kept.why.as_deref()), (OccurrenceState::Skipped, Some("late")));
    }

    #[test]
    fn a_dead_workers_occurrence_is_due_again() {
        let (ledger, _) = ledger();
        for (due, worker) in [(OCTOBER, "dead"), (NOVEMBER, "alive")] {
            ledger.note_due("monthly", instant(due), "p").expect("noted");
            ledger.claim_occurrence(worker).expect("a claim").expect("an occurrence");
        }
        assert_eq!(ledger.unclaim_occurrences(|worker| worker == "alive").expect("unclaimed"), 1);
        let again = ledger.claim_occurrence("next").expect("a claim").expect("an occurrence");
        assert_eq!(again.due, instant(OCTOBER));
        assert_eq!(ledger.claim_occurrence("next").expect("a claim"), None);
    }

    #[test]
    fn a_job_is_watched_from_its_first_sight() {
        let (ledger, clock) = ledger();
        let first = clock.now();
        assert_eq!(ledger.watch_since("monthly").expect("an instant"), first);
        clock.set(instant(NOVEMBER));
        assert_eq!(ledger.watch_since("monthly").expect("an instant"), first);
        assert_eq!(ledger.watch_since("weekly").expect("an instant"), instant(NOVEMBER));
    }
}
