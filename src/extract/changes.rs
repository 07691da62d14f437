//! What a later pull changed about days that were kept: noticed and written down, never acted upon.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude::{AnyValue, Column, DataFrame};
use sha2::{Digest, Sha256};

use super::RawStore;
use super::dedup::join;
use super::keep::{Desk, Difference, Used};
use super::selection::Part;
use super::work::Work;
use crate::period::Period;
use crate::source::resource::By;
use crate::source::{Grain, Table};

/// What later pulls changed about the days of a period, oldest first.
///
/// # Errors
/// When the record cannot be read.
pub fn differences(raw: &RawStore, source: &str, period: Period) -> Result<Vec<Difference>> {
    let all = raw.desk(source).differences()?;
    Ok(all.into_iter().filter(|one| one.day.is_some_and(|day| period.contains(day))).collect())
}

/// Compares the rows of walks that no longer stand with those that do instead, and writes down what differs.
pub(super) async fn note(
    desk: &Desk,
    work: &mut Work<'_>,
    before: &[Used],
    after: &[Used],
    at: DateTime<Utc>,
) -> Result<()> {
    let only_in = |one: &[Used], other: &[Used]| -> Vec<Used> {
        one.iter().filter(|used| !other.contains(used)).cloned().collect()
    };
    let Some(window) = work.resource.window.filter(|_| !before.is_empty()) else { return Ok(()) };
    let (given_up, taken) = match window.by {
        By::Fact => (only_in(before, after), only_in(after, before)),
        // Older walks still stand there, and newer ones add versions of their records.
        By::Change if only_in(after, before).is_empty() => return Ok(()),
        By::Change => (before.to_vec(), after.to_vec()),
    };
    if given_up.is_empty() {
        return Ok(());
    }
    let days = days_of(work, &given_up);
    let (Some(old), Some(new)) = (work.rows(&given_up).await?, work.rows(&taken).await?) else { return Ok(()) };
    let source = work.source_id().to_owned();
    let mut found = Vec::new();
    for table in old.keys().chain(new.keys()).copied().collect::<BTreeSet<Table>>() {
        let rows = |parts: &BTreeMap<Table, Vec<Part>>| rows(table, parts.get(&table).map_or(&[], Vec::as_slice));
        let (old, new) = (rows(&old)?, rows(&new)?);
        // Days that were not kept before are new, not changed.
        let is_known = |day: &NaiveDate| days.contains(day) || (window.by == By::Change && old.contains_key(day));
        let changed = compare(&old, &new).into_iter().filter(|(day, _)| is_known(day));
        found.extend(changed.map(|(day, [added, removed, changed])| {
            let table = table.name().to_owned();
            Difference { source: source.clone(), table, day: Some(day), added, removed, changed, at }
        }));
    }
    desk.note_differences(&found)
}

/// The days of walks that no longer stand for all of them.
fn days_of(work: &Work, used: &[Used]) -> BTreeSet<NaiveDate> {
    let whole = |one: &Used| {
        let walk = work.shelf.walks.iter().find(|walk| walk.id == one.walk);
        walk.and_then(|walk| walk.errand.days).into_iter().collect::<Vec<_>>()
    };
    let spans = used.iter().flat_map(|one| if one.days.is_empty() { whole(one) } else { one.days.clone() });
    spans.flat_map(|(from, to)| from.iter_days().take_while(move |day| *day < to)).collect()
}

/// Rows of one day by their keys: how often, and a hash of their values.
type Rows = BTreeMap<NaiveDate, BTreeMap<String, (u64, [u8; 32])>>;

fn rows(table: Table, parts: &[Part]) -> Result<Rows> {
    let frame = join(table, parts.to_vec())?.0.read()?;
    let key = frame.select(table.key().iter().copied())?;
    let mut rows = Rows::new();
    for row in 0..frame.height() {
        let Some(day) = day(table, &frame, row) else { continue };
        let value = text(frame.columns(), row)?;
        let key = if key.width() == 0 { value.clone() } else { text(key.columns(), row)? };
        let here = rows.entry(day).or_default().entry(key).or_default();
        *here = (here.0 + 1, Sha256::digest(value.as_bytes()).into());
    }
    Ok(rows)
}

fn text(columns: &[Column], row: usize) -> Result<String> {
    let cells = columns.iter().map(|column| Ok(column.get(row)?.to_string())).collect::<Result<Vec<String>>>()?;
    Ok(serde_json::to_string(&cells)?)
}

fn day(table: Table, frame: &DataFrame, row: usize) -> Option<NaiveDate> {
    let names: &[&str] = match table.grain() {
        Grain::Day => &["date"],
        Grain::DayOf(other) => &["date", other],
        Grain::Timeless | Grain::Month => &[],
    };
    names.iter().find_map(|name| match frame.column(name).ok()?.get(row).ok()? {
        AnyValue::Date(days) => NaiveDate::from_epoch_days(days),
        AnyValue::Datetime(micros, ..) => DateTime::from_timestamp_micros(micros).map(|at| at.date_naive()),
        _ => None,
    })
}

/// Added, removed and changed rows of each day that differs.
fn compare(old: &Rows, new: &Rows) -> BTreeMap<NaiveDate, [u64; 3]> {
    let nothing = BTreeMap::new();
    let days = old.keys().chain(new.keys()).copied().collect::<BTreeSet<NaiveDate>>();
    let one = |day| {
        let (old, new) = (old.get(&day).unwrap_or(&nothing), new.get(&day).unwrap_or(&nothing));
        let mut counts = [0; 3];
        for key in old.keys().chain(new.keys()).collect::<BTreeSet<&String>>() {
            let (before, after) = (old.get(key), new.get(key));
            let number = |side: Option<&(u64, [u8; 32])>| side.map_or(0, |(count, _)| *count);
            counts[0] += number(after).saturating_sub(number(before));
            counts[1] += number(before).saturating_sub(number(after));
            counts[2] += u64::from(before.zip(after).is_some_and(|((_, before), (_, after))| before != after));
        }
        (day, counts)
    };
    days.into_iter().map(one).filter(|(_, counts)| *counts != [0; 3]).collect()
}
