//! Rows with one key: the same again is dropped, a newer state stands, halves of a day become one, and another value for
//! what is known is a contradiction.

use std::collections::HashMap;

use anyhow::{Context, Result};
use polars::prelude::{AnyValue, BooleanChunked, Column, DataFrame, NewChunkedArray, UniqueKeepStrategy};

use super::meeting::{Meeting, Meetings};
use crate::source::Table;

/// What was found among the rows of one table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// Rows that repeat an earlier one in every value; they are dropped.
    pub identical: u64,
    /// Rows that contradict an earlier one with the same key; the first is kept.
    pub conflicting: u64,
}

/// One row of each key.
///
/// # Errors
/// When a cell cannot be read.
#[expect(clippy::mutable_key_type, reason = "the cells of canonical tables are of plain kinds, none of which changes")]
pub fn dedupe(table: Table, frame: DataFrame) -> Result<(DataFrame, Duplicates)> {
    let mut duplicates = Duplicates::default();
    let key: Vec<String> = table.key().iter().map(|name| (*name).to_owned()).collect();
    if key.is_empty() || is_unique(&frame, &key)? {
        return Ok((frame, duplicates));
    }
    let columns = key.iter().map(|name| Ok(frame.column(name)?)).collect::<Result<Vec<&Column>>>()?;
    let mut meetings = Meetings::new(table, &frame);
    // Looked up only, never walked: its order reaches no output.
    let mut stands: HashMap<Vec<AnyValue>, usize> = HashMap::with_capacity(frame.height());
    let mut keep = vec![true; frame.height()];
    for row in 0..frame.height() {
        let values = columns.iter().map(|column| Ok(column.get(row)?)).collect::<Result<Vec<AnyValue>>>()?;
        let Some(earlier) = stands.get(&values).copied() else {
            stands.insert(values, row);
            continue;
        };
        let meeting = meetings.meet(earlier, row)?;
        keep[if meeting == Meeting::Newer { earlier } else { row }] = false;
        match meeting {
            Meeting::Newer => drop(stands.insert(values, row)),
            Meeting::Older | Meeting::Completes => {}
            Meeting::Same => duplicates.identical += 1,
            Meeting::Contradicts => duplicates.conflicting += 1,
        }
    }
    drop(stands);
    let whole = meetings.finish()?;
    let keep = BooleanChunked::from_slice("".into(), &keep);
    Ok((whole.filter(&keep).context("rows cannot be dropped")?, duplicates))
}

/// Whether no key comes twice; the way that is quick, because it is the usual case.
fn is_unique(frame: &DataFrame, key: &[String]) -> Result<bool> {
    let one_each = frame.unique_stable(Some(key), UniqueKeepStrategy::First, None);
    Ok(one_each.context("keys cannot be compared")?.height() == frame.height())
}
