//! Rows with one key: the newest state stands, else the newest pull; within one pull the same again is dropped, halves of a
//! day become one, and another value contradicts.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use polars::prelude::{AnyValue, BooleanChunked, DataFrame, DataType, NewChunkedArray, PolarsResult};
use rayon::slice::ParallelSliceMut;
use rustc_hash::{FxHashSet, FxHasher};

use super::map::frame::empty;
use super::meeting::{Meeting, Meetings};
use super::selection::{Columns, Part};
use crate::source::Table;

/// What was found among the rows of one table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// Rows that repeat another of the same pull in every value; they are dropped.
    pub identical: u64,
    /// Rows that contradict another of the same pull with the same key; the first is kept.
    pub conflicting: u64,
}

/// Where rows of a part begin, and how new they are.
struct Origins {
    ends: Vec<(usize, String, DateTime<Utc>)>,
}

/// One frame of all parts, in which no key comes twice; the parts' own memory is given back on the way.
///
/// # Errors
/// When parts have different columns.
pub fn join(table: Table, parts: Vec<Part>, columns: Columns) -> Result<(DataFrame, Duplicates)> {
    let mut whole = empty(table);
    if let Some(names) = columns.names(table) {
        whole = whole.select(names)?;
    }
    let mut origins = Origins { ends: Vec::new() };
    for part in parts {
        let columns = whole.get_column_names_owned();
        let frame = part.frame.select(columns).context("rows of another shape lie in the lake")?;
        whole.vstack_mut_owned(frame).context("rows of another shape lie in the lake")?;
        origins.ends.push((whole.height(), part.pull, part.begun));
    }
    whole.rechunk_mut_par();
    dedupe(table, whole, &origins)
}

fn dedupe(table: Table, whole: DataFrame, origins: &Origins) -> Result<(DataFrame, Duplicates)> {
    let mut duplicates = Duplicates::default();
    let doubled = doubled(table, &whole)?;
    if doubled.is_empty() {
        return Ok((whole, duplicates));
    }
    let key = whole.select(table.key().iter().copied())?;
    let mut meetings = Meetings::new(table, &whole);
    let mut stands: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let mut keep = vec![true; whole.height()];
    for row in doubled {
        let values = cells(&key, row)?;
        let Some(earlier) = stands.get(&values).copied() else {
            stands.insert(values, row);
            continue;
        };
        let meeting = match origins.loser(earlier, row) {
            None => meetings.meet(earlier, row)?,
            Some(loser) => meetings.follow(earlier, row, loser)?,
        };
        keep[if meeting == Meeting::Newer { earlier } else { row }] = false;
        match meeting {
            Meeting::Newer => drop(stands.insert(values, row)),
            Meeting::Older | Meeting::Completes => {}
            Meeting::Same => duplicates.identical += 1,
            Meeting::Contradicts => duplicates.conflicting += 1,
        }
    }
    let whole = meetings.finish()?;
    let keep = BooleanChunked::from_slice("".into(), &keep);
    Ok((whole.filter(&keep).context("rows cannot be dropped")?, duplicates))
}

/// The rows whose key comes more than once: few, so that they can be looked at one by one. A row whose mark is another's
/// by chance may be among them.
fn doubled(table: Table, whole: &DataFrame) -> Result<Vec<usize>> {
    if table.key().is_empty() {
        return Ok(Vec::new());
    }
    let marks = marks(&whole.select(table.key().iter().copied())?).context("keys cannot be compared")?;
    let mut sorted = marks.clone();
    sorted.par_sort_unstable();
    let twice: FxHashSet<u64> = sorted.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    if twice.is_empty() {
        return Ok(Vec::new());
    }
    Ok(marks.iter().enumerate().filter(|(_, mark)| twice.contains(mark)).map(|(row, _)| row).collect())
}

/// A number for each row that two rows with the same cells share, and hardly two others.
fn marks(rows: &DataFrame) -> PolarsResult<Vec<u64>> {
    let mut marks = vec![0; rows.height()];
    for column in rows.columns() {
        match column.dtype() {
            DataType::String => mark(&mut marks, column.str()?.iter()),
            _ => mark(&mut marks, column.to_physical_repr().cast(&DataType::Int64)?.i64()?.iter()),
        }
    }
    Ok(marks)
}

