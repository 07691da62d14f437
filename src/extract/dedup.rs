//! Rows with one key: the newest state stands, else the newest pull; within one pull the same again is dropped, halves of a
//! day become one, and another value contradicts.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use polars::prelude::{AnyValue, DataFrame};
use rayon::slice::ParallelSliceMut;
use rustc_hash::FxHashSet;

use super::map::frame::empty;
use super::meeting::{Meeting, Meetings};
use super::selection::Part;
use super::stock::{Met, Stock, Strip};
use crate::source::Table;

/// In how many shares marks are compared.
const SHARES: u64 = 16;

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

/// The rows of all parts, in which no key comes twice. Only rows that meet are read: the others are known apart by their
/// keys, of which eight bytes a row are held.
///
/// # Errors
/// When rows that meet cannot be read.
pub fn join(table: Table, parts: Vec<Part>) -> Result<(Stock, Duplicates)> {
    let twice = twice(&parts);
    let is_twice = |(_, mark): &(usize, &u64)| twice.contains(*mark);
    let places: Vec<Vec<usize>> =
        parts.iter().map(|part| part.marks.iter().enumerate().filter(is_twice).map(|(row, _)| row).collect()).collect();
    let mut met = empty(table);
    let mut origins = Origins { ends: Vec::new() };
    for (part, places) in parts.iter().zip(&places).filter(|(_, places)| !places.is_empty()) {
        met.vstack_mut_owned(part.strip.take(table, places)?).context("rows of another shape lie in the lake")?;
        origins.ends.push((met.height(), part.pull.clone(), part.begun));
    }
    met.rechunk_mut();
    let (met, stands, duplicates) = dedupe(table, met, &origins)?;
    let mut strips: Vec<Strip> = parts.into_iter().map(|part| part.strip).collect();
    let mut first = 0;
    for (strip, places) in strips.iter_mut().zip(places) {
        let (rows, stands) = (met.slice(first as i64, places.len()), stands[first..first + places.len()].to_vec());
        first += places.len();
        strip.met = Met { places, stands, rows };
    }
    Ok((Stock::Lake { table, strips }, duplicates))
}

/// The marks that come more than once. A row whose mark is another's by chance may have one of them.
fn twice(parts: &[Part]) -> FxHashSet<u64> {
    let all = || parts.iter().flat_map(|part| part.marks.iter().copied());
    let mut twice = FxHashSet::default();
    // A share of the marks at a time, so that they are not all held again.
    for share in 0..SHARES {
        let mut marks: Vec<u64> = all().filter(|mark| mark % SHARES == share).collect();
        marks.par_sort_unstable();
        twice.extend(marks.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]));
    }
    twice
}

