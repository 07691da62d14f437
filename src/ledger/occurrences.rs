//! Occurrences: the times at which a job's schedule was due, each acted on until a run of it did not fail.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use super::Ledger;
use super::store::{self, OptionalExtension, Row, params};
use super::stored::{At, stored_words};

/// An occurrence whose run failed without having let a mail go.
const FAILED: &str = "state = 'done' AND run_id IN (SELECT runs.id FROM runs \
     WHERE runs.state = 'failed' AND NOT EXISTS (SELECT 1 FROM deliveries \
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

/// What tells the occurrences of a job apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The milestone; empty for the schedule's own.
    pub milestone: String,
    /// When it was due.
    pub due: DateTime<Utc>,
}

impl Moment {
    /// An occurrence of the schedule itself.
    pub fn of_schedule(due: DateTime<Utc>) -> Self {
        Self { milestone: String::new(), due }
    }
}

/// One time at which a job was due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The job's id.
    pub job: String,
    /// Which of its occurrences.
    pub moment: Moment,
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
    pub fn note_due(&self, job: &str, moment: &Moment, period: &str, skip: Option<&str>) -> Result<bool> {
        let state = if skip.is_some() { OccurrenceState::Skipped } else { OccurrenceState::Due };
        self.write(|transaction| {
            let sql = "INSERT INTO occurrences (job, milestone, due, period, state, why) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (job, milestone, due) DO NOTHING";
            let values = params![job, moment.milestone, At(moment.due), period, state, skip];
            Ok(transaction.execute(sql, values)? > 0)
        })
    }

    /// The occurrences that are to be acted on now, earliest first; one that a clock ahead brought up too early waits.
    pub fn occurrences_to_do(&self) -> Result<Vec<Occurrence>> {
        let now = self.now();
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT * FROM occurrences WHERE state = 'due' AND due <= ?1 \
                 AND (not_before IS NULL OR not_before <= ?1 OR not_before > ?2) ORDER BY due, job, milestone",
            )?;
            let found = statement.query_map(params![At(now), At(now + LONGEST_WAIT)], read_occurrence)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// Claims an occurrence as it was read; `None` when another worker was faster, or is at another one of the job.
    ///
    /// One that was claimed and given back since it was read rests: it is not what was read.
    pub fn claim_occurrence(&self, worker: &str, read: &Occurrence) -> Result<Option<Occurrence>> {
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "UPDATE occurrences SET state = 'claimed', claimed_by = ?1, attempts = attempts + 1, \
                 not_before = NULL WHERE job = ?2 AND milestone = ?3 AND due = ?4 AND state = 'due' AND attempts = ?5 \
                 AND NOT EXISTS (SELECT 1 FROM occurrences AS other WHERE other.job = ?2 AND other.state = 'claimed') \
                 RETURNING *",
            )?;
            let Occurrence { job, moment, attempts, .. } = read;
            let values = params![worker, job, moment.milestone, At(moment.due), attempts];
            Ok(statement.query_row(values, read_occurrence).optional()?)
        })
    }

    /// Whether some worker acts on an occurrence of this job.
    pub fn has_claimed_occurrence(&self, job: &str) -> Result<bool> {
        self.read(|connection| {
            let sql = "SELECT count(*) FROM occurrences WHERE job = ?1 AND state = 'claimed'";
            let count: i64 = connection.query_row(sql, [job], |row| row.get(0))?;
            Ok(count > 0)
        })
    }

    /// Forgets what was noted for instants that have not come, because the clock was ahead, unless it was acted on.
    pub fn forget_future(&self, job: &str) -> Result<u32> {
        let now = At(self.now());
        self.write(|transaction| {
            let sql = "DELETE FROM occurrences WHERE job = ?1 AND due > ?2 AND state IN ('due', 'skipped') \
                       AND attempts = 0 AND run_id IS NULL";
            Ok(transaction.execute(sql, params![job, now])? as u32)
        })
    }

    /// Ends a claimed occurrence with the run that serves it; returns false when it was not claimed.
    pub fn finish_occurrence(&self, job: &str, moment: &Moment, run_id: Option<&str>) -> Result<bool> {
        self.write(|transaction| {
            let sql = "UPDATE occurrences SET state = 'done', run_id = ?3, claimed_by = NULL \
                       WHERE job = ?1 AND milestone = ?4 AND due = ?2 AND state = 'claimed'";
            Ok(transaction.execute(sql, params![job, At(moment.due), run_id, moment.milestone])? > 0)
        })
    }

    /// Lets an occurrence be acted on again from `not_before` on, at most an hour away.
    ///
    /// Only one that is claimed or whose run failed without mailing anything; returns false for any other.
    pub fn release_occurrence(&self, job: &str, moment: &Moment, not_before: DateTime<Utc>) -> Result<bool> {
        self.write(|transaction| {
            let sql = format!(
                "UPDATE occurrences SET state = 'due', claimed_by = NULL, not_before = ?3 \
                 WHERE job = ?1 AND milestone = ?4 AND due = ?2 AND (state = 'claimed' OR {FAILED})"
            );
            Ok(transaction.execute(&sql, params![job, At(moment.due), At(not_before), moment.milestone])? > 0)
        })
    }

    /// The occurrences whose run failed without having mailed anything, earliest first.
    pub fn failed_occurrences(&self) -> Result<Vec<Occurrence>> {
        self.read(|connection| {
            let sql = format!("SELECT * FROM occurrences WHERE {FAILED} ORDER BY due, job, milestone");
            let mut statement = connection.prepare_cached(&sql)?;
            let found = statement.query_map([], read_occurrence)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// Leaves an occurrence out that is not done, or whose run failed without mailing anything, and says why.
    ///
    /// Returns false when it is over, or was claimed since it was read.
    pub fn skip_occurrence(&self, read: &Occurrence, why: &str) -> Result<bool> {
        self.write(|transaction| {
            let sql = format!(
                "UPDATE occurrences SET state = 'skipped', why = ?3, claimed_by = NULL \
                 WHERE job = ?1 AND milestone = ?4 AND due = ?2 AND attempts = ?5 \
                 AND (state IN ('due', 'claimed') OR {FAILED})"
            );
            let Occurrence { job, moment, attempts, .. } = read;
            let values = params![job, At(moment.due), why, moment.milestone, attempts];
            Ok(transaction.execute(&sql, values)? > 0)
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
            let sql = "SELECT * FROM occurrences WHERE job = ?1 ORDER BY due DESC, milestone LIMIT ?2";
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
        moment: Moment { milestone: row.get("milestone")?, due: row.get::<_, At>("due")?.0 },
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

    fn moment(due: &str) -> Moment {
        Moment::of_schedule(instant(due))
    }

    /// Claims what a worker would claim next.
    fn claim(ledger: &Ledger, worker: &str) -> Option<Occurrence> {
        let to_do = ledger.occurrences_to_do().expect("a list");
        to_do.iter().find_map(|one| ledger.claim_occurrence(worker, one).expect("a claim"))
    }

    /// The latest occurrence of a job.
    fn latest(ledger: &Ledger, job: &str) -> Occurrence {
        ledger.occurrences(job, 1).expect("occurrences").remove(0)
    }

    fn state(ledger: &Ledger) -> OccurrenceState {
        latest(ledger, "monthly").state
    }

    #[test]
    fn an_occurrence_is_noted_and_claimed_once_earliest_first() {
        let (ledger, clock) = ledger();
        clock.set(instant(NOVEMBER));
        let note = |due, period| ledger.note_due("monthly", &moment(due), period, None).expect("a note");
        assert!(note(NOVEMBER, "2026-11"));
        assert!(note(OCTOBER, "2026-10"));
        assert!(!note(OCTOBER, "2026-10"));
        assert_eq!(claim(&ledger, "w1").map(|one| one.period), Some("2026-10".to_owned()));
        assert_eq!(claim(&ledger, "w2"), None, "one of a job at a time");
        assert!(ledger.has_claimed_occurrence("monthly").expect("an answer"));
        assert!(!note(OCTOBER, "2026-10"), "a claimed one is noted");
        assert!(ledger.finish_occurrence("monthly", &moment(OCTOBER), None).expect("done"));
        assert_eq!(claim(&ledger, "w2").map(|one| one.period), Some("2026-11".to_owned()));
    }

    #[test]
    fn milestones_of_one_instant_are_different_occurrences() {
        let (ledger, _) = ledger();
        let pull = Moment { milestone: "pull".to_owned(), ..moment(OCTOBER) };
        assert!(ledger.note_due("monthly", &moment(OCTOBER), "2026-10", None).expect("noted"));
        assert!(ledger.note_due("monthly", &pull, "2026-10", None).expect("noted"));
        assert_eq!(claim(&ledger, "w1").map(|one| one.moment), Some(moment(OCTOBER)));
        assert!(ledger.finish_occurrence("monthly", &moment(OCTOBER), None).expect("done"));
        assert_eq!(claim(&ledger, "w1").map(|one| one.moment), Some(pull));
    }

    #[test]
    fn what_a_clock_that_was_ahead_noted_is_forgotten_unless_it_was_acted_on() {
        let (ledger, _) = ledger();
        for (due, skip) in [(OCTOBER, Some("late")), (NOVEMBER, Some("late")), ("2027-01-01T01:00:00Z", None)] {
            ledger.note_due("monthly", &moment(due), "p", skip).expect("noted");
        }
        ledger.note_due("weekly", &moment(NOVEMBER), "p", None).expect("noted");
        ledger.claim_occurrence("w1", &latest(&ledger, "weekly")).expect("a claim").expect("the weekly one");
        assert_eq!(ledger.forget_future("monthly").expect("forgotten"), 2, "October is past");
        assert_eq!(ledger.forget_future("weekly").expect("forgotten"), 0, "it is claimed");
        assert_eq!(ledger.occurrences("monthly", 9).expect("occurrences").len(), 1);
    }

    #[test]
    fn what_was_claimed_under_a_clock_that_was_ahead_waits_for_its_time() {
        let (ledger, clock) = ledger();
        let right = clock.now();
        ledger.note_due("monthly", &moment(NOVEMBER), "2026-11", None).expect("noted");
        clock.set(instant(NOVEMBER));
        claim(&ledger, "dead").expect("an occurrence");
        clock.set(right);
        ledger.unclaim_occurrences(|_| false).expect("freed");
        assert_eq!(ledger.forget_future("monthly").expect("forgotten"), 0, "it was acted on");
        assert_eq!(claim(&ledger, "w1"), None, "its month is not over");
        clock.set(instant(NOVEMBER));
        assert!(claim(&ledger, "w1").is_some());
    }

    #[test]
    fn what_is_left_out_is_never_due_not_even_for_a_moment() {
        let (ledger, _) = ledger();
        assert!(ledger.note_due("monthly", &moment(OCTOBER), "2026-10", Some("late")).expect("noted"));
        assert_eq!(claim(&ledger, "w1"), None);
        let kept = &ledger.occurrences("monthly", 1).expect("occurrences")[0];
        assert_eq!((kept.state, kept.why.as_deref()), (OccurrenceState::Skipped, Some("late")));
    }

    #[test]
    fn an_end_needs_a_claim_and_a_skip_an_open_one() {
        let (ledger, _) = ledger();
        let due = moment(OCTOBER);
        let run = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        ledger.note_due("monthly", &due, "2026-10", None).expect("noted");
        assert!(!ledger.finish_occurrence("monthly", &due, Some(&run)).expect("an answer"), "not claimed");
        claim(&ledger, "w1").expect("an occurrence");
        assert!(ledger.finish_occurrence("monthly", &due, Some(&run)).expect("done"));
        assert!(!ledger.skip_occurrence(&latest(&ledger, "monthly"), "late").expect("an answer"), "done already");
        ledger.note_due("monthly", &moment(NOVEMBER), "2026-11", None).expect("noted");
        assert!(ledger.skip_occurrence(&latest(&ledger, "monthly"), "late").expect("skipped"));
        assert_eq!(claim(&ledger, "w1"), None);
    }

    #[test]
    fn a_dead_workers_occurrence_is_due_again() {
        let (ledger, _) = ledger();
        for (job, worker) in [("monthly", "dead"), ("weekly", "alive")] {
            ledger.note_due(job, &moment(OCTOBER), "p", None).expect("noted");
            claim(&ledger, worker).expect("an occurrence");
        }
        assert_eq!(ledger.unclaim_occurrences(|worker| worker == "alive").expect("unclaimed"), 1);
        assert_eq!(claim(&ledger, "next").map(|one| one.job), Some("monthly".to_owned()));
        assert_eq!(claim(&ledger, "next"), None);
    }

    #[test]
    fn what_another_worker_tried_since_it_was_read_is_neither_claimed_nor_left_out() {
        let (ledger, clock) = ledger();
        ledger.note_due("monthly", &moment(OCTOBER), "2026-10", None).expect("noted");
        let read = latest(&ledger, "monthly");
        assert!(claim(&ledger, "w1").is_some());
        assert!(!ledger.skip_occurrence(&read, "late").expect("an answer"), "another worker is at it");
        let rest = clock.now() + TimeDelta::minutes(1);
        assert!(ledger.release_occurrence("monthly", &read.moment, rest).expect("released"));
        assert_eq!(ledger.claim_occurrence("w2", &read).expect("an answer"), None, "it rests after a failure");
        assert!(!ledger.skip_occurrence(&read, "late").expect("an answer"));
        assert_eq!(state(&ledger), OccurrenceState::Due);
    }

    #[test]
    fn a_released_occurrence_waits_but_not_for_a_clock_that_was_set_back() {
        let (ledger, clock) = ledger();
        let (due, start) = (moment(OCTOBER), clock.now());
        ledger.note_due("monthly", &due, "2026-10", None).expect("noted");
        let claim = || super::tests::claim(&ledger, "w1").map(|one| one.attempts);
        assert_eq!(claim(), Some(1));
        assert!(ledger.release_occurrence("monthly", &due, start + TimeDelta::minutes(5)).expect("released"));
        assert_eq!(claim(), None);
        clock.set(start + TimeDelta::minutes(5));
        assert_eq!(claim(), Some(2));
        assert!(ledger.release_occurrence("monthly", &due, start + TimeDelta::minutes(6)).expect("released"));
        clock.set(start - TimeDelta::days(7));
        assert_eq!(claim(), Some(3));
    }

    fn failed_run(ledger: &Ledger) -> Run {
        let due = moment(OCTOBER);
        ledger.note_due("monthly", &due, "2026-10", None).expect("noted");
        claim(ledger, "w1").expect("an occurrence");
        let run = ledger.start_run_of_occurrence(&new_run("2026-10"), &due).expect("a run");
        assert!(!ledger.release_occurrence("monthly", &due, due.due).expect("an answer"), "its run is at work");
        run
    }

    #[test]
    fn a_failed_run_that_mailed_nothing_gives_its_occurrence_back() {
        let (ledger, _) = ledger();
        let run = failed_run(&ledger);
        assert_eq!(ledger.failed_occurrences().expect("a list"), []);
        ledger.finish_run(&run.id, RunState::Failed, Some("no answer")).expect("an end");
        assert_eq!(ledger.failed_occurrences().expect("a list").len(), 1);
        assert!(ledger.release_occurrence("monthly", &moment(OCTOBER), instant(OCTOBER)).expect("released"));
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
        assert!(!ledger.release_occurrence("monthly", &moment(OCTOBER), instant(OCTOBER)).expect("an answer"));
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
