//! The right to work on one period of one job, which one process at a time has.

use crate::ledger::{Claim, Holder, Scope, claim_run};
use crate::period::Period;

use super::Pipeline;

/// Takes the right, or says who has it.
pub(super) fn claim(pipeline: &Pipeline, job: &str, period: &Period, scope: &Scope) -> anyhow::Result<Holder> {
    match claim_run(&pipeline.settings.data, job, period, scope)? {
        Claim::Held(holder) => Ok(holder),
        Claim::Busy { by } => {
            anyhow::bail!("job `{job}` is already running for {period} ({by}); wait for it or cancel it")
        }
    }
}
