//! The newest kept rows of a table, for sources that ask for each account or agent.

use std::collections::BTreeMap;

use anyhow::Result;
use polars::prelude::DataFrame;

use super::dedup::join;
use super::keep::Reading;
use super::selection::Part;
use super::work::Work;
use super::{Extraction, RawStore};
use crate::period::Period;
use crate::source::{Source, Table};

/// The rows of a table as a source gave them for a period, else as it gave them last; `None` when it was never pulled.
///
/// # Errors
/// When a list cannot be read, or the mapping does not fit the pages.
pub async fn newest(
    source: &Source,
    table: Table,
    period: Period,
    world: &Extraction<'_>,
) -> Result<Option<DataFrame>> {
    let Some(reading) = reading(&world.raw, source, period)? else { return Ok(None) };
    let mut parts: Vec<Part> = Vec::new();
    for resource in &source.resources {
        let fills = resource.mapping.rows.iter().any(|row| row.table == table);
        if let Some(part) = reading.uses.get(&resource.id).filter(|_| fills) {
            let rows = Work::new(source, resource, world)?.rows(&part.walks).await?;
            parts.extend(rows.unwrap_or_else(BTreeMap::new).remove(&table).unwrap_or_default());
        }
    }
    join(table, parts)?.0.read().map(Some)
}

fn reading(raw: &RawStore, source: &Source, period: Period) -> Result<Option<Reading>> {
    let mut all = raw.desk(&source.id).readings().all()?;
    let of_the_period = all.remove(&period.to_string());
    Ok(of_the_period.or_else(|| all.into_values().max_by_key(|reading| reading.begun)))
}
