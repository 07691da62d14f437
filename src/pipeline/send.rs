//! Letters go out one by one, each claimed in the ledger first; what nobody can know waits for a person.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use crate::deliver::{self, Address, Envelope, Limits, MailUrl, Postman, Sealed};
use crate::diag::Diagnostics;
use crate::job::Job;
use crate::ledger::{Delivery, DeliveryState, Run, RunState};

use super::claim::claim;
use super::order::{Event, Stage, Watch};
use super::{Pipeline, letters, share};

/// After so many times in a row that the relay took no letter, or left it unknown whether it did, the others are left.
const PATIENCE: u32 = 3;
/// A letter that was put off for so long after its run began is given up; a person may resend it.
const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(3);
/// However often a letter was put off, it is tried again after at most this long.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(4);

/// What became of a run's letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Taken by a relay or written to the outbox, by this or an earlier run.
    pub sent: u64,
    /// Of those, how many this call sent.
    pub sent_now: u64,
    /// Not tried yet.
    pub pending: u64,
    /// To be tried again later.
    pub deferred: u64,
    /// Not to be sent any more: the document has a newer edition, or its reader changed.
    pub withdrawn: u64,
    /// Refused for good.
    pub failed: u64,
    /// Nobody knows; a person decides.
    pub unknown: u64,
    /// Why sending stopped before its end, if it did.
    pub stopped: Option<String>,
}

impl Tally {
    /// Whether every letter was taken.
    pub fn complete(&self) -> bool {
        self.pending + self.deferred + self.failed + self.unknown == 0
    }
}

/// Sends what is pending and due for the documents of a run, and says how the run stands then.
pub(super) async fn send(pipeline: &Pipeline, job: &Job, run: &Run, watch: Watch<'_>) -> anyhow::Result<Tally> {
    let Ended { sent, stopped } = share::to_the_end(pipeline, job, run, watch).await?;
    let tally = Tally { sent_now: sent, stopped, ..tally(pipeline, run)? };
    settle(pipeline, run, &tally)?;
    watch(Event::Ends(Stage::Deliver));
    Ok(tally)
}

/// How a round of letters ended.
pub(super) struct Ended {
    /// How many letters went out.
    pub sent: u64,
    /// Why it stopped before its end, if it did.
    pub stopped: Option<String>,
}

/// Mails one by one what is pending and due and in nobody's hands.
pub(super) async fn round(pipeline: &Pipeline, job: &Job, run: &Run, watch: Watch<'_>) -> anyhow::Result<Ended> {
    pipeline.ledger.give_back_forgotten(&run.id, &pipeline.worker.id)?;
    let url = MailUrl::parse(&pipeline.settings.mail_url).map_err(Diagnostics::from)?;
    let mut postman = Postman::open(&url, Limits::default())?;
    let total = pipeline.ledger.deliveries(&run.id)?.len() as u64;
    let mut round = Round { pipeline, job, run, watch, total, sent: 0, unlucky: 0 };
    let stopped = round.go(&mut postman).await;
    postman.close().await;
    Ok(Ended { sent: round.sent, stopped: stopped? })
}

/// Pending and deferred letters leave the run open, so that a later start goes on with it.
fn settle(pipeline: &Pipeline, run: &Run, tally: &Tally) -> anyhow::Result<()> {
    let now = pipeline.ledger.run(&run.id)?.map(|run| run.state);
    if now == Some(RunState::Cancelled) {
        return Ok(());
    }
    if tally.pending + tally.deferred > 0 {
        return if now == Some(RunState::Releasing) {
            Ok(())
        } else {
            pipeline.ledger.set_state(&run.id, RunState::Releasing)
        };
    }
    let state = if tally.complete() { RunState::Sent } else { RunState::PartlySent };
    pipeline.ledger.finish_run(&run.id, state, None)
}

/// Counts a run's letters by state.
pub(super) fn tally(pipeline: &Pipeline, run: &Run) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    for delivery in pipeline.ledger.deliveries(&run.id)? {
        match delivery.state {
            DeliveryState::Sent | DeliveryState::ResolvedSent => tally.sent += 1,
            state if state.is_at_rest() && delivery.latest_edition > delivery.edition => tally.withdrawn += 1,
            DeliveryState::Withdrawn => tally.withdrawn += 1,
            DeliveryState::Pending | DeliveryState::Claimed | DeliveryState::ResolvedResend => tally.pending += 1,
            DeliveryState::Deferred => tally.deferred += 1,
            DeliveryState::Failed => tally.failed += 1,
            DeliveryState::InDoubt if share::is_at_work(pipeline, &delivery) => tally.pending += 1,
            DeliveryState::InDoubt | DeliveryState::Unknown => tally.unknown += 1,
        }
    }
    Ok(tally)
}

struct Round<'a> {
    pipeline: &'a Pipeline,
    job: &'a Job,
    run: &'a Run,
    watch: Watch<'a>,
    total: u64,
    sent: u64,
    unlucky: u32,
}

