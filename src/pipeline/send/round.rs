//! One round over the letters of a run: each connection takes the next that is due, until nothing is or a person is needed.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::{join, join_all};

use crate::deliver::{Outcome, Postman};
use crate::job::Job;
use crate::ledger::{Delivery, Note, Run, RunState};

use super::clerk::Clerk;
use super::guard::{Guard, could_not_look};
use super::pacing::Pacing;
use crate::pipeline::Pipeline;
use crate::pipeline::order::{Event, Stage, Unit, Watch};

/// After so many times in a row that the relay took no letter, or left it unknown whether it did, the others are left.
const PATIENCE: u32 = 3;
/// A letter that was put off for so long after its run began is given up; a person may resend it.
const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(3);
/// However often a letter was put off, it is tried again after at most this long.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(4);
/// How many letters are claimed at once for each connection: few enough that another worker gets its share.
const CLAIMED_AHEAD: u32 = 4;

/// What all connections of a round share.
pub(super) struct Round<'a> {
    pipeline: &'a Pipeline,
    run: &'a Run,
    watch: Watch<'a>,
    total: u64,
    guard: Arc<Guard>,
    pacing: Pacing<'a>,
    clerk: Clerk,
    claimed: tokio::sync::Mutex<Claimed>,
    course: Mutex<Course>,
}

/// Letters that are claimed and wait for a connection.
#[derive(Default)]
struct Claimed {
    waiting: VecDeque<Delivery>,
    /// The last of those that were claimed: what may go is looked for behind it, and then once more from the front.
    last: i64,
}

#[derive(Default)]
struct Course {
    sent: u64,
    unlucky: u32,
    stopped: Option<String>,
}

/// How many letters a round may send.
fn letters_to_go(pipeline: &Pipeline, run: &Run) -> anyhow::Result<u64> {
    let chosen = pipeline.ledger.chosen_letters(&run.id)?;
    let waits =
        |one: &&Delivery| one.state.waits_to_go() && chosen.as_ref().is_none_or(|chosen| chosen.contains(&one.id));
    Ok(pipeline.ledger.deliveries(&run.id)?.iter().filter(waits).count() as u64)
}

impl<'a> Round<'a> {
    /// Looks up once what every letter is checked against.
    pub(super) fn new(pipeline: &'a Pipeline, job: &'a Job, run: &'a Run, watch: Watch<'a>) -> anyhow::Result<Self> {
        Ok(Self {
            pipeline,
            run,
            watch,
            total: letters_to_go(pipeline, run)?,
            guard: Arc::new(Guard::new(pipeline, job, run)?),
            pacing: Pacing::new(pipeline)?,
            clerk: Clerk::new(pipeline.ledger.clone(), &run.id, &pipeline.worker.id),
            claimed: tokio::sync::Mutex::default(),
            course: Mutex::default(),
        })
    }

    /// How many letters were taken so far.
    pub(super) fn sent(&self) -> u64 {
        self.course().sent
    }

    /// Sends until nothing is due; returns why it stopped earlier, if it did.
    pub(super) async fn go(&self, postmen: &mut [Postman]) -> anyhow::Result<Option<String>> {
        let lanes = async {
            let ends = join_all(postmen.iter_mut().map(|postman| self.lane(postman))).await;
            self.clerk.close();
            ends.into_iter().collect::<anyhow::Result<()>>()
        };
        let (lanes, written) = join(lanes, self.clerk.work()).await;
        written?;
        for delivery in self.claimed.lock().await.waiting.drain(..) {
            self.pipeline.ledger.unclaim(delivery.id)?;
        }
        lanes?;
        Ok(self.course().stopped.take())
    }

    /// One connection: letter after letter, each to its end before the next.
    async fn lane(&self, postman: &mut Postman) -> anyhow::Result<()> {
        while let Some(delivery) = self.next().await? {
            if let Err(error) = self.one(postman, &delivery).await {
                self.stop("the ledger could not be written");
                return Err(error);
            }
        }
        Ok(())
    }

    /// The next letter, claimed; none when nothing is due or the round is to end.
    async fn next(&self) -> anyhow::Result<Option<Delivery>> {
        let mut claimed = self.claimed.lock().await;
        if self.is_over() {
            return Ok(None);
        }
        if claimed.waiting.is_empty() {
            let ledger = &self.pipeline.ledger;
            if ledger.run(&self.run.id)?.is_some_and(|run| run.state == RunState::Cancelled) {
                self.stop("the run was cancelled");
                return Ok(None);
            }
            self.claim_more(&mut claimed)?;
        }
        Ok(claimed.waiting.pop_front())
    }

