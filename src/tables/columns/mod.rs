//! Columns that follow from others, filled where their source left them empty; what a source gave stands.

mod contact;
mod day;
mod span;

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::finding::Finding;

pub use span::{Turned, fill as span};

/// Fills the lengths of time of sessions, tickets, complaints and days of attendance, and what else follows about those
/// days and tickets. Tells of rows with turned times, with those of tables that are not in memory.
pub fn fill(
    frames: &mut BTreeMap<String, DataFrame>,
    mut turned: Turned,
    findings: &mut Vec<Finding>,
) -> PolarsResult<()> {
    frames.iter_mut().try_for_each(|(table, frame)| span(table, frame, &mut turned))?;
    findings.extend(turned.findings());
    contact::fill(frames)?;
    day::fill(frames)
}

/// The column where it has a value, else what follows.
fn given_or(name: &'static str, follows: Expr) -> Expr {
    coalesce(&[col(name), follows]).alias(name)
}

#[cfg(test)]
mod tests;
