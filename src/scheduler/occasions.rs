//! Occasions of schedules: noted in the ledger when due, claimed by one process, tried until a run of it did not fail.

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};

use super::book::{Book, timings};
use super::due::{Fate, due};
use super::work::Attempt;
use super::{left, milestones, patience, report};
use crate::job::{Job, Overlap};
use crate::ledger::{Moment, Occurrence, Run, RunState, Scope, Trigger};
use crate::period::Period;
use crate::pipeline::{self, Order, Reach};

/// A look is written to the ledger, and so to the disk, once in this time.
const BETWEEN_LOOKS: TimeDelta = TimeDelta::seconds(50);

/// Notes what has become due since the last look; what the policy leaves out is left out in the same breath.
///
/// A paused job is not looked at: what falls due meanwhile is missed, as it is while the process is down.
pub(super) fn note(book: Book<'_>) -> anyhow::Result<()> {
    let now = book.clock.now();
    let mut looked = Vec::new();
    for job in book.jobs.all().iter().filter(|job| job.schedule.is_some()) {
        if book.ledger.pause_of(&job.id)?.is_some() {
            continue;
        }
        let last = book.ledger.last_look(&job.id)?;
        if last.is_some_and(|last| last > now) {
            // The clock was ahead: what it brought up too early is brought up again in its time.
            tracing::warn!(job = job.id, "the clock was set back; what it brought up too early waits for its time");
            book.ledger.forget_future(&job.id)?;
        }
        // What is due at the first sight of a job counts, what was due before does not.
        note_job(book, job, last.unwrap_or(now - TimeDelta::seconds(1)), now)?;
        if last.is_none_or(|last| (now - last).abs() >= BETWEEN_LOOKS) {
            looked.push(job.id.as_str());
        }
    }
    if looked.is_empty() { Ok(()) } else { book.ledger.note_looks(&looked, now) }
}

fn note_job(book: Book<'_>, job: &Job, since: DateTime<Utc>, now: DateTime<Utc>) -> anyhow::Result<()> {
    let Some(schedule) = &job.schedule else { return Ok(()) };
    for (milestone, timing) in timings(book.schemes, job) {
        let milestone = milestone.map(|one| one.id.as_str()).unwrap_or_default();
        for (occasion, fate) in due(schedule, &timing, since, now) {
            let skip = match fate {
                Fate::Run => None,
                Fate::Skip(why) => Some(why),
            };
            let moment = Moment { milestone: milestone.to_owned(), due: occasion.due };
            let is_new = book.ledger.note_due(&job.id, &moment, &occasion.period.to_string(), skip)?;
            if let (true, Some(why)) = (is_new, skip) {
                tracing::warn!(job = job.id, milestone, due = moment.due.to_rfc3339(), why, "an occasion is left out");
            }
        }
    }
    Ok(())
}

/// Gives occasions another try whose run failed after it was taken up again.
pub(super) fn reopen_failed(book: Book<'_>) -> anyhow::Result<()> {
    for occasion in book.ledger.failed_occurrences()? {
        again(book, &occasion)?;
    }
    Ok(())
}

/// Claims the next occasion that is to be acted on now.
pub(super) fn take(book: Book<'_>, worker: &str) -> anyhow::Result<Option<Occurrence>> {
    for occasion in book.ledger.occurrences_to_do()? {
        if let Some(why) = hopeless(book, &occasion) {
            leave_out(book, &occasion, &why)?;
        } else if may_begin(book, &occasion)?
            && let Some(claimed) = book.ledger.claim_occurrence(worker, &occasion)?
        {
            return Ok(Some(claimed));
        }
    }
    Ok(None)
}

/// Why an occasion will never be acted on, if it will not.
fn hopeless(book: Book<'_>, occasion: &Occurrence) -> Option<String> {
    let Ok(job) = book.jobs.get(&occasion.job) else { return Some("its job is gone".to_owned()) };
    let milestone = &occasion.moment.milestone;
    if !milestone.is_empty() && job.milestone(milestone).is_none() {
        return Some("its milestone is gone".to_owned());
    }
    if Period::parse(&occasion.period).is_none() {
        return Some("its period cannot be read".to_owned());
    }
    let too_late = occasion.moment.due + start_deadline(job);
    let late = occasion.attempts == 0 && book.clock.now() > too_late;
    late.then(|| "it could not begin before its start deadline".to_owned())
}

