//! JSON records: a list gives its items, one object instead of a list counts as one, absent and null as none.

use serde_json::Value as Json;
use serde_json_path::JsonPath;

use super::Mapper;
use super::aside::Fault;
use super::cell::{self, Cell, items};
use crate::extract::json;

impl Mapper<'_> {
    pub(super) fn json(&mut self, records: &JsonPath, page: &Json) {
        for found in records.query(page).iter() {
            for record in items(found) {
                self.json_record(page, record);
            }
        }
    }

    /// One JSON value a line; a line that is none is set aside, an empty one is nothing.
    pub(super) fn json_lines(&mut self, body: &[u8]) {
        for (index, line) in body.split(|byte| *byte == b'\n').enumerate() {
            let line = line.trim_ascii();
            match json::read(line) {
                _ if line.is_empty() => {}
                Some(record) => self.json_record(&record, &record),
                None => {
                    self.mapped.records += 1;
                    self.mapped.aside.add(index as u64 + 1, vec![Fault::NotJson]);
                }
            }
        }
    }

    /// A record inside the page that it came with.
    fn json_record(&mut self, page: &Json, record: &Json) {
        self.mapped.records += 1;
        let number = self.mapped.records;
        let mut faults = Vec::new();
        let mut around = vec![page, record];
        let cells = self.cells(&around);
        for (index, rule) in self.mapping.rows.iter().enumerate() {
            if rule.each.is_empty() {
                self.row(index, &cells, &mut faults);
            } else {
                self.inner_rows(index, 0, &mut around, &mut faults);
            }
        }
        self.set_aside(number, faults);
    }

    /// A row for each item of the lists that the rule goes into, from the given one inwards.
    fn inner_rows(&mut self, index: usize, depth: usize, around: &mut Vec<&Json>, faults: &mut Vec<Fault>) {
        let Some(path) = self.mapping.rows[index].each.get(depth) else {
            let cells = self.cells(around);
            return self.row(index, &cells, faults);
        };
        for item in cell::find(around, path).map(items).unwrap_or_default() {
            around.push(item);
            self.inner_rows(index, depth + 1, around, faults);
            around.pop();
        }
    }

    fn cells<'j>(&self, around: &[&'j Json]) -> Vec<Cell<'j>> {
        self.mapping.fields.iter().map(|field| Cell::in_json(around, field)).collect()
    }
}