fn mark(marks: &mut [u64], cells: impl Iterator<Item = impl Hash>) {
    for (mark, cell) in marks.iter_mut().zip(cells) {
        let mut hasher = FxHasher::default();
        (*mark, cell).hash(&mut hasher);
        *mark = hasher.finish();
    }
}

/// The cells of a row, each as its own text; nothing is a text that no cell has.
fn cells(frame: &DataFrame, row: usize) -> Result<Vec<String>> {
    let text = |value: AnyValue| match value {
        AnyValue::String(text) => format!("\"{text}"),
        other => other.to_string(),
    };
    frame.columns().iter().map(|column| Ok(text(column.get(row)?))).collect()
}

impl Origins {
    fn of(&self, row: usize) -> (&str, DateTime<Utc>) {
        let place = self.ends.partition_point(|(end, ..)| *end <= row);
        self.ends.get(place).map_or(("", DateTime::UNIX_EPOCH), |(_, pull, begun)| (pull.as_str(), *begun))
    }

    /// Which of two rows with one key is of an older pull; `None` when they are of the same.
    fn loser(&self, earlier: usize, later: usize) -> Option<usize> {
        let ((pull, begun), (other, since)) = (self.of(earlier), self.of(later));
        (pull != other).then_some(if begun < since { earlier } else { later })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::map::frame::frame;
    use crate::extract::map::rows::{Rows, Value};

    fn plans(pull: &str, begun: i64, list: &[(&str, i128)]) -> Part {
        let mut rows = Rows::new(Table::PLANS);
        for (agent, target) in list {
            let mut values = vec![Value::Null; Table::PLANS.columns().len()];
            values[0] = Value::Text((*agent).into());
            values[1] = Value::Text("2026-10".into());
            values[2] = Value::Decimal(*target);
            rows.push(values);
        }
        let begun = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(begun);
        Part { frame: frame(rows, "desk").expect("a frame"), pull: pull.to_owned(), begun }
    }

    fn targets(frame: &DataFrame) -> Vec<String> {
        let column = frame.column("sales_target").expect("a column");
        (0..frame.height()).map(|row| column.get(row).expect("a cell").to_string()).collect()
    }

    #[test]
    fn within_one_pull_the_first_of_each_key_stays() {
        let part = plans("m#1", 0, &[("A1", 100), ("A2", 200), ("A1", 100), ("A2", 300), ("A3", 100)]);
        let (frame, duplicates) = join(Table::PLANS, vec![part], Columns::All).expect("joined");
        assert_eq!((frame.height(), duplicates), (3, Duplicates { identical: 1, conflicting: 1 }));
        assert_eq!(targets(&frame), ["0.0100", "0.0200", "0.0100"]);
    }

    #[test]
    fn of_two_pulls_the_newest_stands_and_that_is_no_contradiction() {
        let (old, new) = (plans("m#1", 0, &[("A1", 100), ("A2", 200)]), plans("d#1", 1, &[("A1", 150)]));
        for parts in [vec![old.clone(), new.clone()], vec![new, old]] {
            let (frame, duplicates) = join(Table::PLANS, parts, Columns::All).expect("joined");
            assert_eq!(duplicates, Duplicates::default());
            let mut targets = targets(&frame);
            targets.sort();
            assert_eq!(targets, ["0.0150", "0.0200"]);
        }
    }

    #[test]
    fn a_table_without_key_keeps_everything() {
        let mut rows = Rows::new(Table::CALLS);
        for _ in 0..2 {
            rows.push(vec![Value::Null; Table::CALLS.columns().len()]);
        }
        let frame = frame(rows, "desk").expect("a frame");
        let part = Part { frame, pull: "m#1".into(), begun: DateTime::UNIX_EPOCH };
        assert_eq!(join(Table::CALLS, vec![part], Columns::All).expect("joined").0.height(), 2);
    }
}