/// Whether nothing stands in an occasion's way; one that does not wait is left out.
fn may_begin(book: Book<'_>, occasion: &Occurrence) -> anyhow::Result<bool> {
    if book.ledger.pause_of(&occasion.job)?.is_some() || book.ledger.has_claimed_occurrence(&occasion.job)? {
        return Ok(false);
    }
    let Some(busy) = run_at_work(book, &occasion.job)? else { return Ok(true) };
    let schedule = book.jobs.get(&occasion.job).ok().and_then(|job| job.schedule.as_ref());
    if schedule.is_some_and(|schedule| schedule.overlap == Overlap::Skip) {
        leave_out(book, occasion, &format!("run `{busy}` was at work, and the job does not queue"))?;
    }
    Ok(false)
}

/// Leaves an occasion out, unless another process took it up since it was read.
fn leave_out(book: Book<'_>, occasion: &Occurrence, why: &str) -> anyhow::Result<()> {
    if book.ledger.skip_occurrence(occasion, why)? {
        let (job, due) = (&occasion.job, occasion.moment.due.to_rfc3339());
        tracing::warn!(job, milestone = occasion.moment.milestone, due, why, "an occasion is left out");
    }
    Ok(())
}

/// The run of a job that makes cards now; letters on their way keep nothing waiting.
fn run_at_work(book: Book<'_>, job: &str) -> anyhow::Result<Option<String>> {
    let makes_cards =
        |state| matches!(state, RunState::Planned | RunState::Pulling | RunState::Scoring | RunState::Rendering);
    let (runs, now) = (book.ledger.unfinished_runs()?, book.clock.now());
    let at_work =
        |run: &Run| run.job == job && makes_cards(run.state) && !left::waits_for_its_hour(run.state, run.as_of, now);
    Ok(runs.into_iter().find(at_work).map(|run| run.id))
}

/// Acts on a claimed occasion; one that could not be done is given back.
pub(super) async fn run(attempt: Attempt, occasion: Occurrence) -> Option<String> {
    let pipeline = &attempt.pipeline;
    let acted = match occasion.moment.milestone.as_str() {
        "" => of_schedule(&attempt, &occasion).await,
        milestone => milestones::act(&attempt, &occasion, milestone).await,
    };
    match acted {
        Ok(run) => run,
        Err(error) => {
            let milestone = &occasion.moment.milestone;
            tracing::error!(
                job = occasion.job,
                milestone,
                error = format!("{error:#}"),
                "an occasion could not be kept"
            );
            if let Err(error) = again(Book::of(pipeline), &occasion) {
                tracing::error!(
                    job = occasion.job,
                    error = format!("{error:#}"),
                    "an occasion could not be given back"
                );
            }
            None
        }
    }
}

async fn of_schedule(attempt: &Attempt, occasion: &Occurrence) -> anyhow::Result<Option<String>> {
    let order = order(occasion, Trigger::Schedule)?;
    let run = pipeline::run(&attempt.pipeline, &order, &attempt.watch()).await?;
    Ok(Some(report(run)))
}

/// The run that an occasion asks for.
pub(super) fn order(occasion: &Occurrence, trigger: Trigger) -> anyhow::Result<Order> {
    Ok(Order {
        job: occasion.job.clone(),
        period: period(occasion)?,
        scope: Scope::default(),
        trigger,
        requested_by: "schedule".to_owned(),
        refresh: false,
        send: false,
        as_of: Some(occasion.moment.due),
        reach: Reach::Documents,
        occasion: Some(occasion.moment.clone()),
        request: None,
        scheme_version: None,
        reason: None,
    })
}

/// The period of an occasion.
pub(super) fn period(occasion: &Occurrence) -> anyhow::Result<Period> {
    Period::parse(&occasion.period).with_context(|| format!("`{}` is not a period", occasion.period))
}

/// Lets an occasion be tried again after a rest, if its run let no mail go and there is time before the deadline.
pub(super) fn again(book: Book<'_>, occasion: &Occurrence) -> anyhow::Result<()> {
    let (job, moment) = (&occasion.job, &occasion.moment);
    let next = book.clock.now() + patience::after(occasion.attempts);
    if !book.ledger.release_occurrence(job, moment, next)? {
        return Ok(());
    }
    let due = moment.due.to_rfc3339();
    let deadline = book.jobs.get(job).map_or(TimeDelta::zero(), start_deadline);
    if next <= moment.due + deadline {
        tracing::warn!(job, due, next = next.to_rfc3339(), "an occasion is tried again later");
        return Ok(());
    }
    let why = "no run of it succeeded before its start deadline";
    if book.ledger.skip_occurrence(occasion, why)? {
        tracing::error!(job, due, why, "an occasion is given up; run the job by hand");
    }
    Ok(())
}

fn start_deadline(job: &Job) -> TimeDelta {
    job.schedule.as_ref().map_or(TimeDelta::zero(), |schedule| schedule.start_deadline)
}
