//! What will be asked for: each window with each batch of ids is one walk over pages.

mod batch;
mod window;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use polars::prelude::DataFrame;

pub use window::{Cut, too_old};

use crate::period::Period;
use crate::source::template::Filling;
use crate::source::{Resource, Table};

/// One window with one batch of ids; its pages follow each other.
#[derive(Clone, Debug)]
pub struct Walk {
    /// What fills the holes of its requests.
    pub filling: Filling,
    /// The days of its window, half open.
    pub days: Option<(NaiveDate, NaiveDate)>,
}

/// The walks of one resource and what could not be planned.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The walks, by window, then batch.
    pub walks: Vec<Walk>,
    /// Days of the period that cannot be asked for.
    pub cuts: Vec<Cut>,
    /// Whether a fan-out found no ids.
    pub without_ids: bool,
}

/// The clock and the tables that a plan depends on.
pub struct Circumstance<'a> {
    /// The period.
    pub period: Period,
    /// The source's zone.
    pub zone: Tz,
    /// When the pull began.
    pub begun: DateTime<Utc>,
    /// Tables that are there for a fan-out.
    pub tables: &'a BTreeMap<Table, Vec<DataFrame>>,
}

/// Plans one resource.
///
/// # Errors
/// When a table for its fan-out was not pulled, or lacks a column.
pub fn plan(resource: &Resource, circumstance: &Circumstance) -> anyhow::Result<Plan> {
    let mut plan = Plan::default();
    let windows = match &resource.window {
        None => vec![None],
        Some(window) => {
            let (spans, cuts) = window::spans(window, circumstance);
            plan.cuts = cuts;
            spans.into_iter().map(Some).collect()
        }
    };
    let batches = match &resource.fan_out {
        None => vec![Vec::new()],
        Some(fan_out) => batch::batches(fan_out, circumstance.tables)?,
    };
    plan.without_ids = batches.is_empty();
    let join = resource.fan_out.as_ref().map_or_else(String::new, |fan_out| fan_out.join.clone());
    for window in &windows {
        for ids in &batches {
            plan.walks.push(Walk {
                filling: Filling {
                    period: circumstance.period.name(),
                    window: window.map(|span| span.instants),
                    ids: ids.clone(),
                    join: join.clone(),
                },
                days: window.map(|span| span.days),
            });
        }
    }
    Ok(plan)
}
