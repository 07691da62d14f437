//! Records to typed rows: fields are looked up, converted, checked; what does not fit is set aside and counted.

mod aside;
mod cell;
mod convert;
mod delimited;
pub mod frame;
mod number;
mod plain;
pub mod rows;
mod time;

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::Value as Json;
use serde_json_path::JsonPath;

pub use aside::{Aside, Fault};
use cell::Cell;
use convert::Converter;
pub use plain::{example, plain};
use rows::{Rows, Value};

use crate::source::Table;
use crate::source::mapping::{FieldTest, Mapping, RowCondition, RowRule};
use crate::source::resource::Format;

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
}

/// Turns the pages of one walk into rows.
pub struct Mapper<'a> {
    mapping: &'a Mapping,
    converters: Vec<Vec<Converter<'a>>>,
    mapped: Mapped,
}

impl<'a> Mapper<'a> {
    /// A mapper for a walk whose window has these days, half open.
    pub fn new(mapping: &'a Mapping, zone: Tz, days: Option<(NaiveDate, NaiveDate)>) -> Self {
        let converter = |rule| Converter::new(rule, zone, days);
        let converters = mapping.rows.iter().map(|row| row.columns.iter().map(converter).collect()).collect();
        let rows = mapping.rows.iter().map(|row| Rows::new(row.table)).collect();
        Self { mapping, converters, mapped: Mapped { rows, ..Mapped::default() } }
    }

    /// Takes one page and gives the number of its records.
    ///
    /// # Errors
    /// When a delimited file has no header, or one without a field that the mapping reads.
    pub fn page(&mut self, format: &Format, body: &[u8], json: Option<&Json>) -> Result<u64> {
        let before = self.mapped.records;
        match (format, json) {
            (Format::Json { records, .. }, Some(json)) => self.json(records, json),
            (Format::Json { .. }, None) => {}
            (Format::Delimited { delimiter, quotes }, _) => self.delimited(*delimiter, *quotes, body)?,
        }
        Ok(self.mapped.records - before)
    }

    /// All that the pages became.
    pub fn finish(self) -> Mapped {
        self.mapped
    }

    /// A list gives its items; one object instead of a list counts as one; absent and null as none.
    fn json(&mut self, records: &JsonPath, json: &Json) {
        for found in records.query(json).iter() {
            match found {
                Json::Array(items) => items.iter().for_each(|item| self.json_record(item)),
                Json::Null => {}
                one => self.json_record(one),
            }
        }
    }

    fn json_record(&mut self, record: &Json) {
        let cells: Vec<Cell> = self.mapping.fields.iter().map(|field| Cell::in_json(record, &field.path)).collect();
        self.mapped.records += 1;
        let number = self.mapped.records;
        self.record(&cells, number);
    }

    /// A record whose fields are known; `number` tells a person where it is.
    fn record(&mut self, cells: &[Cell], number: u64) {
        let mut faults = Vec::new();
        for (index, rule) in self.mapping.rows.iter().enumerate() {
            if let Some(skip) = rule.skips.iter().find(|skip| holds(&skip.when, cells)) {
                *self.mapped.skipped.entry(skip.name.clone()).or_default() += 1;
            } else if let Err(fault) = self.row(index, rule, cells) {
                faults.push(fault);
            }
        }
        if !faults.is_empty() {
            self.mapped.aside.add(number, faults);
        }
    }

    fn row(&mut self, index: usize, rule: &RowRule, cells: &[Cell]) -> Result<(), Fault> {
        let mut values = Vec::with_capacity(rule.columns.len());
        for converter in &mut self.converters[index] {
            values.push(converter.value(cells)?);
        }
        if let Some(lacking) = lacking(rule.table, &values) {
            return Err(Fault::Missing(lacking));
        }
        self.mapped.rows[index].push(values);
        Ok(())
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
        FieldTest::In(values) => cell.text().is_some_and(|text| values.iter().any(|value| *value == text)),
    }
}

#[cfg(test)]
mod tests;