impl Round<'_> {
    /// Sends until nothing is due; returns why it stopped earlier, if it did.
    async fn go(&mut self, postman: &mut Postman) -> anyhow::Result<Option<String>> {
        let ledger = &self.pipeline.ledger;
        while let Some(delivery) = ledger.claim_delivery(&self.run.id, &self.pipeline.worker.id)? {
            if self.pipeline.stopping.load(std::sync::atomic::Ordering::SeqCst) {
                ledger.unclaim(delivery.id)?;
                return Ok(Some("the process is stopping".to_owned()));
            }
            if ledger.run(&self.run.id)?.is_some_and(|run| run.state == RunState::Cancelled) {
                ledger.unclaim(delivery.id)?;
                return Ok(Some("the run was cancelled".to_owned()));
            }
            if let Some(reason) = self.one(postman, &delivery).await? {
                return Ok(Some(reason));
            }
        }
        Ok(None)
    }

    async fn one(&mut self, postman: &mut Postman, delivery: &Delivery) -> anyhow::Result<Option<String>> {
        let ledger = self.pipeline.ledger.clone();
        let sealed = match self.sealed(delivery) {
            Ok(sealed) => sealed,
            Err(error) => {
                ledger.mark_failed(delivery.id, &format!("{error:#}"))?;
                return Ok(None);
            }
        };
        let worker = self.pipeline.worker.id.clone();
        let doubted = ledger.clone();
        let mut marked = false;
        let mut in_doubt = || {
            doubted.mark_in_doubt(delivery.id, &worker)?;
            marked = true;
            Ok(())
        };
        let outcome = postman.deliver(&sealed, &mut in_doubt).await;
        if matches!(outcome, deliver::Outcome::Sent { .. } | deliver::Outcome::Unknown { .. }) && !marked {
            // An outbox folder is never in doubt, but the ledger knows one way to these states only.
            ledger.mark_in_doubt(delivery.id, &worker)?;
        }
        self.record(delivery, outcome)
    }

    /// The exact bytes that were sealed, checked against their hash and the job's allow-list once more.
    fn sealed(&self, delivery: &Delivery) -> anyhow::Result<Sealed> {
        let path = self.pipeline.folders.letter(&delivery.mime_hash);
        let bytes = read(&path)?;
        let sha256 = hex::encode(Sha256::digest(&bytes));
        anyhow::ensure!(sha256 == delivery.mime_hash, "the sealed letter `{}` was changed", path.display());
        let address = |text: &str| {
            Address::parse(text).map_err(|fault| anyhow::anyhow!("an address cannot be used: {}", fault.text().en))
        };
        let to = address(&delivery.address)?;
        anyhow::ensure!(letters::allows(self.job, &to), "the recipient's domain is not allowed by the job");
        let envelope = Envelope { from: address(&self.job.letters.from)?, to };
        Ok(Sealed { envelope, message_id: delivery.message_id.clone(), bytes, sha256 })
    }

    fn record(&mut self, delivery: &Delivery, outcome: deliver::Outcome) -> anyhow::Result<Option<String>> {
        let ledger = &self.pipeline.ledger;
        let away = matches!(outcome, deliver::Outcome::Away { .. } | deliver::Outcome::Unknown { .. });
        self.unlucky = if away { self.unlucky + 1 } else { 0 };
        match outcome {
            deliver::Outcome::Sent { reply } => {
                ledger.mark_sent(delivery.id, &reply)?;
                self.sent += 1;
                self.tell();
            }
            deliver::Outcome::Refused { reason } => ledger.mark_failed(delivery.id, &reason)?,
            deliver::Outcome::Unknown { reason } => {
                ledger.mark_unknown(delivery.id, &reason)?;
                if self.unlucky >= PATIENCE {
                    return Ok(Some(reason));
                }
            }
            deliver::Outcome::TryLater { reason, wait } | deliver::Outcome::Away { reason, wait } => {
                self.defer(delivery, &reason, wait)?;
                if self.unlucky >= PATIENCE {
                    return Ok(Some(reason));
                }
            }
            deliver::Outcome::Halt { reason } => {
                ledger.unclaim(delivery.id)?;
                return Ok(Some(reason));
            }
        }
        Ok(None)
    }

    /// Each time a letter is put off it waits twice as long, until it is given up.
    fn defer(&self, delivery: &Delivery, reason: &str, wait: Duration) -> anyhow::Result<()> {
        let (ledger, now) = (&self.pipeline.ledger, self.pipeline.settings.clock.now());
        if now - self.run.created_at > GIVE_UP_AFTER {
            return ledger.mark_failed(delivery.id, &format!("put off for three days, at last: {reason}"));
        }
        let doublings = delivery.attempts.saturating_sub(1).min(10);
        let wait = TimeDelta::from_std(wait.max(Duration::from_secs(1)))?.min(LONGEST_WAIT);
        ledger.mark_deferred(delivery.id, now + (wait * (1 << doublings)).min(LONGEST_WAIT), reason)
    }

    fn tell(&self) {
        let what = self.run.id.clone();
        (self.watch)(Event::Progress { stage: Stage::Deliver, done: self.sent, total: self.total, what });
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("reading the sealed letter `{}`", path.display()))
}

/// Tries the failed letters of a run again, all or one agent's; what was sent or is unknown is never touched.
///
/// Refused for a run whose letters were never let go.
pub async fn resend(
    pipeline: &Pipeline,
    run_id: &str,
    agent: Option<&str>,
    who: &str,
    watch: Watch<'_>,
) -> anyhow::Result<Tally> {
    let run = pipeline.ledger.run(run_id)?.with_context(|| format!("there is no run `{run_id}`"))?;
    let job = pipeline.jobs.get(&run.job).map_err(Diagnostics::from)?.clone();
    let _holder = claim(pipeline, &run.job, &run.period, &run.scope)?;
    super::resume::recover(pipeline)?;
    let run = pipeline.ledger.run(run_id)?.with_context(|| format!("there is no run `{run_id}`"))?;
    anyhow::ensure!(
        matches!(run.state, RunState::Releasing | RunState::PartlySent | RunState::Sent),
        "run `{run_id}` is {}: only letters of a run that was let go can be tried again",
        run.state.word()
    );
    pipeline.ledger.retry_failed(run_id, agent, who)?;
    send(pipeline, &job, &run, watch).await
}
