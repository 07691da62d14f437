//! Records to typed rows: fields are looked up, converted, checked; what does not fit is set aside and counted.

mod aside;
mod cell;
mod convert;
mod decode;
mod delimited;
pub mod frame;
mod heading;
mod json;
mod note;
mod number;
mod plain;
mod raw;
pub mod rows;
mod share;
mod sheet;
mod time;
mod workbook;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono_tz::Tz;
use serde_json::Value as Json;

pub use aside::{Aside, Fault};
use cell::Cell;
use convert::Converter;
pub use note::Note;
pub use plain::{example, plain};
use rows::{Rows, Value};

pub use workbook::NoSheet;

use super::plan::Walk;
use crate::source::Table;
use crate::source::format::Format;
use crate::source::mapping::{FieldTest, Mapping, RowCondition};

/// How many things that were noticed a walk tells one by one; the rest is counted.
const MOST_NOTES: usize = 12;

/// What the records of one walk became.
#[derive(Debug, Default)]
pub struct Mapped {
    /// The rows, one entry for each rule of the mapping.
    pub rows: Vec<Rows>,
    /// How many records were seen.
    pub records: u64,
    /// Records dropped on purpose, by name.
    pub skipped: BTreeMap<String, u64>,
    /// Records that could not become rows.
    pub aside: Aside,
    /// What was noticed about the files.
    pub notes: BTreeSet<Note>,
}

/// Turns the pages of one walk into rows.
pub struct Mapper<'a> {
    mapping: &'a Mapping,
    converters: Vec<Vec<Converter<'a>>>,
    mapped: Mapped,
    /// The file at hand and its sheet, where rows are in one.
    at: Option<(String, String)>,
    /// The name of the file at hand; empty for answers.
    file: String,
}

impl<'a> Mapper<'a> {
    /// A mapper for the pages of one walk.
    pub fn new(mapping: &'a Mapping, zone: Tz, walk: &Walk) -> Self {
        let converter = |rule| Converter::new(rule, zone, walk);
        let converters = mapping.rows.iter().map(|row| row.columns.iter().map(converter).collect()).collect();
        let rows = mapping.rows.iter().map(|row| Rows::new(row.table)).collect();
        Self { mapping, converters, mapped: Mapped { rows, ..Mapped::default() }, at: None, file: String::new() }
    }

    /// Takes the next pages from this file, which is named where a row of it cannot be used.
    pub fn in_file(&mut self, name: &str) {
        name.clone_into(&mut self.file);
    }

    /// Takes one page and gives the number of its records.
    ///
    /// # Errors
    /// When a file cannot be read, or has no header, or one without a field that the mapping reads.
    pub fn page(&mut self, format: &Format, body: &[u8], json: Option<&Json>) -> Result<u64> {
        let before = self.mapped.records;
        match (format, json) {
            (Format::Json { records, .. }, Some(json)) => self.json(records, json),
            (Format::Json { .. }, None) => {}
            (Format::JsonLines, _) => self.json_lines(body),
            (Format::Delimited { delimiter, quotes, encoding, header }, _) => {
                self.delimited(*delimiter, *quotes, *header, &decode::utf8(body, *encoding)?)?;
            }
            (Format::Workbook { sheet, header }, _) => self.workbook(sheet.as_deref(), *header, body)?,
        }
        Ok(self.mapped.records - before)
    }

    /// The rows so far, for somebody who takes them away.
    pub fn rows(&mut self) -> &mut [Rows] {
        &mut self.mapped.rows
    }

    /// All that the pages became.
    pub fn finish(self) -> Mapped {
        self.mapped
    }

    /// A record whose fields are known; `number` tells a person where it is.
    fn record(&mut self, cells: &[Cell], number: u64) {
        let mut faults = Vec::new();
        for index in 0..self.mapping.rows.len() {
            self.row(index, cells, &mut faults);
        }
        self.set_aside(number, faults);
    }

    fn set_aside(&mut self, number: u64, faults: Vec<Fault>) {
        if faults.is_empty() {
            return;
        }
        if let Some((file, sheet)) = &self.at
            && self.mapped.notes.len() < MOST_NOTES
        {
            let why = faults.iter().map(Fault::describe);
            let (zh, en): (Vec<String>, Vec<String>) = why.map(|why| (why.zh, why.en)).unzip();
            let (file, sheet) = (file.clone(), sheet.clone());
            let note = Note::RowSetAside { file, sheet, row: number, zh: zh.join("；"), en: en.join("; ") };
            self.mapped.notes.insert(note);
        }
        self.mapped.aside.add(number, faults);
    }

    /// One row by the rule at `index`, unless one of its rules skips it.
    fn row(&mut self, index: usize, cells: &[Cell], faults: &mut Vec<Fault>) {
        let rule = &self.mapping.rows[index];
        if let Some(skip) = rule.skips.iter().find(|skip| holds(&skip.when, cells)) {
            *self.mapped.skipped.entry(skip.name.clone()).or_default() += 1;
            return;
        }
        let values: Result<Vec<Value>, Fault> = self.converters[index].iter().map(|one| one.value(cells)).collect();
        match values {
            Err(fault) => faults.push(fault),
            Ok(values) => match lacking(rule.table, &values) {
                Some(column) => faults.push(Fault::Missing(column)),
                None => self.mapped.rows[index].push(values),
            },
        }
    }

    /// Forgets what was seen of the file before.
    fn begin_file(&mut self) {
        self.converters.iter_mut().flatten().for_each(Converter::begin);
    }

    /// Whether the records of a file are looked at before they are converted.
    fn wants_survey(&self) -> bool {
        self.converters.iter().flatten().any(Converter::wants_survey)
    }

    /// Looks at a record that will be converted later.
    fn see(&mut self, cells: &[Cell]) {
        for (rule, converters) in self.mapping.rows.iter().zip(&mut self.converters) {
            if !rule.skips.iter().any(|skip| holds(&skip.when, cells)) {
                converters.iter_mut().filter(|one| one.wants_survey()).for_each(|one| one.see(cells));
            }
        }
    }
}

/// The first column of a group of which the row has none, although it should have one.
pub fn lacking(table: Table, values: &[Value]) -> Option<&'static str> {
    let given = |name: &&str| {
        let place = table.columns().iter().position(|column| column.name == *name);
        place.and_then(|place| values.get(place)).is_some_and(|value| *value != Value::Null)
    };
    table.one_of().iter().find(|group| !group.iter().any(given)).and_then(|group| group.first().copied())
}

/// Whether a record meets a condition.
fn holds(condition: &RowCondition, cells: &[Cell]) -> bool {
    let cell = &cells[condition.field];
    match &condition.test {
        FieldTest::Empty => cell.is_empty(),
        FieldTest::Filled => !cell.is_empty(),
        FieldTest::In(values) => is_one_of(*cell, values),
        FieldTest::NotIn(values) => !is_one_of(*cell, values),
    }
}

fn is_one_of(cell: Cell, values: &[String]) -> bool {
    cell.text().is_some_and(|text| values.iter().any(|value| *value == text))
}

#[cfg(test)]
mod tests;
