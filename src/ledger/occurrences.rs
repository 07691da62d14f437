//! Occurrences: the times at which a job's schedule was due, each acted on until a run of it did not fail.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use super::store::{self, OptionalExtension, Row, params};
use super::stored::{At, stored_words};
use super::{Ledger, touched};

/// An occurrence whose run failed without having let a mail go.
const FAILED: &str = "state = 'done' AND EXISTS (SELECT 1 FROM runs WHERE runs.id = occurrences.run_id \
     AND runs.state = 'failed' AND NOT EXISTS (SELECT 1 FROM deliveries \
     JOIN run_documents ON run_documents.document_id = deliveries.document_id \
     WHERE run_documents.run_id = runs.id AND deliveries.in_doubt_at >= runs.created_at))";

/// Nothing waits longer than this on purpose; a clock that was set back must not make it wait for years.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

stored_words! {
    /// What became of an occurrence.
    pub enum OccurrenceState {
        /// To be acted on.
        Due = "due",
        /// A worker acts on it.
        Claimed = "claimed",
        /// Its run is in the ledger, or it needed none.
        Done = "done",
        /// It was left out on purpose, or could not be run in time.
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
    /// How often it was claimed.
    pub attempts: u32,
    /// The run that it started last.
    pub run_id: Option<String>,
    /// Why it was skipped.
    pub why: Option<String>,
}

impl Ledger {
    /// Notes that a job was due, to be acted on or, with a reason, to be left out.
    ///
    /// Returns false when this occurrence was noted before.
    pub fn note_due(&self, job: &str, due: DateTime<Utc>, period: &str, skip: Option<&str>) -> Result<bool> {
        let state = if skip.is_some() { OccurrenceState::Skipped } else { OccurrenceState::Due };
        self.write(|transaction| {
            let sql = "INSERT INTO occurrences (job, due, period, state, why) VALUES (?1, ?2, ?3, ?4, ?5) \
                       ON CONFLICT (job, due) DO NOTHING";
            Ok(transaction.execute(sql, params![job, At(due), period, state, skip])? > 0)
        })
    }

    /// Claims the earliest occurrence that is to be acted on now.
    pub fn claim_occurrence(&self, worker: &str) -> Result<Option<Occurrence>> {
        let now = self.now();
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "UPDATE occurrences SET state = 'claimed', claimed_by = ?1, attempts = attempts + 1, \
                 not_before = NULL WHERE (job, due) = (SELECT job, due FROM occurrences WHERE state = 'due' \
                 AND (not_before IS NULL OR not_before <= ?2 OR not_before > ?3) ORDER BY due, job LIMIT 1) \
                 RETURNING *",
            )?;
            let values = params![worker, At(now), At(now + LONGEST_WAIT)];
            Ok(statement.query_row(values, read_occurrence).optional()?)
        })
    }

    /// Ends a claimed occurrence with the run that serves it; returns false when it was not claimed.
    pub fn finish_occurrence(&self, job: &str, due: DateTime<Utc>, run_id: Option<&str>) -> Result<bool> {
        self.write(|transaction| {
            let sql = "UPDATE occurrences SET state = 'done', run_id = ?3, claimed_by = NULL \
                       WHERE job = ?1 AND due = ?2 AND state = 'claimed'";
            Ok(transaction.execute(sql, params![job, At(due), run_id])? > 0)
        })
    }

    /// Lets an occurrence be acted on again from `not_before` on, at most an hour away.
    ///
    /// Only one that is claimed or whose run failed without mailing anything; returns false for any other.
    pub fn release_occurrence(&self, job: &str, due: DateTime<Utc>, not_before: DateTime<Utc>) -> Result<bool> {
        self.write(|transaction| {
            let sql = format!(
                "UPDATE occurrences SET state = 'due', claimed_by = NULL, not_before = ?3 \
                 WHERE job = ?1 AND due = ?2 AND (state = 'claimed' OR {FAILED})"
            );
            Ok(transaction.execute(&sql, params![job, At(due), At(not_before)])? > 0)
        })
    }

    /// The occurrences whose run failed without having mailed anything, earliest first.
    pub fn failed_occurrences(&self) -> Result<Vec<Occurrence>> {
        self.read(|connection| {
            let sql = format!("SELECT * FROM occurrences WHERE {FAILED} ORDER BY due, job");
            let mut statement = connection.prepare_cached(&sql)?;
            let found = statement.query_map([], read_occurrence)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// Leaves an occurrence out that is not done, or whose run failed without mailing anything, and says why.
    pub fn skip_occurrence(&self, job: &str, due: DateTime<Utc>, why: &str) -> Result<()> {
        self.write(|transaction| {
            let sql = format!(
                "UPDATE occurrences SET state = 'skipped', why = ?3, claimed_by = NULL \
                 WHERE job = ?1 AND due = ?2 AND (state IN ('due', 'claimed') OR {FAILED})"
            );
            touched(transaction.execute(&sql, params![job, At(due), why])?, "open occurrence of job", job)
        })
    }

    /// Lets occurrences be acted on again whose worker is gone; returns how many.
    pub fn unclaim_occurrences(&self, alive: impl Fn(&str) -> bool) -> Result<u32> {
        let workers = self.read(|connection| {
            let sql = "SELECT DISTINCT claimed_by FROM occurrences WHERE state = 'claimed' ORDER BY claimed_by";
            let mut statement = connection.prepare_cached(sql)?;
            let workers = statement.query_map([], |row| row.get::<_, String>(0))?;
            Ok(workers.collect::<store::Result<Vec<String>>>()?)
        })?;
        let gone: Vec<String> = workers.into_iter().filter(|worker| !alive(worker)).collect();
        self.write(|transaction| {
            let sql = "UPDATE occurrences SET state = 'due', claimed_by = NULL \
                       WHERE state = 'claimed' AND claimed_by = ?1";
            let counts = gone.iter().map(|worker| transaction.execute(sql, [worker]));
            Ok(counts.sum::<store::Result<usize>>()? as u32)
        })
    }

    /// The latest occurrences of a job first, at most `limit`.
    pub fn occurrences(&self, job: &str, limit: u32) -> Result<Vec<Occurrence>> {
        self.read(|connection| {
            let sql = "SELECT * FROM occurrences WHERE job = ?1 ORDER BY due DESC LIMIT ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map(params![job, limit], read_occurrence)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// When the scheduler last looked what of this job was due; `None` when it never did.
    pub fn last_look(&self, job: &str) -> Result<Option<DateTime<Utc>>> {
        self.read(|connection| {
            let at = connection.query_row("SELECT at FROM looks WHERE job = ?1", [job], |row| row.get::<_, At>(0));
            Ok(at.optional()?.map(|at| at.0))
        })
    }

    /// Notes that everything due of these jobs up to `at` has been noted.
    pub fn note_looks(&self, jobs: &[&str], at: DateTime<Utc>) -> Result<()> {
        self.write(|transaction| {
            let sql = "INSERT INTO looks (job, at) VALUES (?1, ?2) ON CONFLICT (job) DO UPDATE SET at = excluded.at";
            let mut statement = transaction.prepare_cached(sql)?;
            for job in jobs {
                statement.execute(params![job, At(at)])?;
            }
            Ok(())
        })
    }
}

fn read_occurrence(row: &Row<'_>) -> store::Result<Occurrence> {
    Ok(Occurrence {
        job: row.get("job")?,
        due: row.get::<_, At>("due")?.0,
        period: row.get("period")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        run_id: row.get("run_id")?,
        why: row.get("why")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::bench::{card, instant, ledger, mail, new_run};
    use crate::ledger::{Run, RunState};

    const OCTOBER: &str = "2026-11-01T01:00:00Z";
    const NOVEMBER: &str = "2026-12-01T01:00:00Z";

    fn state(ledger: &Ledger) -> OccurrenceState {
        ledger.occurrences("monthly", 1).expect("occurrences")[0].state
    }

    #[test]
    fn an_occurrence_is_noted_and_claimed_once_earliest_first() {
        let (ledger, _) = ledger();
        let note = |due, period| ledger.note_due("monthly", instant(due), period, None).expect("a note");
        assert!(note(NOVEMBER, "2026-11"));
        assert!(note(OCTOBER, "2026-10"));
        assert!(!note(OCTOBER, "2026-10"));
        let claim = || ledger.claim_occurrence("w1").expect("a claim").map(|one| one.period);
        assert_eq!([claim(), claim(), claim()], [Some("2026-10".to_owned()), Some("2026-11".to_owned()), None]);
        assert!(!note(OCTOBER, "2026-10"), "a claimed one is noted");
    }

    #[test]
    fn what_is_left_out_is_never_due_not_even_for_a_moment() {
        let (ledger, _) = ledger();
        assert!(ledger.note_due("monthly", instant(OCTOBER), "2026-10", Some("late")).expect("noted"));
        assert_eq!(ledger.claim_occurrence("w1").expect("a claim"), None);
        let kept = &ledger.occurrences("monthly", 1).expect("occurrences")[0];
        assert_eq!((kept.state, kept.why.as_deref()), (OccurrenceState::Skipped, Some("late")));
    }

    #[test]
    fn an_end_needs_a_claim_and_a_skip_an_open_one() {
        let (ledger, _) = ledger();
        let due = instant(OCTOBER);
        let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        ledger.note_due("monthly", due, "2026-10", None).expect("noted");
        assert!(!ledger.finish_occurrence("monthly", due, Some(&run)).expect("an answer"), "not claimed");
        ledger.claim_occurrence("w1").expect("a claim").expect("an occurrence");
        assert!(ledger.finish_occurrence("monthly", due, Some(&run)).expect("done"));
        assert!(ledger.skip_occurrence("monthly", due, "late").is_err(), "done already");
        ledger.note_due("monthly", instant(NOVEMBER), "2026-11", None).expect("noted");
        ledger.skip_occurrence("monthly", instant(NOVEMBER), "late").expect("skipped");
        assert_eq!(ledger.claim_occurrence("w1").expect("a claim"), None);
    }

    #[test]
    fn a_dead_workers_occurrence_is_due_again() {
        let (ledger, _) = ledger();
        for (due, worker) in [(OCTOBER, "dead"), (NOVEMBER, "alive")] {
            ledger.note_due("monthly", instant(due), "p", None).expect("noted");
            ledger.claim_occurrence(worker).expect("a claim").expect("an occurrence");
        }
        assert_eq!(ledger.unclaim_occurrences(|worker| worker == "alive").expect("unclaimed"), 1);
        let again = ledger.claim_occurrence("next").expect("a claim").expect("an occurrence");
        assert_eq!(again.due, instant(OCTOBER));
        assert_eq!(ledger.claim_occurrence("next").expect("a claim"), None);
    }

    #[test]
    fn a_released_occurrence_waits_but_not_for_a_clock_that_was_set_back() {
        let (ledger, clock) = ledger();
        let (due, start) = (instant(OCTOBER), clock.now());
        ledger.note_due("monthly", due, "2026-10", None).expect("noted");
        let claim = || ledger.claim_occurrence("w1").expect("a claim").map(|one| one.attempts);
        assert_eq!(claim(), Some(1));
        assert!(ledger.release_occurrence("monthly", due, start + TimeDelta::minutes(5)).expect("released"));
        assert_eq!(claim(), None);
        clock.set(start + TimeDelta::minutes(5));
        assert_eq!(claim(), Some(2));
        assert!(ledger.release_occurrence("monthly", due, start + TimeDelta::minutes(6)).expect("released"));
        clock.set(start - TimeDelta::days(400));
        assert_eq!(claim(), Some(3));
    }

    fn failed_run(ledger: &Ledger) -> Run {
        let due = instant(OCTOBER);
        ledger.note_due("monthly", due, "2026-10", None).expect("noted");
        ledger.claim_occurrence("w1").expect("a claim").expect("an occurrence");
        let run = ledger.start_run_of_occurrence(&new_run("2026-10"), due).expect("a run");
        assert!(!ledger.release_occurrence("monthly", due, due).expect("an answer"), "its run is at work");
        run
    }

    #[test]
    fn a_failed_run_that_mailed_nothing_gives_its_occurrence_back() {
        let (ledger, _) = ledger();
        let run = failed_run(&ledger);
        assert_eq!(ledger.failed_occurrences().expect("a list"), []);
        ledger.finish_run(&run.id, RunState::Failed, Some("no answer")).expect("an end");
        assert_eq!(ledger.failed_occurrences().expect("a list").len(), 1);
        assert!(ledger.release_occurrence("monthly", instant(OCTOBER), instant(OCTOBER)).expect("released"));
        assert_eq!(state(&ledger), OccurrenceState::Due);
    }

    #[test]
    fn a_failed_run_that_mailed_keeps_its_occurrence() {
        let (ledger, _) = ledger();
        let run = failed_run(&ledger);
        let (document, _) = ledger.issue(&run.id, &card("A001", "x")).expect("a card");
        ledger.plan_deliveries(&[mail(document.id, &run.id, "A001")]).expect("planned");
        let delivery = ledger.claim_delivery(&run.id, "w1").expect("a claim").expect("a delivery");
        ledger.mark_in_doubt(delivery.id, "w1").expect("in doubt");
        ledger.finish_run(&run.id, RunState::Failed, Some("the disk is full")).expect("an end");
        assert_eq!(ledger.failed_occurrences().expect("a list"), []);
        assert!(!ledger.release_occurrence("monthly", instant(OCTOBER), instant(OCTOBER)).expect("an answer"));
        assert_eq!(state(&ledger), OccurrenceState::Done);
    }

    #[test]
    fn looks_are_kept_job_by_job() {
        let (ledger, clock) = ledger();
        assert_eq!(ledger.last_look("monthly").expect("a look"), None);
        ledger.note_looks(&["monthly", "weekly"], clock.now()).expect("noted");
        ledger.note_looks(&["monthly"], instant(NOVEMBER)).expect("noted");
        assert_eq!(ledger.last_look("monthly").expect("a look"), Some(instant(NOVEMBER)));
        assert_eq!(ledger.last_look("weekly").expect("a look"), Some(clock.now()));
    }
}
