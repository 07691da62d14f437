//! One run from its order to its end.

use anyhow::Context;

use crate::finding::{Finding, Weight};
use crate::job::Job;
use crate::ledger::{NewRun, Progress, Run, RunState, Trigger, lost_its_line};
use crate::score::Appraisal;

use super::claim::claim;
use super::order::{Event, Order, Reach, Stage, Watch};
use super::{
    Pipeline, addresses, build, documents, letters, manifest, outliers, pull, release, restate, resume, send, versions,
};

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The run as the ledger has it now.
    pub run: Run,
    /// What it noticed.
    pub findings: Vec<Finding>,
    /// The scored cards and teams; `None` when it ended before scoring.
    pub appraisal: Option<Appraisal>,
    /// What became of the letters.
    pub tally: send::Tally,
    /// How many cards, packs and reports got a new edition.
    pub new_editions: usize,
    /// Who released it first, while a second person still must.
    pub first_word: Option<String>,
}

impl Outcome {
    /// Whether everything that was asked for has happened.
    pub fn succeeded(&self) -> bool {
        matches!(self.run.state, RunState::Ready | RunState::Sent | RunState::Done)
    }
}

/// Runs an order, or goes on with the run of the same job, period and scope that was interrupted.
pub async fn run(pipeline: &Pipeline, order: &Order, watch: Watch<'_>) -> anyhow::Result<Outcome> {
    let job = pipeline.jobs.get(&order.job).map_err(crate::diag::Diagnostics::from)?.clone();
    let _holder = claim(pipeline, &job.id, &order.period, &order.scope)?;
    resume::recover(pipeline)?;
    let run = match resume::interrupted(pipeline, order)? {
        Some(run) => adopt(pipeline, run, order)?,
        None => start(pipeline, order)?,
    };
    if let Some(reason) = &order.reason {
        pipeline.ledger.give_reason(&run.id, &order.requested_by, reason)?;
    }
    carry_out(pipeline, &job, run, order, watch).await
}

/// Goes on with an interrupted run in the name of the occasion or request that would have started a new one.
fn adopt(pipeline: &Pipeline, run: Run, order: &Order) -> anyhow::Result<Run> {
    if let Some(moment) = &order.occasion {
        pipeline.ledger.finish_occurrence(&order.job, moment, Some(&run.id))?;
    }
    if let Some(request) = order.request {
        pipeline.ledger.attach_run(request, &run.id)?;
    }
    Ok(run)
}

fn start(pipeline: &Pipeline, order: &Order) -> anyhow::Result<Run> {
    let new = NewRun {
        job: order.job.clone(),
        period: order.period,
        scope: order.scope.clone(),
        trigger: order.trigger,
        requested_by: order.requested_by.clone(),
        refresh: order.refresh,
        send: order.send,
        as_of: order.as_of,
    };
    match (&order.occasion, order.request, &order.scheme_version) {
        (Some(moment), ..) => pipeline.ledger.start_run_of_occurrence(&new, moment),
        (None, Some(request), _) => pipeline.ledger.start_run_of_request(&new, request),
        (None, None, Some(version)) => pipeline.ledger.start_run_under(&new, version),
        (None, None, None) => pipeline.ledger.start_run(&new),
    }
}

/// Does what is left of a run; an error is written to the ledger before it is returned.
pub(super) async fn carry_out(
    pipeline: &Pipeline,
    job: &Job,
    run: Run,
    order: &Order,
    watch: Watch<'_>,
) -> anyhow::Result<Outcome> {
    let id = run.id.clone();
    let told = |event: Event| {
        record_progress(pipeline, &id, &event);
        watch(event);
    };
    match steps(pipeline, job, run, order, &told).await {
        Ok(outcome) => Ok(outcome),
        Err(error)
            if !lost_its_line(&error)
                && pipeline.ledger.run(&id)?.is_some_and(|run| run.state == RunState::Cancelled) =>
        {
            Err(error.context(format!("run `{id}` was cancelled")))
        }
        Err(error) if lost_its_line(&error) => {
            Err(error.context(format!("run `{id}` stopped where it was and goes on when the ledger is back")))
        }
        Err(error) => {
            pipeline.ledger.finish_run(&id, RunState::Failed, Some(&format!("{error:#}")))?;
            Err(error.context(format!("run `{id}` failed")))
        }
    }
}

/// How many times at most a stage's progress is written to the ledger, each of which is synced to the disk.
const MARKS: u64 = 20;

/// Lets others see how far a stage is.
fn record_progress(pipeline: &Pipeline, run: &str, event: &Event) {
    let Event::Progress { stage, done, total, what } = event else { return };
    if *done == *total || done.is_multiple_of((total / MARKS).max(1)) {
        // Elsewhere a person is being worked on, who is nobody's business.
        let what = if *stage == Stage::Pull { what.clone() } else { String::new() };
        let now = Progress { stage: stage.word().to_owned(), done: *done, total: *total, what };
        // Progress is a courtesy; the step itself reports a ledger that cannot be written.
        let _ = pipeline.ledger.set_progress(run, &now);
    }
}

