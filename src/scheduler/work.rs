//! What is at work: each task on a thread of its own, because stages compute for seconds.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::{self, JoinError, JoinSet};

use crate::ledger::{Occurrence, Run};
use crate::period::Period;
use crate::pipeline::{Event, Pipeline, Stage};

/// How long a stopping process waits for a stage that cannot be interrupted or for the letter in hand.
const GRACE: Duration = Duration::from_secs(20);

/// Why a task exists, kept beside it in case it breaks.
#[derive(Debug)]
pub(super) enum Duty {
    /// An occasion of a schedule.
    Occasion(Occurrence),
    /// A request of the console, by its number.
    Request(i64),
    /// A simulation, by its number.
    Simulation(i64),
    /// A run that was left, by its id.
    Left(String),
}

/// A period of a job, of which one task at a time may make cards.
pub(super) type Place = (String, Period);

/// What a task works with.
#[derive(Clone)]
pub(super) struct Attempt {
    /// Everything a run needs.
    pub(super) pipeline: Arc<Pipeline>,
    mails: Arc<AtomicBool>,
}

impl Attempt {
    /// One that nobody stops.
    pub(super) fn alone(pipeline: Arc<Pipeline>) -> Self {
        Self { pipeline, mails: Arc::default() }
    }

    /// From now on letters may be under way, so that the task must not be dropped.
    pub(super) fn begins_to_mail(&self) {
        self.mails.store(true, Ordering::SeqCst);
    }

    /// A watcher that notices when letters begin.
    pub(super) fn watch(&self) -> impl Fn(Event) + Send + Sync + use<> {
        let attempt = self.clone();
        move |event| {
            if matches!(event, Event::Begins(Stage::Deliver)) {
                attempt.begins_to_mail();
            }
        }
    }
}

/// How a task ended.
pub(super) enum Ended {
    /// It came to its end; the run that it worked on, if there was one.
    Whole(Option<String>),
    /// It panicked.
    Broken(Duty),
}

/// The tasks at work.
pub(super) struct Work {
    pipeline: Arc<Pipeline>,
    stop: watch::Receiver<bool>,
    tasks: JoinSet<Option<String>>,
    duties: HashMap<task::Id, (Duty, Option<Place>)>,
}

impl Work {
    /// No task yet; `stop` turns true when the process is to end.
    pub(super) fn new(pipeline: Arc<Pipeline>, stop: watch::Receiver<bool>) -> Self {
        Self { pipeline, stop, tasks: JoinSet::new(), duties: HashMap::new() }
    }

    /// Begins a task, which answers with the run that it worked on.
    pub(super) fn begin<F, W>(&mut self, duty: Duty, place: Option<Place>, task: F)
    where
        F: FnOnce(Attempt) -> W + Send + 'static,
        W: Future<Output = Option<String>>,
    {
        let attempt = Attempt::alone(self.pipeline.clone());
        let (handle, stop, mails) = (Handle::current(), self.stop.clone(), attempt.mails.clone());
        let begun =
            self.tasks.spawn_blocking(move || handle.block_on(until_stopped(task(attempt), &mails, stop)).flatten());
        self.duties.insert(begun.id(), (duty, place));
    }

    /// Whether a task works on this run's period of its job.
    pub(super) fn is_at(&self, run: &Run) -> bool {
        let here = |place: &Place| place.0 == run.job && place.1 == run.period;
        self.duties.values().any(|(_, place)| place.as_ref().is_some_and(here))
    }

    /// Whether a draft is being tried.
    pub(super) fn tries_a_draft(&self) -> bool {
        self.duties.values().any(|(duty, _)| matches!(duty, Duty::Simulation(_)))
    }

    /// Waits for the next task to end; for ever when there is none.
    pub(super) async fn next_end(&mut self) -> Ended {
        match self.tasks.join_next_with_id().await {
            Some(Ok((id, run))) => {
                self.duties.remove(&id);
                Ended::Whole(run)
            }
            Some(Err(error)) => self.broken(&error),
            None => std::future::pending().await,
        }
    }

    fn broken(&mut self, error: &JoinError) -> Ended {
        tracing::error!(error = error.to_string(), "a task of the scheduler broke");
        self.duties.remove(&error.id()).map_or(Ended::Whole(None), |(duty, _)| Ended::Broken(duty))
    }

    /// Lets what is at work come to a place where it can be taken up again; gives up on it after a while.
    pub(super) async fn end(mut self) {
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            tracing::warn!("a run is still computing; it is left as it is and goes on at the next start");
        }
    }
}

/// Works until done; on a stop, a task that mails nothing is dropped where it waits, and one that mails is waited for.
async fn until_stopped<T>(
    task: impl Future<Output = T>,
    mails: &AtomicBool,
    mut stop: watch::Receiver<bool>,
) -> Option<T> {
    tokio::pin!(task);
    tokio::select! {
        biased;
        done = &mut task => return Some(done),
        _ = stop.wait_for(|stop| *stop) => {}
    }
    // The round of letters looks at `pipeline.stopping` and ends after the letter in hand.
    if mails.load(Ordering::SeqCst) { Some(task.await) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stop_drops_what_pulls_and_waits_for_what_mails() {
        let (stop, stopped) = watch::channel(false);
        let pulls = AtomicBool::new(false);
        assert_eq!(until_stopped(async { 1 }, &pulls, stopped.clone()).await, Some(1));
        stop.send_replace(true);
        assert_eq!(until_stopped(std::future::pending::<u32>(), &pulls, stopped.clone()).await, None);
        let mails = AtomicBool::new(true);
        let letter = async {
            tokio::task::yield_now().await;
            2
        };
        assert_eq!(until_stopped(letter, &mails, stopped.clone()).await, Some(2));
        let begins = async {
            pulls.store(true, Ordering::SeqCst);
            tokio::task::yield_now().await;
            3
        };
        assert_eq!(until_stopped(begins, &pulls, stopped).await, Some(3));
    }
}
