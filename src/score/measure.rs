//! The values of every metric for every agent, as exact parts.

use std::collections::BTreeMap;

use anyhow::Context;
use polars::prelude::*;

use crate::exact::Exact;
use crate::tables::Tables;

use super::appraisal::Measured;
use super::compile::{Compiled, Query};

/// What was counted, and what it is divided by.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub(super) numerator: Exact,
    pub(super) denominator: Option<Exact>,
}

impl Parts {
    /// Adds another agent's parts; sums of numerators over sums of denominators make a team's value.
    pub(super) fn add(&mut self, other: &Parts) {
        self.numerator = self.numerator.clone() + other.numerator.clone();
        self.denominator = match (self.denominator.take(), &other.denominator) {
            (Some(mine), Some(theirs)) => Some(mine + theirs.clone()),
            (mine, _) => mine,
        };
    }

    /// The value with its parts; without one when the denominator is nought.
    pub(super) fn measured(&self) -> Measured {
        let value = match &self.denominator {
            Some(denominator) => self.numerator.checked_div(denominator),
            None => Some(self.numerator.clone()),
        };
        Measured { value, numerator: self.numerator.clone(), denominator: self.denominator.clone() }
    }
}

/// Parts by agent, then by the metric's place in the scheme; an agent without rows has none.
pub(super) type Measures = BTreeMap<String, BTreeMap<usize, Parts>>;

/// Runs every query of the scheme, all of them in one go.
pub(super) fn run(compiled: &Compiled<'_>, tables: &Tables) -> anyhow::Result<Measures> {
    let present = |query: &&Query| tables.frames.contains_key(&query.table);
    let queries: Vec<&Query> = compiled.queries.iter().filter(present).collect();
    let plans: Vec<LazyFrame> =
        queries.iter().filter_map(|query| Some(query.lazy(tables.lazy(&query.table)?, &query.metrics))).collect();
    let mut measures = Measures::new();
    for (query, plan) in queries.into_iter().zip(plans) {
        let frame = plan.collect().map_err(anyhow::Error::from);
        let frame = frame.with_context(|| format!("computing metrics over table `{}`", query.table))?;
        read(&frame, query, &mut measures)?;
    }
    Ok(measures)
}

fn read(frame: &DataFrame, query: &Query, measures: &mut Measures) -> anyhow::Result<()> {
    let agents = frame.column("agent_id")?.str()?;
    for ratio in &query.metrics {
        let numerators = frame.column(&format!("n{}", ratio.index))?;
        let denominators = match ratio.denominator {
            Some(_) => Some(frame.column(&format!("d{}", ratio.index))?),
            None => None,
        };
        for row in 0..frame.height() {
            let Some(agent) = agents.get(row) else { continue };
            let Some(numerator) = exact(&numerators.get(row)?)? else { continue };
            let denominator = match denominators {
                Some(column) => Some(exact(&column.get(row)?)?.unwrap_or_else(Exact::zero)),
                None => None,
            };
            measures.entry(agent.to_owned()).or_default().insert(ratio.index, Parts { numerator, denominator });
        }
    }
    Ok(())
}

/// A cell as an exact number; `None` for null and for a float that is no number, such as 0 / 0: missing, never nought.
fn exact(cell: &AnyValue<'_>) -> anyhow::Result<Option<Exact>> {
    Ok(Some(match cell {
        AnyValue::Null => return Ok(None),
        AnyValue::Decimal(units, _, scale) => Exact::scaled(*units, *scale as u32),
        AnyValue::Float64(value) => return Ok(Exact::from_float(*value)),
        AnyValue::Float32(value) => return Ok(Exact::from_float((*value).into())),
        AnyValue::Boolean(value) => Exact::whole((*value).into()),
        other => Exact::whole(other.extract::<i64>().with_context(|| format!("a metric is not a number: {other:?}"))?),
    }))
}
