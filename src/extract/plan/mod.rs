//! What will be asked for: each window with each batch of ids is one walk over pages.

mod batch;
mod cut;
mod window;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use polars::prelude::DataFrame;

pub use cut::{halves, legs};
pub use window::{Cut, too_old};

use crate::period::Period;
use crate::source::template::{Filling, Parent};
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
    /// Whether a fan-out over people found no ids.
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
    /// The records of earlier resources of the same source, by resource; `None` where nothing was pulled.
    pub parents: Option<&'a BTreeMap<String, Vec<Parent>>>,
}

/// Plans one resource.
///
/// # Errors
/// When the ids of a fan-out were not pulled, or a table or record lacks them.
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
    let groups = batch::groups(&resource.fan_outs, circumstance)?;
    plan.without_ids = groups.lacks_people;
    let granularity = resource.window.map_or(TimeDelta::seconds(1), |window| window.granularity);
    for window in &windows {
        for (batches, parent) in &groups.all {
            plan.walks.push(Walk {
                filling: Filling {
                    period: circumstance.period.name(),
                    window: window.map(|span| span.instants),
                    granularity,
                    batches: batches.clone(),
                    parent: parent.clone(),
                },
                days: window.map(|span| span.days),
            });
        }
    }
    Ok(plan)
}
