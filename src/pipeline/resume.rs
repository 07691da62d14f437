//! Going on after a crash: what was claimed by a dead process is free again, what was in doubt waits for a person.

use crate::ledger::{Run, RunState, Trigger};

use super::Pipeline;
use super::order::Order;

/// Frees the claims of processes that died; safe at any time and from any process.
pub fn recover(pipeline: &Pipeline) -> anyhow::Result<()> {
    let alive = |worker: &str| pipeline.ledger.alive(&pipeline.settings.data, worker);
    let recovered = pipeline.ledger.recover_deliveries(alive)?;
    if recovered.to_unknown > 0 {
        tracing::warn!(
            deliveries.unknown = recovered.to_unknown,
            "a process died while letters were in doubt; a person must say whether they arrived"
        );
    }
    pipeline.ledger.unclaim_occurrences(alive)?;
    Ok(())
}

/// The interrupted run that this order goes on with, if there is one.
///
/// A run that waits for a person, or that was to do less than the order, is given up in its favour. A run whose letters
/// are going out is never given up by an order that mails nobody.
pub(super) fn interrupted(pipeline: &Pipeline, order: &Order) -> anyhow::Result<Option<Run>> {
    let mails = order.send || is_automatic(pipeline, order.trigger, &order.job);
    let mut same = None;
    for run in pipeline.ledger.unfinished_runs()? {
        if run.job != order.job || run.period != order.period || run.scope != order.scope {
            continue;
        }
        let mailing = run.send || run.state == RunState::Releasing || is_automatic(pipeline, run.trigger, &run.job);
        let history = |trigger| trigger == Trigger::History;
        let newer_data = order.refresh && run.state != RunState::Releasing;
        let other_scheme = pipeline.ledger.chosen_scheme(&run.id)? != order.scheme_version;
        if run.state.waits_for_person() {
            supersede(pipeline, &run)?;
        } else if mailing && !mails {
            // Only a run whose letters are sealed can be released; an earlier one goes on by the same order.
            let release = match run.state {
                RunState::Releasing => format!("`scorepost release {}`, or ", run.id),
                _ => String::new(),
            };
            anyhow::bail!(
                "run `{}` was interrupted while it was to mail its letters; let it go on with {release}the same order \
                 with --send, or give it up with `scorepost cancel {}`",
                run.id,
                run.id
            );
        } else if mailing != mails
            || (newer_data && !run.refresh)
            || other_scheme
            || history(run.trigger) != history(order.trigger)
        {
            supersede(pipeline, &run)?;
        } else {
            same = Some(run);
        }
    }
    Ok(same)
}

fn supersede(pipeline: &Pipeline, run: &Run) -> anyhow::Result<()> {
    pipeline.ledger.finish_run(&run.id, RunState::Cancelled, Some("superseded by a later run"))
}

/// Whether a run of this trigger mails without a person's word.
pub(super) fn is_automatic(pipeline: &Pipeline, trigger: Trigger, job: &str) -> bool {
    trigger == Trigger::Schedule && pipeline.jobs.get(job).is_ok_and(|job| job.releases_at_once())
}
