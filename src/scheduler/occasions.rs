//! Occasions of schedules: noted in the ledger when due, claimed by one process, tried until a run of it did not fail.

use chrono::{DateTime, TimeDelta, Utc};

use crate::job::Job;
use crate::ledger::{Occurrence, Scope, Trigger};
use crate::period::Period;
use crate::pipeline::{self, Order, Pipeline, Reach};

use super::due::{Fate, due};
use super::work::Attempt;
use super::{patience, report};

/// A look is written to the ledger, and so to the disk, once in this time.
const BETWEEN_LOOKS: TimeDelta = TimeDelta::seconds(50);

/// Notes what has become due since the last look; what the policy leaves out is left out in the same breath.
pub(super) fn note(pipeline: &Pipeline) -> anyhow::Result<()> {
    let now = pipeline.settings.clock.now();
    let mut looked = Vec::new();
    for job in pipeline.jobs.all().iter().filter(|job| job.schedule.is_some()) {
        let last = pipeline.ledger.last_look(&job.id)?;
        // What is due at the first sight of a job counts, what was due before does not.
        note_job(pipeline, job, last.unwrap_or(now - TimeDelta::seconds(1)), now)?;
        if last.is_none_or(|last| (now - last).abs() >= BETWEEN_LOOKS) {
            looked.push(job.id.as_str());
        }
    }
    if looked.is_empty() { Ok(()) } else { pipeline.ledger.note_looks(&looked, now) }
}

fn note_job(pipeline: &Pipeline, job: &Job, since: DateTime<Utc>, now: DateTime<Utc>) -> anyhow::Result<()> {
    let Some(schedule) = &job.schedule else { return Ok(()) };
    for (due, fate) in due(schedule, job.time_zone, since, now) {
        let day = due.with_timezone(&job.time_zone).date_naive();
        let period = job.period_on(day).to_string();
        let skip = match fate {
            Fate::Run => None,
            Fate::Skip(why) => Some(why),
        };
        if let (true, Some(why)) = (pipeline.ledger.note_due(&job.id, due, &period, skip)?, skip) {
            tracing::warn!(job = job.id, due = due.to_rfc3339(), why, "an occasion is left out");
        }
    }
    Ok(())
}

/// Gives occasions another try whose run failed after it was taken up again.
pub(super) fn reopen_failed(pipeline: &Pipeline) -> anyhow::Result<()> {
    for occasion in pipeline.ledger.failed_occurrences()? {
        again(pipeline, &occasion)?;
    }
    Ok(())
}

/// Claims the next occasion that is to be run now.
pub(super) fn take(pipeline: &Pipeline) -> anyhow::Result<Option<(Occurrence, Order)>> {
    while let Some(occasion) = pipeline.ledger.claim_occurrence(&pipeline.worker.id)? {
        let Some(period) = Period::parse(&occasion.period).filter(|_| pipeline.jobs.get(&occasion.job).is_ok()) else {
            pipeline.ledger.skip_occurrence(&occasion.job, occasion.due, "its job is gone")?;
            continue;
        };
        let order = Order {
            job: occasion.job.clone(),
            period,
            scope: Scope::default(),
            trigger: Trigger::Schedule,
            requested_by: "schedule".to_owned(),
            refresh: false,
            send: false,
            as_of: Some(occasion.due),
            reach: Reach::Documents,
            occasion: Some(occasion.due),
            request: None,
            reason: None,
        };
        return Ok(Some((occasion, order)));
    }
    Ok(None)
}

/// Runs a claimed occasion; one that could not be run is given back.
pub(super) async fn run(attempt: Attempt, occasion: Occurrence, order: Order) -> Option<String> {
    let pipeline = &attempt.pipeline;
    let run = report(pipeline::run(pipeline, &order, &attempt.watch()).await);
    if run.is_none()
        && let Err(error) = again(pipeline, &occasion)
    {
        tracing::error!(job = occasion.job, error = format!("{error:#}"), "an occasion could not be given back");
    }
    run
}

/// Lets an occasion be tried again after a rest, if its run let no mail go and there is time before the deadline.
pub(super) fn again(pipeline: &Pipeline, occasion: &Occurrence) -> anyhow::Result<()> {
    let (job, due) = (&occasion.job, occasion.due);
    let next = pipeline.settings.clock.now() + patience::after(occasion.attempts);
    if !pipeline.ledger.release_occurrence(job, due, next)? {
        return Ok(());
    }
    if next <= due + start_deadline(pipeline, job) {
        tracing::warn!(job, due = due.to_rfc3339(), next = next.to_rfc3339(), "an occasion is tried again later");
        return Ok(());
    }
    let why = "no run of it succeeded before its start deadline";
    tracing::error!(job, due = due.to_rfc3339(), why, "an occasion is given up; run the job by hand");
    pipeline.ledger.skip_occurrence(job, due, why)
}

fn start_deadline(pipeline: &Pipeline, job: &str) -> TimeDelta {
    let schedule = pipeline.jobs.get(job).ok().and_then(|job| job.schedule.as_ref());
    schedule.map_or(TimeDelta::zero(), |schedule| schedule.start_deadline)
}