async fn steps(pipeline: &Pipeline, job: &Job, run: Run, order: &Order, watch: Watch<'_>) -> anyhow::Result<Outcome> {
    let ledger = &pipeline.ledger;
    if run.state == RunState::Releasing {
        // Everything before was done: its letters are sealed and recorded, and nothing is computed anew.
        let appraisal = build::again(pipeline, job, &run).ok();
        let findings = ledger.findings(&run.id)?;
        let tally = deliver(pipeline, job, &run, watch).await?;
        return outcome(pipeline, &run.id, findings, appraisal, tally, 0);
    }
    versions::same_cycle(job, &*versions::scheme_of_run(pipeline, job, &run)?)?;
    ledger.set_state(&run.id, RunState::Pulling)?;
    // As of the run's order: what was pulled since is not pulled again when a killed run goes on.
    let refresh_since = run.refresh.then_some(run.created_at);
    let pulled = pull::pull(pipeline, job, &run.period, refresh_since, watch).await?;
    manifest::write(pipeline, &run.id, &pulled.manifests)?;
    stop_if_cancelled(pipeline, &run)?;
    ledger.set_state(&run.id, RunState::Scoring)?;
    let built = build::build(pipeline, job, &run, pulled, watch)?;
    let mut findings = built.findings;
    if run.trigger == Trigger::Schedule {
        findings.extend(restate::earlier(pipeline, job, &run.period).await);
    }
    if order.reach == Reach::Results {
        documents::record_results(pipeline, job, &run, &built.appraisal)?;
        ledger.record_findings(&run.id, &findings)?;
        ledger.finish_run(&run.id, RunState::Done, None)?;
        return outcome(pipeline, &run.id, findings, Some(built.appraisal), send::Tally::default(), 0);
    }
    stop_if_cancelled(pipeline, &run)?;
    ledger.set_state(&run.id, RunState::Rendering)?;
    let issued = documents::issue(pipeline, job, &run, &built.appraisal, watch)?;
    findings.extend(issued.findings);
    findings.extend(addresses::unreachable(pipeline, job, &run.scope, &built.appraisal)?);
    findings.extend(outliers::of(pipeline, job, &run, &built.appraisal)?);
    ledger.record_findings(&run.id, &findings)?;
    let next = after_rendering(job, &run, &findings);
    // In test mode the run stays as ready as it is: what goes out counts for nobody.
    let rehearses = next == RunState::Releasing && send::is_rehearsal(pipeline);
    let next = if rehearses { RunState::Ready } else { next };
    if matches!(next, RunState::Releasing | RunState::Ready) {
        letters::plan_deliveries(pipeline, job, &run, &built.appraisal, &findings, watch)?;
    }
    ledger.set_state(&run.id, next)?;
    if next == RunState::Ready && run.send {
        // Whoever asked for it to be sent gives the first of two words.
        release::first_word(pipeline, &run)?;
    }
    stop_if_cancelled(pipeline, &run)?;
    let tally = match next {
        RunState::Releasing => deliver(pipeline, job, &run, watch).await?,
        RunState::Ready if rehearses => deliver(pipeline, job, &run, watch).await?,
        RunState::Done => {
            ledger.finish_run(&run.id, RunState::Done, None)?;
            send::Tally::default()
        }
        _ => send::Tally::default(),
    };
    outcome(pipeline, &run.id, findings, Some(built.appraisal), tally, issued.new_editions)
}

/// Held, waiting for a person, going out, or done because nobody is to be mailed.
fn after_rendering(job: &Job, run: &Run, findings: &[Finding]) -> RunState {
    let held = findings.iter().any(|finding| finding.weight == Weight::Hold);
    match () {
        () if held => RunState::Held,
        () if !job.mails() => RunState::Done,
        () if release::needs_no_word(job, run) => RunState::Releasing,
        () => RunState::Ready,
    }
}

/// Sends the letters of a run that was let go.
pub(super) async fn deliver(
    pipeline: &Pipeline,
    job: &Job,
    run: &Run,
    watch: Watch<'_>,
) -> anyhow::Result<send::Tally> {
    watch(Event::Begins(Stage::Deliver));
    send::send(pipeline, job, run, watch).await
}

fn stop_if_cancelled(pipeline: &Pipeline, run: &Run) -> anyhow::Result<()> {
    let state = pipeline.ledger.run(&run.id)?.map(|run| run.state);
    anyhow::ensure!(state != Some(RunState::Cancelled), "a person cancelled it; nothing was mailed by it");
    Ok(())
}

pub(super) fn outcome(
    pipeline: &Pipeline,
    run_id: &str,
    findings: Vec<Finding>,
    appraisal: Option<Appraisal>,
    tally: send::Tally,
    new_editions: usize,
) -> anyhow::Result<Outcome> {
    let run = pipeline.ledger.run(run_id)?.with_context(|| format!("run `{run_id}` is gone from the ledger"))?;
    let waits = run.state == RunState::Ready;
    let first_word = if waits { pipeline.ledger.first_release_word(run_id)? } else { None };
    Ok(Outcome { run, findings, appraisal, tally, new_editions, first_word })
}
