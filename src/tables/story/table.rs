//! One CSV file of a canonical table as typed rows, or all that is wrong with it.

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics};
use crate::extract::{Rows, Value, example, lacking, plain};
use crate::source::{Column, Table};

use super::cells::{self, Cell};

/// Reads a file; every column of the table has a value or none in every row.
pub fn read(table: Table, file: &AuthoredFile) -> Result<Rows, Diagnostics> {
    let records = cells::records(&file.text).map_err(|span| {
        Diagnostic::error("a quote is never closed").at(file.place(span)).hint("write `\"` at both ends of the cell")
    })?;
    let mut sheet = Sheet { table, file, found: Diagnostics::new() };
    let mut records = records.into_iter();
    let header = sheet.header(records.next().unwrap_or_default());
    let mut rows = Rows::new(table);
    records.for_each(|record| sheet.row(&header, &record, &mut rows));
    sheet.found.into_result(rows)
}

/// What the checks of one file share.
struct Sheet<'a> {
    table: Table,
    file: &'a AuthoredFile,
    found: Diagnostics,
}

impl Sheet<'_> {
    /// The column under each cell of the header; `None` where it names none.
    fn header(&mut self, cells: Vec<Cell>) -> Vec<Option<Column>> {
        let mut columns: Vec<Option<Column>> = Vec::new();
        for cell in &cells {
            let column = self.table.column(&cell.text);
            if column.is_none() {
                let hint = format!("its columns are {}", self.names());
                self.fault(cell, format!("the table `{}` has no column `{}`", self.table.name(), cell.text), hint);
            } else if columns.contains(&column) {
                self.fault(cell, format!("the column `{}` is there twice", cell.text), "remove one of them");
            }
            columns.push(column);
        }
        for column in self.table.columns().iter().filter(|column| column.required) {
            if !columns.contains(&Some(*column)) {
                let start = Cell { text: String::new(), span: 0..0 };
                let message = format!("the header has no column `{}`", column.name);
                self.fault(&start, message, format!("every row of `{}` needs it", self.table.name()));
            }
        }
        columns
    }

    fn row(&mut self, header: &[Option<Column>], record: &[Cell], rows: &mut Rows) {
        if record.len() != header.len() {
            let message = format!("the header has {} columns and this row has {}", header.len(), record.len());
            return self.fault(&record[0], message, "put `\"` around a cell with a comma in it");
        }
        let values: Vec<_> = self.table.columns().iter().map(|one| self.value(*one, header, record)).collect();
        let Some(values) = values.into_iter().collect::<Option<Vec<Value>>>() else { return };
        if let Some(column) = lacking(self.table, &values) {
            let group = self.table.one_of().iter().find(|group| group.contains(&column));
            let hint = format!("give one of `{}`", group.copied().unwrap_or_default().join("`, `"));
            self.fault(&record[0], format!("the row has no `{column}`"), hint);
        }
        rows.push(values);
    }

    /// The value of a column in a row; `None` when something is wrong with it, which is told.
    fn value(&mut self, column: Column, header: &[Option<Column>], record: &[Cell]) -> Option<Value> {
        let Some(place) = header.iter().position(|one| *one == Some(column)) else { return Some(Value::Null) };
        let cell = &record[place];
        if cell.text.is_empty() && !column.required {
            return Some(Value::Null);
        }
        let value = Some(&cell.text).filter(|text| !text.is_empty()).and_then(|text| plain(column.kind, text));
        if value.is_none() {
            let what = if cell.text.is_empty() { "empty".to_owned() } else { format!("not {}", column.kind.word()) };
            let subject = if cell.text.is_empty() { column.name } else { &cell.text };
            self.fault(
                cell,
                format!("`{subject}` is {what}"),
                format!("`{}` holds {}", column.name, example(column.kind)),
            );
        }
        value
    }

    fn names(&self) -> String {
        let names: Vec<String> = self.table.columns().iter().map(|column| format!("`{}`", column.name)).collect();
        names.join(", ")
    }

    fn fault(&mut self, cell: &Cell, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(Diagnostic::error(message).at(self.file.place(cell.span.clone())).hint(hint));
    }
}
