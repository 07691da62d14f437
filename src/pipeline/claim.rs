//! The right to work on one period of one job, which one process at a time has.

use std::fmt;

use crate::ledger::{Claim, Holder, Scope};
use crate::period::Period;

use super::Pipeline;

/// Another process works on the period.
#[derive(Debug)]
pub(super) struct Busy {
    job: String,
    period: Period,
    by: String,
}

impl fmt::Display for Busy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { job, period, by } = self;
        write!(out, "job `{job}` is already running for {period} ({by}); wait for it or cancel it")
    }
}

impl std::error::Error for Busy {}

/// Takes the right, or with a [`Busy`] in the error says who has it.
pub(super) fn claim(pipeline: &Pipeline, job: &str, period: &Period, scope: &Scope) -> anyhow::Result<Holder> {
    match pipeline.ledger.claim_run(&pipeline.settings.data, job, period, scope)? {
        Claim::Held(holder) => Ok(holder),
        Claim::Busy { by } => Err(Busy { job: job.to_owned(), period: *period, by }.into()),
    }
}
