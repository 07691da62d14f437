//! Going on after a crash: what was claimed by a dead process is free again, what was in doubt waits for a person.

use crate::ledger::holder::alive;
use crate::ledger::{Run, RunState};

use super::order::{Order, Reach, Watch};
use super::{Outcome, Pipeline, run};

/// Frees the claims of processes that died; safe at any time and from any process.
pub fn recover(pipeline: &Pipeline) -> anyhow::Result<()> {
    let data = pipeline.settings.data.clone();
    let recovered = pipeline.ledger.recover_deliveries(|worker| alive(&data, worker))?;
    if recovered.to_unknown > 0 {
        tracing::warn!(
            deliveries.unknown = recovered.to_unknown,
            "a process died while letters were in doubt; a person must say whether they arrived"
        );
    }
    pipeline.ledger.unclaim_occurrences(|worker| alive(&data, worker))?;
    Ok(())
}

/// The unfinished run that this order would repeat.
///
/// One that asked for less is given up, because the new order covers it.
pub(super) fn interrupted(pipeline: &Pipeline, order: &Order) -> anyhow::Result<Option<Run>> {
    let mut same = None;
    for run in pipeline.ledger.unfinished_runs()? {
        if run.job != order.job || run.period != order.period || run.scope != order.scope {
            continue;
        }
        if run.send == order.send && !order.refresh && run.trigger == order.trigger {
            same = Some(run);
        } else {
            pipeline.ledger.finish_run(&run.id, RunState::Cancelled, Some("superseded by a later run"))?;
        }
    }
    Ok(same)
}

/// Carries on every run that a crash left behind, oldest first; one that fails does not stop the others.
pub async fn go_on(pipeline: &Pipeline, watch: Watch<'_>) -> anyhow::Result<Vec<anyhow::Result<Outcome>>> {
    recover(pipeline)?;
    let mut outcomes = Vec::new();
    for left in pipeline.ledger.unfinished_runs()? {
        if left.state.waits_for_person() {
            continue;
        }
        outcomes.push(run::run(pipeline, &order_of(&left), watch).await);
    }
    Ok(outcomes)
}

/// The order that a run was started for.
fn order_of(run: &Run) -> Order {
    Order {
        job: run.job.clone(),
        period: run.period,
        scope: run.scope.clone(),
        trigger: run.trigger,
        requested_by: run.requested_by.clone(),
        refresh: false,
        send: run.send,
        as_of: run.as_of,
        reach: if run.trigger == crate::ledger::Trigger::History { Reach::Results } else { Reach::Documents },
        occasion: None,
        request: None,
    }
}
