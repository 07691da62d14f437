//! When things run: occasions of schedules and requests of the console, each acted on once.
//!
//! `tokio-cron-scheduler` is the alarm clock only: once a minute it wakes the loop. What is due is computed by [`due`]
//! from the cron line, the time zone and the ledger, so that restarts, clock steps and daylight saving time make exactly
//! one run per occasion.

mod alarm;
mod due;
mod occasions;
mod requests;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::job::Job;
use crate::pipeline::{self, Pipeline};

/// The next occasion of a job after an instant, if it has a schedule.
pub fn next(job: &Job, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    due::next(job.schedule.as_ref()?, job.time_zone, after)
}

/// Runs until `stop` turns true: goes on with what a crash left, then acts on occasions and requests as they come.
pub async fn serve(pipeline: Arc<Pipeline>, poke: Arc<Notify>, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    let _alarm = alarm::ring_every_minute(poke.clone()).await?;
    let mut runs = JoinSet::new();
    requests::recover(&pipeline)?;
    spawn_going_on(&pipeline, &mut runs);
    while !*stop.borrow() {
        if let Err(error) = act(&pipeline, &mut runs) {
            tracing::error!(
                error = format!("{error:#}"),
                "the scheduler could not act; it tries again at the next minute"
            );
        }
        tokio::select! {
            () = poke.notified() => {}
            _ = stop.changed() => {}
            Some(_) = runs.join_next(), if !runs.is_empty() => {}
        }
    }
    pipeline.stopping.store(true, Ordering::SeqCst);
    while runs.join_next().await.is_some() {}
    Ok(())
}

/// Everything that can be begun now.
fn act(pipeline: &Arc<Pipeline>, runs: &mut JoinSet<()>) -> anyhow::Result<()> {
    occasions::note(pipeline)?;
    while let Some(order) = occasions::take(pipeline)? {
        spawn(runs, pipeline.clone(), move |pipeline, handle| {
            handle.block_on(async { report(pipeline::run(pipeline, &order, &|_| {}).await) });
        });
    }
    while let Some(request) = pipeline.ledger.take_request()? {
        spawn(runs, pipeline.clone(), move |pipeline, handle| handle.block_on(requests::act(pipeline, &request)));
    }
    if runs.is_empty() {
        spawn_going_on(pipeline, runs);
    }
    Ok(())
}

/// Runs that a crash left, and letters that were to be tried again later.
fn spawn_going_on(pipeline: &Arc<Pipeline>, runs: &mut JoinSet<()>) {
    let left = pipeline.ledger.unfinished_runs().unwrap_or_default();
    if left.iter().all(|run| run.state.waits_for_person()) {
        return;
    }
    spawn(runs, pipeline.clone(), |pipeline, handle| match handle.block_on(pipeline::go_on(pipeline, &|_| {})) {
        Ok(outcomes) => outcomes.into_iter().for_each(report),
        Err(error) => tracing::error!(error = format!("{error:#}"), "runs that were left could not be carried on"),
    });
}

/// Stages compute for seconds, so a run gets a thread of its own.
fn spawn<F>(runs: &mut JoinSet<()>, pipeline: Arc<Pipeline>, work: F)
where
    F: FnOnce(&Pipeline, &tokio::runtime::Handle) + Send + 'static,
{
    let handle = tokio::runtime::Handle::current();
    runs.spawn_blocking(move || work(&pipeline, &handle));
}

fn report(result: anyhow::Result<pipeline::Outcome>) {
    match result {
        Ok(outcome) => tracing::info!(run = outcome.run.id, state = outcome.run.state.word(), "a run ended"),
        Err(error) => tracing::error!(error = format!("{error:#}"), "a run could not be done"),
    }
}
