//! Cancelling: a run stops at its next step, and it is said what had gone out already.

use anyhow::{Context, ensure};

use crate::ledger::{DeliveryState, RunState};
use crate::words::Bilingual;

use super::Pipeline;

/// What had gone out of a run when it was cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The run's id.
    pub run: String,
    /// How far it was.
    pub was: RunState,
    /// Letters of its documents.
    pub letters: usize,
    /// Of those, how many were taken by a relay, also by an earlier run.
    pub sent: usize,
    /// Of those, of how many nobody knows.
    pub unknown: usize,
}

impl Gone {
    /// The same in words.
    pub fn text(&self) -> Bilingual {
        let Self { run, letters, sent, unknown, .. } = self;
        Bilingual::new(
            format!("{run}：已取消；{letters} 封邮件中已有 {sent} 封发出，{unknown} 封不明"),
            format!("{run}: cancelled; {sent} of {letters} letters had gone out, {unknown} are unknown"),
        )
    }
}

/// Cancels a run in the name of a person, which its process notices at the next step; audited.
///
/// # Errors
/// When the run is over.
pub fn cancel(pipeline: &Pipeline, run_id: &str, who: &str, reason: &str) -> anyhow::Result<Gone> {
    let run = pipeline.ledger.run(run_id)?;
    let run = run.with_context(|| format!("there is no run `{run_id}`; `scorepost runs` lists them"))?;
    ensure!(!run.state.is_over(), "run `{run_id}` is over ({}), so there is nothing to cancel", run.state.word());
    let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    pipeline.ledger.finish_run(run_id, RunState::Cancelled, Some(&format!("cancelled by {who}{why}")))?;
    pipeline.ledger.audit(who, "cancel", run_id, reason)?;
    let deliveries = pipeline.ledger.deliveries(run_id)?;
    let count = |wanted: &[DeliveryState]| deliveries.iter().filter(|one| wanted.contains(&one.state)).count();
    Ok(Gone {
        run: run.id,
        was: run.state,
        letters: deliveries.len(),
        sent: count(&[DeliveryState::Sent, DeliveryState::ResolvedSent]),
        unknown: count(&[DeliveryState::Unknown, DeliveryState::InDoubt]),
    })
}
