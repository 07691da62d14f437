//! Letters go out one by one, each claimed in the ledger first; what nobody can know waits for a person.

mod clerk;
mod guard;
mod pacing;
mod rehearse;
mod round;

use std::time::Duration;

use anyhow::Context;

use crate::deliver::{Limits, MailUrl, Postman};
use crate::diag::Diagnostics;
use crate::job::Job;
use crate::ledger::{DeliveryState, Run, RunState};

use super::claim::claim;
use super::order::{Event, Stage, Watch};
use super::{Pipeline, notices, share};
use round::Round;

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
    /// Not chosen when the others were let go; they wait for another word.
    pub left: u64,
    /// Not to be sent any more: the document has a newer edition, or its reader changed.
    pub withdrawn: u64,
    /// Refused for good.
    pub failed: u64,
    /// Taken by a relay and sent back later.
    pub bounced: u64,
    /// Nobody knows; a person decides.
    pub unknown: u64,
    /// Of those not sent, how many this call sent to whoever tries out the mailing.
    pub tested: u64,
    /// Why sending stopped before its end, if it did.
    pub stopped: Option<String>,
}

impl Tally {
    /// Whether every letter was taken.
    pub fn complete(&self) -> bool {
        self.pending + self.deferred + self.left + self.failed + self.bounced + self.unknown == 0
    }
}

/// Sends what is pending and due for the documents of a run, and says how the run stands then.
pub(super) async fn send(pipeline: &Pipeline, job: &Job, run: &Run, watch: Watch<'_>) -> anyhow::Result<Tally> {
    if let Some(to) = rehearse::tester(pipeline)? {
        let tested = rehearse::rehearse(pipeline, job, run, &to).await?;
        watch(Event::Ends(Stage::Deliver));
        return Ok(Tally { tested, ..tally(pipeline, run)? });
    }
    notices::plan(pipeline, job, run)?;
    let Ended { sent, stopped, begun } = share::to_the_end(pipeline, job, run, watch).await?;
    let tally = Tally { sent_now: sent, stopped, ..tally(pipeline, run)? };
    if !begun {
        // What is missing may be back: the run stays open for the next try.
        return Ok(tally);
    }
    settle(pipeline, run, &tally)?;
    if tally.sent > 0 {
        notices::notify(pipeline).await?;
    }
    watch(Event::Ends(Stage::Deliver));
    Ok(tally)
}

/// How a round of letters ended.
pub(super) struct Ended {
    /// How many letters went out.
    pub(super) sent: u64,
    /// Why it stopped before its end, if it did.
    pub(super) stopped: Option<String>,
    /// Whether it began: not without all that the last look at each letter needs.
    pub(super) begun: bool,
}

/// Mails what is pending and due and in nobody's hands.
pub(super) async fn round(pipeline: &Pipeline, job: &Job, run: &Run, watch: Watch<'_>) -> anyhow::Result<Ended> {
    pipeline.ledger.give_back_forgotten(&run.id, &pipeline.worker.id)?;
    let mut postmen = postmen(pipeline)?;
    let round = match Round::new(pipeline, job, run, watch) {
        Ok(round) => round,
        Err(error) => return Ok(Ended { sent: 0, stopped: Some(format!("{error:#}")), begun: false }),
    };
    let stopped = round.go(&mut postmen).await;
    for postman in &mut postmen {
        postman.close().await;
    }
    Ok(Ended { sent: round.sent(), stopped: stopped?, begun: true })
}

/// Whether letters go to whoever tries out a mailing and to nobody else.
pub fn is_rehearsal(pipeline: &Pipeline) -> bool {
    pipeline.settings.mail.test_to.is_some()
}

/// One postman for each connection.
fn postmen(pipeline: &Pipeline) -> anyhow::Result<Vec<Postman>> {
    let url = MailUrl::parse(&pipeline.settings.mail_url).map_err(Diagnostics::from)?;
    let mail = &pipeline.settings.mail;
    let limits = Limits { age: Duration::from_secs(mail.connection_seconds), ..Limits::default() };
    (0..mail.connections).map(|_| Postman::open(&url, limits.clone())).collect()
}

/// Pending and deferred letters leave the run open, so that a later start goes on with it.
fn settle(pipeline: &Pipeline, run: &Run, tally: &Tally) -> anyhow::Result<()> {
    let now = pipeline.ledger.run(&run.id)?.map(|run| run.state);
    if now == Some(RunState::Cancelled) {
        return Ok(());
    }
    if tally.pending + tally.deferred == 0 && tally.left > 0 {
        return pipeline.ledger.wait_for_the_rest(&run.id);
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
    let chosen = pipeline.ledger.chosen_letters(&run.id)?;
    for delivery in pipeline.ledger.deliveries(&run.id)? {
        let may_go = chosen.as_ref().is_none_or(|chosen| chosen.contains(&delivery.id));
        match delivery.state {
            DeliveryState::Sent | DeliveryState::ResolvedSent => tally.sent += 1,
            state if state.is_at_rest() && delivery.latest_edition > delivery.edition => tally.withdrawn += 1,
            DeliveryState::Withdrawn => tally.withdrawn += 1,
            DeliveryState::Pending | DeliveryState::Deferred | DeliveryState::ResolvedResend if !may_go => {
                tally.left += 1
            }
            DeliveryState::Pending | DeliveryState::Claimed | DeliveryState::ResolvedResend => tally.pending += 1,
            DeliveryState::Deferred => tally.deferred += 1,
            DeliveryState::Failed => tally.failed += 1,
            DeliveryState::Bounced => tally.bounced += 1,
            DeliveryState::InDoubt if share::is_at_work(pipeline, &delivery) => tally.pending += 1,
            DeliveryState::InDoubt | DeliveryState::Unknown => tally.unknown += 1,
        }
    }
    Ok(tally)
}

/// Tries the failed and bounced letters of a run again, all or one agent's; what arrived or is unknown is never touched.
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
    anyhow::ensure!(
        !is_rehearsal(pipeline),
        "letters go to one address only (test mode), and trying refused ones again means the real ones: leave it first"
    );
    pipeline.ledger.retry_failed(run_id, agent, who)?;
    send(pipeline, &job, &run, watch).await
}
