//! Batches of ids for fan-outs, sorted so that the same tables and records always give the same requests.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use polars::prelude::{DataFrame, StringChunked};

use super::Circumstance;
use crate::source::filter::scalar_text;
use crate::source::resource::{FanOut, FanOutTable};
use crate::source::template::{Batch, Parent};

/// The batches of one request in the order of the fan-outs, and the parent's fields, where there is one.
pub(super) type Group = (Vec<Batch>, Parent);

/// All combinations of the batches of a resource.
pub(super) struct Groups {
    /// One entry for each request.
    pub(super) all: Vec<Group>,
    /// Whether a fan-out over accounts or agents found none; a parent without records says so itself.
    pub(super) lacks_people: bool,
}

pub(super) fn groups(fan_outs: &[FanOut], circumstance: &Circumstance) -> Result<Groups> {
    let mut all = vec![(Vec::new(), Parent::new())];
    let mut lacks_people = false;
    for fan_out in fan_outs {
        let batches = batches(fan_out, circumstance)?;
        lacks_people |= batches.is_empty() && fan_out.over.table().is_some();
        let with_each = |(before, known): &(Vec<Batch>, Parent)| {
            let join = |(batch, parent): &(Batch, Parent)| {
                let fields = known.iter().chain(parent).map(|(name, value)| (name.clone(), value.clone()));
                (before.iter().chain([batch]).cloned().collect(), fields.collect())
            };
            batches.iter().map(join).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(with_each).collect();
    }
    Ok(Groups { all, lacks_people })
}

fn batches(fan_out: &FanOut, circumstance: &Circumstance) -> Result<Vec<(Batch, Parent)>> {
    let found = match &fan_out.over {
        FanOutTable::Resource { id, field } => parents(id, field, circumstance)?,
        over => people(over, circumstance)?.into_iter().map(|id| (id, Parent::new())).collect(),
    };
    let found: Vec<(String, Parent)> = found.into_iter().collect();
    let one = |chunk: &[(String, Parent)]| {
        let ids = chunk.iter().map(|(id, _)| format!("{}{id}", fan_out.prefix)).collect();
        let parent = if fan_out.batch == 1 { chunk[0].1.clone() } else { Parent::new() };
        (Batch { slot: fan_out.slot.clone(), ids, join: fan_out.join.clone() }, parent)
    };
    Ok(found.chunks(fan_out.batch).map(one).collect())
}

/// The records of an earlier resource by the field that is asked for; of several with one id the first counts.
fn parents(id: &str, field: &str, circumstance: &Circumstance) -> Result<BTreeMap<String, Parent>> {
    let Some(records) = circumstance.parents.and_then(|parents| parents.get(id)) else {
        bail!("it asks for each of `{id}`, which was not pulled before");
    };
    let mut found = BTreeMap::new();
    for record in records {
        if let Some(id) = record.get(field).map(scalar_text).filter(|id| !id.is_empty()) {
            found.entry(id).or_insert_with(|| record.clone());
        }
    }
    if found.is_empty() && !records.is_empty() {
        bail!("no record of `{id}` has a value in `{field}`; check `field` of the fan-out");
    }
    Ok(found)
}

fn people(over: &FanOutTable, circumstance: &Circumstance) -> Result<BTreeSet<String>> {
    let frames = over.table().and_then(|table| circumstance.tables.get(&table));
    let Some(frames) = frames else {
        let name = over.table().map_or("", |table| table.name());
        bail!("it asks for each of `{name}`, which no source gave before; put a source that fills it first");
    };
    let mut ids = BTreeSet::new();
    for frame in frames {
        match over {
            FanOutTable::Accounts(platform) => collect_accounts(frame, platform, &mut ids)?,
            _ => ids.extend(text(frame, "agent_id")?.iter().flatten().map(str::to_owned)),
        }
    }
    Ok(ids)
}

fn collect_accounts(frame: &DataFrame, platform: &str, ids: &mut BTreeSet<String>) -> Result<()> {
    let pairs = text(frame, "platform")?.iter().zip(text(frame, "account")?.iter());
    let wanted = pairs.filter(|(of, _)| *of == Some(platform)).filter_map(|(_, account)| account);
    ids.extend(wanted.map(str::to_owned));
    Ok(())
}

fn text<'a>(frame: &'a DataFrame, column: &str) -> Result<&'a StringChunked> {
    let column = frame.column(column).and_then(|column| column.str());
    column.context("the table for the fan-out has other columns than it should")
}
