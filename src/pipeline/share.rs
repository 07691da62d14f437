//! Several processes work on one run: who finds it held by another that renders or mails helps, and the holder ends it
//! when all are done.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::diag::Diagnostics;
use crate::job::Job;
use crate::ledger::{Delivery, DeliveryState, Run, RunState};

use super::claim::Busy;
use super::order::{Event, Order, Stage, Watch};
use super::run::{Outcome, run};
use super::{Pipeline, press, send};

/// How long the holder of a run, and whoever helps, waits before it looks again what the others have in hand.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// What going on with a run came to.
#[derive(Debug)]
pub enum GoneOn {
    /// It was held here and is as this says.
    Held(Box<Outcome>),
    /// Another process holds it; so much was done for it here.
    Helped(Help),
}

/// What was done for a run that another process holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Help {
    /// Documents that were looked after here; another may have rendered some of them first.
    pub documents: usize,
    /// Letters that were mailed here.
    pub letters: u64,
}

/// Goes on with a run that was left; as long as another process holds it, helps to render and to mail.
pub async fn go_on(pipeline: &Pipeline, left: &Run, watch: Watch<'_>) -> anyhow::Result<GoneOn> {
    let mut helped = Help::default();
    loop {
        let scheme_version = pipeline.ledger.chosen_scheme(&left.id)?;
        match run(pipeline, &Order { scheme_version, ..Order::to_go_on_with(left) }, watch).await {
            Ok(outcome) => return Ok(GoneOn::Held(Box::new(outcome))),
            Err(error) if error.is::<Busy>() => {}
            Err(error) => return Err(error),
        }
        let now = pipeline.ledger.run(&left.id)?.filter(|run| !run.state.is_over() && !run.state.waits_for_person());
        let Some(now) = now.filter(|_| !pipeline.stopping.load(Ordering::SeqCst)) else {
            return Ok(GoneOn::Helped(helped));
        };
        help(pipeline, &now, &mut helped, watch).await?;
        // Should the holder die, the next look finds its run free.
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Renders what is not rendered yet, or mails what nobody has in hand, whichever the holder is at.
async fn help(pipeline: &Pipeline, run: &Run, helped: &mut Help, watch: Watch<'_>) -> anyhow::Result<()> {
    let job = pipeline.jobs.get(&run.job).map_err(Diagnostics::from)?;
    match run.state {
        RunState::Rendering => helped.documents += press::help_to_render(pipeline, job, run, watch)?,
        RunState::Releasing => {
            watch(Event::Begins(Stage::Deliver));
            helped.letters += send::round(pipeline, job, run, watch).await?.sent;
        }
        _ => {}
    }
    Ok(())
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
        if pipeline.ledger.workers_at(&run.id)?.iter().all(|worker| *worker == pipeline.worker.id) {
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
