//! Several processes mail one run: who finds it held by another that mails helps, and the holder ends it when all are done.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::diag::Diagnostics;
use crate::job::Job;
use crate::ledger::{Delivery, DeliveryState, Run, RunState};

use super::claim::Busy;
use super::order::{Event, Order, Stage, Watch};
use super::run::{Outcome, run};
use super::{Pipeline, send};

/// How long the holder of a run waits before it looks again whether others still have a letter in hand.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// What going on with a run came to.
#[derive(Debug)]
pub enum GoneOn {
    /// It was held here and is as this says.
    Held(Box<Outcome>),
    /// Another process holds it; so many of its letters were mailed here.
    Helped(u64),
}

/// Goes on with a run that was left; where another process holds it and mails its letters, helps to mail them.
pub async fn go_on(pipeline: &Pipeline, left: &Run, watch: Watch<'_>) -> anyhow::Result<GoneOn> {
    let scheme_version = pipeline.ledger.chosen_scheme(&left.id)?;
    match run(pipeline, &Order { scheme_version, ..Order::to_go_on_with(left) }, watch).await {
        Ok(outcome) => Ok(GoneOn::Held(Box::new(outcome))),
        Err(error) if error.is::<Busy>() => help(pipeline, &left.id, watch).await.map(GoneOn::Helped),
        Err(error) => Err(error),
    }
}

/// Mails what nobody has in hand, as long as the run's letters go out.
async fn help(pipeline: &Pipeline, run_id: &str, watch: Watch<'_>) -> anyhow::Result<u64> {
    let Some(run) = pipeline.ledger.run(run_id)?.filter(|run| run.state == RunState::Releasing) else { return Ok(0) };
    let job = pipeline.jobs.get(&run.job).map_err(Diagnostics::from)?;
    watch(Event::Begins(Stage::Deliver));
    let round = send::round(pipeline, job, &run, watch).await?;
    Ok(round.sent)
}

/// Mails until no process has a letter of the run in hand or to send; says how many went out here and why it stopped.
pub(super) async fn to_the_end(
    pipeline: &Pipeline,
    job: &Job,
    run: &Run,
    watch: Watch<'_>,
) -> anyhow::Result<send::Ended> {
    let mut sent = 0;
    loop {
        let round = send::round(pipeline, job, run, watch).await?;
        sent += round.sent;
        // What another left behind or gave back meanwhile is mailed in the next round.
        if !others_had_letters(pipeline, run).await? || round.stopped.is_some() {
            return Ok(send::Ended { sent, ..round });
        }
    }
}

/// Waits until no other living process has a letter of the run in hand; says whether any had.
async fn others_had_letters(pipeline: &Pipeline, run: &Run) -> anyhow::Result<bool> {
    let mut had = false;
    while !pipeline.stopping.load(Ordering::SeqCst) {
        let in_hand = pipeline.ledger.deliveries(&run.id)?;
        if !in_hand.iter().any(|delivery| has_another(pipeline, delivery)) {
            break;
        }
        had = true;
        super::recover(pipeline)?;
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(had)
}

fn has_another(pipeline: &Pipeline, delivery: &Delivery) -> bool {
    let in_hand = matches!(delivery.state, DeliveryState::Claimed | DeliveryState::InDoubt);
    in_hand && delivery.claimed_by.as_ref().is_some_and(|worker| *worker != pipeline.worker.id)
}

/// Whether another process that lives is about to say what became of a letter.
pub(super) fn is_at_work(pipeline: &Pipeline, delivery: &Delivery) -> bool {
    let lives = |worker: &String| pipeline.ledger.alive(&pipeline.settings.data, worker);
    has_another(pipeline, delivery) && delivery.claimed_by.as_ref().is_some_and(lives)
}