    fn claim_more(&self, claimed: &mut Claimed) -> anyhow::Result<()> {
        let ahead = CLAIMED_AHEAD * u32::try_from(self.pipeline.settings.mail.connections).unwrap_or(1);
        let (run, worker) = (&self.run.id, &self.pipeline.worker.id);
        let claim = |after| self.pipeline.ledger.claim_deliveries_after(run, worker, ahead, after);
        let mut next = claim(claimed.last)?;
        if next.is_empty() && claimed.last > 0 {
            next = claim(0)?;
        }
        claimed.last = next.last().map_or(0, |delivery| delivery.id);
        claimed.waiting.extend(next);
        Ok(())
    }

    fn is_over(&self) -> bool {
        if self.pipeline.stopping.load(Ordering::SeqCst) {
            self.stop("the process is stopping");
        }
        if self.clerk.is_cancelled() {
            self.stop("the run was cancelled");
        }
        self.course().stopped.is_some()
    }

    /// Begins no more letters; the first reason is the one to tell.
    fn stop(&self, reason: &str) {
        self.course().stopped.get_or_insert_with(|| reason.to_owned());
    }

    async fn one(&self, postman: &mut Postman, delivery: &Delivery) -> anyhow::Result<()> {
        let sealed = match self.guard.sealed_beside(delivery).await {
            Ok(sealed) => sealed,
            Err(error) if could_not_look(&error) => {
                self.stop(&format!("{error:#}"));
                return self.clerk.note(delivery.id, Note::GivenBack).await;
            }
            Err(error) => return self.clerk.note(delivery.id, Note::Failed { reason: format!("{error:#}") }).await,
        };
        while let Err(wait) = self.pacing.pass(&sealed.envelope.to) {
            if self.is_over() {
                return self.clerk.note(delivery.id, Note::GivenBack).await;
            }
            tokio::time::sleep(wait).await;
        }
        let mut marked = false;
        let mut in_doubt = async || {
            self.clerk.note(delivery.id, Note::InDoubt).await?;
            marked = true;
            Ok(())
        };
        let outcome = postman.deliver(&sealed, &mut in_doubt).await;
        self.record(delivery, outcome, marked).await
    }

    async fn record(&self, delivery: &Delivery, outcome: Outcome, marked: bool) -> anyhow::Result<()> {
        let tired = self.count_luck(&outcome);
        // An outbox folder is never in doubt, but the ledger knows one way to these states only.
        let doubt = (!marked).then_some(Note::InDoubt);
        match outcome {
            Outcome::Sent { reply } => {
                self.clerk.note_later(delivery.id, doubt.into_iter().chain([Note::Sent { reply }]));
                self.count_sent();
                Ok(())
            }
            Outcome::Unknown { reason } => {
                if let Some(doubt) = doubt {
                    self.clerk.note(delivery.id, doubt).await?;
                }
                self.stop_if(tired, &reason);
                self.clerk.note(delivery.id, Note::Unknown { reason }).await
            }
            Outcome::Refused { reason } => self.clerk.note(delivery.id, Note::Failed { reason }).await,
            Outcome::TryLater { reason, wait } | Outcome::Away { reason, wait } => {
                self.stop_if(tired, &reason);
                self.clerk.note(delivery.id, self.put_off(delivery, reason, wait)?).await
            }
            Outcome::Halt { reason } => {
                self.stop(if self.clerk.is_cancelled() { "the run was cancelled" } else { &reason });
                self.clerk.note(delivery.id, Note::GivenBack).await
            }
        }
    }

    /// Whether the relay was out of reach, or left letters unknown, too often in a row.
    fn count_luck(&self, outcome: &Outcome) -> bool {
        let mut course = self.course();
        let unlucky = matches!(outcome, Outcome::Away { .. } | Outcome::Unknown { .. });
        course.unlucky = if unlucky { course.unlucky + 1 } else { 0 };
        course.unlucky >= PATIENCE
    }

    fn stop_if(&self, tired: bool, reason: &str) {
        if tired {
            self.stop(reason);
        }
    }

    fn count_sent(&self) {
        let done = {
            let mut course = self.course();
            course.sent += 1;
            course.sent
        };
        let what = self.run.id.clone();
        (self.watch)(Event::Progress { stage: Stage::Deliver, done, total: self.total, what });
        (self.watch)(Event::Counted { stage: Stage::Deliver, unit: Unit::Letters, count: 1 });
    }

    /// Each time a letter is put off it waits twice as long, until it is given up.
    fn put_off(&self, delivery: &Delivery, reason: String, wait: Duration) -> anyhow::Result<Note> {
        let now = self.pipeline.settings.clock.now();
        if now - self.run.created_at > GIVE_UP_AFTER {
            return Ok(Note::Failed { reason: format!("put off for three days, at last: {reason}") });
        }
        let doublings = delivery.attempts.saturating_sub(1).min(10);
        let wait = TimeDelta::from_std(wait.max(Duration::from_secs(1)))?.min(LONGEST_WAIT);
        Ok(Note::Deferred { not_before: now + (wait * (1 << doublings)).min(LONGEST_WAIT), reason })
    }

    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
