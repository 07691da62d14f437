//! What milestones do: data pulled ahead, forms, reminders, draft cards, a release.

use anyhow::Context;

use super::occasions::{order, period};
use super::report;
use super::work::Attempt;
use crate::job::{Does, Milestone};
use crate::ledger::{NewAnnouncement, Occurrence, Run, RunState, Trigger};
use crate::pipeline::{self, FormOrder, Known, Pipeline};
use crate::words::Bilingual;

/// Acts on the occasion of a milestone; gives the run that it was about.
pub(super) async fn act(attempt: &Attempt, occasion: &Occurrence, id: &str) -> anyhow::Result<Option<String>> {
    let pipeline = &*attempt.pipeline;
    let job = pipeline.jobs.get(&occasion.job).map_err(crate::diag::Diagnostics::from)?;
    let milestone = job.milestone(id).with_context(|| format!("job `{}` has no milestone `{id}`", job.id))?;
    let run = match milestone.does {
        // Its run ends the occasion.
        Does::Draft => return draft(attempt, occasion).await.map(Some),
        Does::Pull => {
            pipeline::pull_ahead(pipeline, &occasion.job, &period(occasion)?, &attempt.watch()).await?;
            None
        }
        Does::Forms => {
            forms(attempt, occasion, milestone).await?;
            None
        }
        Does::Remind => {
            remind(attempt, occasion).await?;
            None
        }
        Does::Release => Some(release(attempt, occasion).await?),
    };
    pipeline.ledger.finish_occurrence(&occasion.job, &occasion.moment, run.as_deref())?;
    tracing::info!(job = occasion.job, milestone = id, period = occasion.period, "a milestone was kept");
    Ok(run)
}

/// Cards to look at; asked for by the schedule like a person would, so that nobody is mailed.
async fn draft(attempt: &Attempt, occasion: &Occurrence) -> anyhow::Result<String> {
    let order = order(occasion, Trigger::AdHoc)?;
    Ok(report(pipeline::run(&attempt.pipeline, &order, &attempt.watch()).await?))
}

async fn forms(attempt: &Attempt, occasion: &Occurrence, milestone: &Milestone) -> anyhow::Result<()> {
    let order = FormOrder {
        job: occasion.job.clone(),
        period: period(occasion)?,
        team: None,
        rater: None,
        folder: milestone.folder.clone().context("the milestone names no folder")?,
        known: Known::Left,
    };
    let files = pipeline::write_forms(&attempt.pipeline, &order, &attempt.watch()).await?;
    let new = files.iter().filter(|file| file.is_new).count();
    let folder = order.folder.join(order.period.name()).display().to_string();
    let text = Bilingual::new(
        format!("{} 份评分表已写入 {folder}，请分发填写", new),
        format!("{new} forms were written to {folder}; hand them out"),
    );
    say(&attempt.pipeline, occasion, "forms-written", text)
}

/// Says who still owes which forms; nothing when everybody has answered.
async fn remind(attempt: &Attempt, occasion: &Occurrence) -> anyhow::Result<()> {
    let owed = pipeline::owed_forms(&attempt.pipeline, &occasion.job, &period(occasion)?, &attempt.watch()).await?;
    if owed.is_empty() {
        return Ok(());
    }
    let list = |pick: fn(&Bilingual) -> &str, mark: &str| -> String {
        let texts: Vec<Bilingual> = owed.iter().map(pipeline::Owed::text).collect();
        texts.iter().map(pick).collect::<Vec<_>>().join(mark)
    };
    let text = Bilingual::new(
        format!("尚缺评分：{}", list(|one| &one.zh, "；")),
        format!("ratings still owed: {}", list(|one| &one.en, "; ")),
    );
    let key = key_of(occasion, "forms-owed");
    // Planned first: what was said is not looked at again, and nobody is reminded of one thing twice.
    pipeline::remind_raters(&attempt.pipeline, &occasion.job, &key, &occasion.period, &owed)?;
    say(&attempt.pipeline, occasion, "forms-owed", text)
}

/// Lets the ready run of the period go; while there is none, the occasion is tried again.
async fn release(attempt: &Attempt, occasion: &Occurrence) -> anyhow::Result<String> {
    let pipeline = &*attempt.pipeline;
    let run = run_of(pipeline, occasion)?;
    match run.state {
        RunState::Ready => {
            attempt.begins_to_mail();
            Ok(report(pipeline::release(pipeline, &run.id, "schedule", &attempt.watch()).await?))
        }
        RunState::Held => {
            let text = Bilingual::new(
                format!("{} 已挂起，到期未能发布；请查看原因：scorepost show {}", run.id, run.id),
                format!("run `{}` is held and was not released; see why: scorepost show {}", run.id, run.id),
            );
            say(pipeline, occasion, "release-held", text)?;
            Ok(run.id)
        }
        // It went out already, by a person's word.
        state if state.is_over() => Ok(run.id),
        state => anyhow::bail!("run `{}` is {state} and cannot be released yet", run.id),
    }
}

/// The newest run of the period for everybody that was not given up.
fn run_of(pipeline: &Pipeline, occasion: &Occurrence) -> anyhow::Result<Run> {
    let period = period(occasion)?;
    let given_up = |state| matches!(state, RunState::Cancelled | RunState::Failed);
    let runs = pipeline.ledger.runs_of_period(&occasion.job, &period)?;
    let everybody = |run: &Run| run.scope == crate::ledger::Scope::default();
    let found = runs.into_iter().find(|run| everybody(run) && !given_up(run.state));
    found.with_context(|| format!("job `{}` has no run for {period} that could be released", occasion.job))
}

/// What is said of an occasion has one key, however often it is looked at.
fn key_of(occasion: &Occurrence, kind: &str) -> String {
    format!("{kind}/{}/{}/{}", occasion.job, occasion.moment.milestone, occasion.moment.due.to_rfc3339())
}

/// Tells people something about an occasion, once.
fn say(pipeline: &Pipeline, occasion: &Occurrence, kind: &str, text: Bilingual) -> anyhow::Result<()> {
    let new = NewAnnouncement {
        key: key_of(occasion, kind),
        kind: kind.to_owned(),
        job: occasion.job.clone(),
        period: occasion.period.clone(),
        run_id: None,
        text,
    };
    if pipeline.ledger.announce(&new)? {
        tracing::warn!(
            job = new.job,
            period = new.period,
            kind,
            "people are told something; `scorepost jobs list` shows it"
        );
    }
    Ok(())
}