/// What rows that met are now, and which of them stand.
fn dedupe(table: Table, met: DataFrame, origins: &Origins) -> Result<(DataFrame, Vec<bool>, Duplicates)> {
    let mut duplicates = Duplicates::default();
    let mut keep = vec![true; met.height()];
    if met.height() == 0 {
        return Ok((met, keep, duplicates));
    }
    let key = met.select(table.key().iter().copied())?;
    let mut meetings = Meetings::new(table, &met);
    let mut stands: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for row in 0..met.height() {
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
    Ok((meetings.finish()?, keep, duplicates))
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
    use tempfile::TempDir;

    use super::*;
    use crate::extract::lake::{self, Name, Sheet};
    use crate::extract::map::frame::frame;
    use crate::extract::map::rows::{Rows, Value};
    use crate::extract::selection::marks;

    /// A strip of the lake with plans of some agents, and its folder.
    fn plans(pull: &str, begun: i64, list: &[(&str, i128)]) -> (TempDir, Part) {
        let mut rows = Rows::new(Table::PLANS);
        for (agent, target) in list {
            let mut values = vec![Value::Null; Table::PLANS.columns().len()];
            values[0] = Value::Text((*agent).into());
            values[1] = Value::Text("2026-10".into());
            values[2] = Value::Decimal(*target);
            rows.push(values);
        }
        strip(rows, pull, begun)
    }

    fn strip(rows: Rows, pull: &str, begun: i64) -> (TempDir, Part) {
        let (lake, table, height) = (tempfile::tempdir().expect("a folder"), rows.table, rows.height);
        let marks = match rows.key() {
            Some(_) => marks(
                &frame(rows.clone(), "").and_then(|all| Ok(all.select(table.key().iter().copied())?)).expect("keys"),
            ),
            None => Ok(Vec::new()),
        };
        let name = Name { source: "desk", resource: "plans", load: pull };
        let files = lake::write(lake.path(), name, vec![Sheet::of_walk(rows, 0)]).expect("written");
        let path = name.path(lake.path(), table.name(), &files[0].day);
        let strip = Strip { path, rows: height as u64, walks: None, height, met: Met::default() };
        let begun = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(begun);
        (lake, Part { strip, marks: marks.expect("marks"), pull: pull.to_owned(), begun })
    }

    fn joined(table: Table, parts: &[&Part]) -> (DataFrame, Duplicates) {
        let (stock, duplicates) = join(table, parts.iter().map(|part| (*part).clone()).collect()).expect("joined");
        let frame = stock.read().expect("rows");
        assert_eq!(frame.height(), stock.height());
        (frame, duplicates)
    }

    fn targets(frame: &DataFrame) -> Vec<String> {
        let column = frame.column("sales_target").expect("a column");
        (0..frame.height()).map(|row| column.get(row).expect("a cell").to_string()).collect()
    }

    #[test]
    fn within_one_pull_the_first_of_each_key_stays() {
        let (_lake, part) = plans("m1", 0, &[("A1", 100), ("A2", 200), ("A1", 100), ("A2", 300), ("A3", 100)]);
        let (frame, duplicates) = joined(Table::PLANS, &[&part]);
        assert_eq!((frame.height(), duplicates), (3, Duplicates { identical: 1, conflicting: 1 }));
        assert_eq!(targets(&frame), ["0.0100", "0.0200", "0.0100"]);
    }

    #[test]
    fn a_row_that_comes_again_in_another_file_is_left_out_there_and_told() {
        let (_lake, one) = plans("m1", 0, &[("A1", 100), ("A2", 200), ("A3", 300)]);
        let (_other, two) = plans("m1", 0, &[("A4", 400), ("A5", 500), ("A2", 200), ("A6", 600), ("A3", 301)]);
        let (frame, duplicates) = joined(Table::PLANS, &[&one, &two]);
        assert_eq!(duplicates, Duplicates { identical: 1, conflicting: 1 });
        assert_eq!(targets(&frame), ["0.0100", "0.0200", "0.0300", "0.0400", "0.0500", "0.0600"]);
    }

    #[test]
    fn a_file_that_was_damaged_since_its_keys_were_read_is_named_and_given_up() {
        let (_lake, part) = plans("m1", 0, &[("A1", 100)]);
        let (path, stock) = (part.strip.path.clone(), join(Table::PLANS, vec![part]).expect("joined").0);
        std::fs::write(&path, b"PAR1").expect("damaged");
        for file in ["is damaged and was removed", "cannot read"] {
            let told = stock.read().map(|frame| frame.height()).expect_err("nothing to read").to_string();
            assert!(told.contains(file) && told.contains("plans/2026-10"), "{told}");
        }
        assert!(!path.exists());
    }

    #[test]
    fn of_two_pulls_the_newest_stands_and_that_is_no_contradiction() {
        let (_lake, old) = plans("m1", 0, &[("A1", 100), ("A2", 200)]);
        let (_other, new) = plans("d1", 1, &[("A1", 150)]);
        for parts in [[&old, &new], [&new, &old]] {
            let (frame, duplicates) = joined(Table::PLANS, &parts);
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
        let (_lake, part) = strip(rows, "m1", 0);
        assert_eq!(joined(Table::CALLS, &[&part]).0.height(), 2);
    }

    #[test]
    fn halves_of_a_day_in_two_files_become_one_row_in_its_place() {
        let table = Table::from_name("chats_daily").expect("a table");
        let place = |name: &str| table.columns().iter().position(|column| column.name == name).expect("a column");
        let day = |agent: &str, name: &str| {
            let mut values = vec![Value::Null; table.columns().len()];
            values[place("agent_id")] = Value::Text(agent.into());
            values[place("date")] = Value::Date(20_000);
            values[place(name)] = Value::Int(7);
            values
        };
        let rows = |list: &[(&str, &str)]| {
            let mut rows = Rows::new(table);
            list.iter().for_each(|(agent, name)| rows.push(day(agent, name)));
            rows
        };
        let (_lake, one) = strip(rows(&[("A1", "sessions"), ("A2", "sessions"), ("A3", "sessions")]), "m1", 0);
        let (_other, two) = strip(rows(&[("A2", "rated_5"), ("A4", "rated_5")]), "m1", 0);
        let (frame, duplicates) = joined(table, &[&one, &two]);
        let numbers = |name: &str| frame.column(name).and_then(|cells| cells.i64()).expect("numbers").to_vec();
        assert_eq!(duplicates, Duplicates::default());
        assert_eq!(numbers("sessions"), [Some(7), Some(7), Some(7), None]);
        assert_eq!(numbers("rated_5"), [None, Some(7), None, Some(7)]);
    }
}
