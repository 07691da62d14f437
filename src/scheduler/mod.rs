//! When things run: occasions of schedules and requests of the console, each acted on once.
//!
//! `tokio-cron-scheduler` is the alarm clock only: once a minute it wakes the loop. What is due is computed by `due`
//! from the cron line, the time zone and the ledger, so that restarts, clock steps and daylight saving time make exactly
//! one run per occasion.

mod alarm;
mod book;
mod deadlines;
mod due;
mod left;
mod milestones;
mod occasions;
mod once;
mod patience;
mod requests;
mod returns;
mod simulations;
mod when;
mod work;

#[cfg(test)]
mod simulation;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};

use crate::pipeline::{self, Pipeline};

use book::Book;
use left::Left;
use work::{Duty, Ended, Work};

pub use book::{Next, next};
pub use once::once;
pub use simulations::tried;

/// Nothing is waited for longer than this: an alarm clock that was set back rings no more until its hour has come again.
const LONGEST_SLEEP: Duration = Duration::from_secs(75);
/// How long a stopping process waits for a reminder in hand.
const AFTER_A_STOP: Duration = Duration::from_secs(10);
/// How long to rest when the ledger could not be read.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// Runs until `stop` turns true: goes on with what a crash left, then acts on occasions and requests as they come.
///
/// Then ends within seconds: a pull is dropped, the letter in hand is finished, and all of it goes on at the next start.
/// Acts once a minute and whenever `poke` is rung. Errors when it cannot begin.
pub async fn serve(pipeline: Arc<Pipeline>, poke: Arc<Notify>, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    let _alarm = alarm::ring_every_minute(poke.clone()).await?;
    let (handle, beside, stopped) = (Handle::current(), pipeline.clone(), stop.clone());
    // On a thread of its own, because what carries a letter stays on its thread.
    let returns = tokio::task::spawn_blocking(move || handle.block_on(returns::watch(beside, stopped)));
    let (mut work, mut left) = (Work::new(pipeline.clone(), stop.clone()), Left::default());
    loop {
        let mut sleep = LONGEST_SLEEP;
        if let Err(error) = act(&pipeline, &mut work, &mut left) {
            tracing::error!(
                error = format!("{error:#}"),
                "the scheduler could not act; it tries again in some seconds"
            );
            sleep = AFTER_TROUBLE;
        }
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            ended = work.next_end() => note_end(&pipeline, &mut left, ended),
            () = poke.notified() => {}
            () = tokio::time::sleep(sleep) => {}
        }
    }
    pipeline.stopping.store(true, Ordering::SeqCst);
    work.end().await;
    // Reading is dropped where it waits: what was noted stands, and the rest is still unseen. A reminder in hand is finished.
    if tokio::time::timeout(AFTER_A_STOP, returns).await.is_err() {
        tracing::warn!("a reminder is still under way; what became of it is seen at the next start");
    }
    Ok(())
}

/// Everything that can be begun now.
fn act(pipeline: &Arc<Pipeline>, work: &mut Work, left: &mut Left) -> anyhow::Result<()> {
    recover(pipeline)?;
    let book = Book::of(pipeline);
    occasions::note(book)?;
    occasions::reopen_failed(book)?;
    while let Some(occasion) = occasions::take(book, &pipeline.worker.id)? {
        let (duty, place) = (Duty::Occasion(occasion.clone()), occasions::period(&occasion)?);
        let place = (occasion.job.clone(), place);
        work.begin(duty, Some(place), |attempt| occasions::run(attempt, occasion));
    }
    while let Some(request) = pipeline.ledger.take_request(&pipeline.worker.id)? {
        let (duty, place) = (Duty::Request(request.id), requests::place(&request));
        work.begin(duty, place, |attempt| requests::act(attempt, request));
    }
    if let Some(simulation) = simulations::take(pipeline, work)? {
        work.begin(Duty::Simulation(simulation.id), None, |attempt| simulations::act(attempt, simulation));
    }
    for run in deadlines::keep(pipeline)? {
        if !work.is_at(&run) {
            let (duty, place) = (Duty::Left(run.id.clone()), (run.job.clone(), run.period));
            work.begin(duty, Some(place), |attempt| deadlines::release(attempt, run));
        }
    }
    for run in left.ready(pipeline, |run| work.is_at(run))? {
        let (duty, place) = (Duty::Left(run.id.clone()), (run.job.clone(), run.period));
        work.begin(duty, Some(place), |attempt| left::go_on(attempt, run));
    }
    Ok(())
}

/// Gives back what processes left that are gone.
fn recover(pipeline: &Pipeline) -> anyhow::Result<()> {
    pipeline::recover(pipeline)?;
    requests::recover(pipeline)?;
    simulations::recover(pipeline)
}

/// Notes which run rests now, and gives back what a broken task had.
fn note_end(pipeline: &Pipeline, left: &mut Left, ended: Ended) {
    let now = pipeline.settings.clock.now();
    let noted = match ended {
        Ended::Whole(None) => Ok(()),
        Ended::Whole(Some(run)) | Ended::Broken(Duty::Left(run)) => {
            left.tried(run, now);
            Ok(())
        }
        Ended::Broken(Duty::Occasion(occasion)) => occasions::again(Book::of(pipeline), &occasion),
        Ended::Broken(Duty::Request(id)) => requests::broke(pipeline, id),
        Ended::Broken(Duty::Simulation(id)) => simulations::broke(pipeline, id),
    };
    if let Err(error) = noted {
        tracing::error!(error = format!("{error:#}"), "how a task ended could not be noted");
    }
}

/// Logs how a run ended, and gives its id.
fn report(outcome: pipeline::Outcome) -> String {
    tracing::info!(run = outcome.run.id, state = outcome.run.state.word(), "a run ended");
    outcome.run.id
}
