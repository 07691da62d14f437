//! Scoring: canonical tables and a scheme in, an [`Appraisal`] out; no disk, no network, no clock.
//!
//! [`compile`] turns the scheme's SQL into one query per table; [`appraise`] runs them, compares each value with its
//! reference, lets the curves fire, adds up, ranks and grades. Everything after the queries is exact arithmetic.

mod advice;
pub mod appraisal;
mod attendance;
mod baseline;
mod card;
mod compile;
mod line;
mod measure;
mod order;
mod total;

use chrono::{DateTime, Utc};

use crate::exact::Exact;
use crate::period::Period;
use crate::tables::Tables;

pub use appraisal::Appraisal;
pub use compile::{Compiled, compile};

/// What a scheme is applied to.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The facts and the people.
    pub tables: &'a Tables,
    /// The days that count.
    pub period: Period,
    /// When the facts were pulled.
    pub cut_off: DateTime<Utc>,
    /// Earlier results of the same job.
    pub past: &'a [PastTotal],
}

/// What an agent reached in an earlier period.
#[derive(Clone, Debug)]
pub struct PastTotal {
    /// Staff number.
    pub agent: String,
    /// The team at that time.
    pub team: String,
    /// When.
    pub period: Period,
    /// The total, `None` when not scored.
    pub total: Option<Exact>,
}

/// Applies a compiled scheme.
pub fn appraise(compiled: &Compiled<'_>, input: &Input<'_>) -> anyhow::Result<Appraisal> {
    let measures = measure::run(compiled, input.tables)?;
    let attendance = attendance::count(input.tables)?;
    Ok(card::assemble(compiled.scheme, input, &measures, &attendance))
}
