//! Releases that nobody gives: people are reminded, and after a deadline the job says what happens.

use chrono::{DateTime, TimeDelta, Utc};

use crate::finding::Finding;
use crate::job::{Deadline, Job, Then};
use crate::ledger::{NewAnnouncement, Run, RunState, Trigger};
use crate::pipeline::{self, Pipeline};
use crate::words::Bilingual;

use super::report;
use super::work::Attempt;

/// Reminds of what waits and ends what waited too long; gives the runs whose letters go because of that.
pub(super) fn keep(pipeline: &Pipeline) -> anyhow::Result<Vec<Run>> {
    let now = pipeline.settings.clock.now();
    let mut to_release = Vec::new();
    for run in pipeline.ledger.unfinished_runs()?.into_iter().filter(|run| run.state == RunState::Ready) {
        let Ok(job) = pipeline.jobs.get(&run.job) else { continue };
        let Some(waits) = waits(pipeline, job, &run, now)? else { continue };
        if job.release.remind_after.is_some_and(|after| waits >= after) {
            remind(pipeline, job, &run)?;
        }
        let Some(deadline) = job.release.deadline.filter(|deadline| waits >= deadline.after) else { continue };
        if end(pipeline, &run, deadline)? {
            to_release.push(run);
        }
    }
    Ok(to_release)
}

/// How long a run waits to be released; `None` for one that somebody only wanted to look at.
fn waits(pipeline: &Pipeline, job: &Job, run: &Run, now: DateTime<Utc>) -> anyhow::Result<Option<TimeDelta>> {
    if job.release.remind_after.is_none() && job.release.deadline.is_none() {
        return Ok(None);
    }
    let meant = run.trigger == Trigger::Schedule || pipeline.ledger.first_release_word(&run.id)?.is_some();
    let since = pipeline.ledger.waits_since(&run.id)?.filter(|_| meant);
    Ok(since.map(|since| now - since))
}

fn remind(pipeline: &Pipeline, job: &Job, run: &Run) -> anyhow::Result<()> {
    let until = job.release.deadline.map(|deadline| match deadline.then {
        Then::Hold => Bilingual::new("，逾期将挂起", ", and is held when it is late"),
        Then::Release => Bilingual::new("，逾期将自动发布", ", and goes out by itself when it is late"),
        Then::Cancel => Bilingual::new("，逾期将取消", ", and is cancelled when it is late"),
    });
    let until = until.unwrap_or_default();
    let id = &run.id;
    let text = Bilingual::new(
        format!("{id} 等待放行{}：scorepost release {id}", until.zh),
        format!("run `{id}` waits for its release{}: scorepost release {id}", until.en),
    );
    let key = key_of(run, "release-reminder");
    if pipeline.ledger.was_announced(&key)? {
        return Ok(());
    }
    // Planned first: what was said is not looked at again, and nobody is reminded of one thing twice.
    pipeline::remind_of_release(pipeline, job, run, &key, text.clone())?;
    say(pipeline, run, "release-reminder", text)
}

/// Does what the job says of a run that is late; true when its letters go now.
fn end(pipeline: &Pipeline, run: &Run, deadline: Deadline) -> anyhow::Result<bool> {
    let id = &run.id;
    let text = match deadline.then {
        Then::Hold => Bilingual::new(
            format!("{id} 逾期未放行，已挂起"),
            format!("run `{id}` was released by nobody in time and is held"),
        ),
        Then::Release => Bilingual::new(
            format!("{id} 逾期未放行，按任务设定自动发布"),
            format!("run `{id}` was released by nobody in time and goes out, as its job says"),
        ),
        Then::Cancel => Bilingual::new(
            format!("{id} 逾期未放行，已取消"),
            format!("run `{id}` was released by nobody in time and is cancelled"),
        ),
    };
    // Said first: what is done leaves nothing that would be looked at again.
    say(pipeline, run, "release-late", text)?;
    let reason = format!("nobody released it within {}", words(deadline.after));
    match deadline.then {
        Then::Release => {}
        Then::Hold => {
            let mut findings = pipeline.ledger.findings(&run.id)?;
            if !findings.iter().any(|one| one.code == pipeline::RELEASED_LATE) {
                findings.push(too_late(run, deadline.after));
                pipeline.ledger.record_findings(&run.id, &findings)?;
            }
            pipeline.ledger.hold_run(&run.id, "schedule", &reason)?;
        }
        Then::Cancel => pipeline::cancel(pipeline, &run.id, "schedule", &reason).map(drop)?,
    }
    Ok(deadline.then == Then::Release)
}

/// What holds a run that was not released in time; a person may answer for it.
fn too_late(run: &Run, after: TimeDelta) -> Finding {
    let id = &run.id;
    Finding::hold(
        pipeline::RELEASED_LATE,
        Bilingual::new(format!("{} 内无人放行", words(after)), format!("nobody released it within {}", words(after))),
        Bilingual::new(
            format!(
                "核对后由有权者负责放行：scorepost release {id} --accept --reason 理由，或取消：scorepost cancel {id}"
            ),
            format!("answer for the delay: scorepost release {id} --accept --reason WHY, or: scorepost cancel {id}"),
        ),
    )
}

/// A length of time as jobs write it.
fn words(length: TimeDelta) -> String {
    match (length.num_days(), length.num_hours()) {
        (days, hours) if days > 0 && hours == days * 24 => format!("{days}d"),
        (_, hours) if hours > 0 => format!("{hours}h"),
        _ => format!("{}m", length.num_minutes()),
    }
}

fn key_of(run: &Run, kind: &str) -> String {
    format!("{kind}/{}", run.id)
}

fn say(pipeline: &Pipeline, run: &Run, kind: &str, text: Bilingual) -> anyhow::Result<()> {
    let new = NewAnnouncement {
        key: key_of(run, kind),
        kind: kind.to_owned(),
        job: run.job.clone(),
        period: run.period.to_string(),
        run_id: Some(run.id.clone()),
        text,
    };
    if pipeline.ledger.announce(&new)? {
        tracing::warn!(run = run.id, kind, "a run waits for its release; `scorepost show` says more");
    }
    Ok(())
}

/// Lets the letters of a late run go.
pub(super) async fn release(attempt: Attempt, run: Run) -> Option<String> {
    attempt.begins_to_mail();
    match pipeline::release(&attempt.pipeline, &run.id, "schedule", &attempt.watch()).await {
        Ok(outcome) => Some(report(outcome)),
        Err(error) => {
            tracing::error!(run = run.id, error = format!("{error:#}"), "a late run could not be released");
            None
        }
    }
}
