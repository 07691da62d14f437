//! What people set by hand after appeals, as scoring takes it in.

use crate::job::Job;
use crate::ledger;
use crate::period::Period;
use crate::score::{Adjustment, Sets};

use super::Pipeline;
use super::keeping::day_of;

/// Everything that was set in a period of a job until now.
pub(super) fn now(pipeline: &Pipeline, job: &Job, period: &Period) -> anyhow::Result<Vec<Adjustment>> {
    Ok(scored(job, &pipeline.ledger.adjustments(&job.id, period)?))
}

/// Rows of the ledger as scoring reads them; their days are those of the job's clocks.
pub(super) fn scored(job: &Job, rows: &[ledger::Adjustment]) -> Vec<Adjustment> {
    rows.iter().map(|one| of(job, one)).collect()
}

fn of(job: &Job, one: &ledger::Adjustment) -> Adjustment {
    Adjustment {
        agent: one.agent.clone(),
        line: one.line.clone(),
        sets: match one.sets {
            ledger::Sets::Points => Sets::Points,
            ledger::Sets::Value => Sets::Value,
            ledger::Sets::Numerator => Sets::Numerator,
        },
        amount: one.amount.clone(),
        by: one.author.clone(),
        on: day_of(job, one.at),
    }
}
