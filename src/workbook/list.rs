//! Lists: typed cells under a head that stays in view.

use chrono::NaiveDate;
use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::text::{plain, sheet_name, width};
use super::{face, workbook};
use crate::exact::Exact;

/// One sheet.
#[derive(Clone, Debug)]
pub struct List {
    /// The name of the sheet.
    pub name: String,
    /// The heads of the columns.
    pub heads: Vec<String>,
    /// The rows, each with a cell for every column.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// Whether it is a sum of others.
    pub is_sum: bool,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text, whatever it looks like.
    Text(String),
    /// A whole number.
    Count(u32),
    /// Yuan, shown to the fen.
    Yuan(Exact),
    /// A number as near as a spreadsheet holds it.
    Number(Exact),
    /// Yes or no.
    Truth(bool),
}

impl Row {
    /// A row that is no sum.
    pub fn of(cells: Vec<Cell>) -> Self {
        Self { is_sum: false, cells }
    }
}

impl Cell {
    /// A text, or nothing.
    pub fn text(text: impl AsRef<str>) -> Self {
        match text.as_ref() {
            "" => Self::Empty,
            text => Self::Text(text.to_owned()),
        }
    }

    /// A number as it is held, or nothing.
    pub fn number(value: Option<&Exact>) -> Self {
        value.map_or(Self::Empty, |value| Self::Number(value.clone()))
    }
}

/// A workbook of several lists as of a day.
///
/// # Errors
/// When they do not fit into a workbook.
pub fn lists(title: &str, company: &str, day: NaiveDate, all: &[List]) -> anyhow::Result<Vec<u8>> {
    let mut book = workbook(title, company, day)?;
    for list in all {
        let sheet = book.add_worksheet();
        write(sheet, list)?;
    }
    Ok(book.save_to_buffer()?)
}

fn write(sheet: &mut Worksheet, list: &List) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name(&list.name))?;
    for (column, head) in (0u16..).zip(&list.heads) {
        sheet.write_string_with_format(0, column, plain(head), &face::head())?;
    }
    for (row, content) in (1u32..).zip(&list.rows) {
        for (column, cell) in (0u16..).zip(&content.cells) {
            write_cell(sheet, (row, column), cell, content.is_sum)?;
        }
    }
    for (column, width) in (0u16..).zip(widths(list)) {
        sheet.set_column_width(column, width)?;
    }
    if let (Some(last), false) = (list.heads.len().checked_sub(1), list.rows.is_empty()) {
        sheet.autofilter(0, 0, list.rows.len() as u32, last as u16)?;
    }
    sheet.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(())
}

fn write_cell(sheet: &mut Worksheet, (row, column): (u32, u16), cell: &Cell, is_sum: bool) -> Result<(), XlsxError> {
    let face = |format: Format| if is_sum { face::sum(format) } else { format };
    match cell {
        Cell::Empty if is_sum => drop(sheet.write_blank(row, column, &face::sum(face::cell()))?),
        Cell::Empty => return Ok(()),
        Cell::Text(text) => drop(sheet.write_string_with_format(row, column, plain(text), &face(face::cell()))?),
        Cell::Count(count) => drop(sheet.write_number_with_format(row, column, *count, &face(face::number(0)))?),
        Cell::Truth(truth) => drop(sheet.write_boolean_with_format(row, column, *truth, &face(face::cell()))?),
        Cell::Yuan(amount) => match faithful(amount) {
            Some(number) => drop(sheet.write_number_with_format(row, column, number, &face(face::number(2)))?),
            // More digits than a spreadsheet holds: the text is exact, the number would not be.
            None => drop(sheet.write_string_with_format(row, column, amount.fixed(2), &face(face::cell()))?),
        },
        Cell::Number(number) => {
            sheet.write_number_with_format(row, column, number.to_f64(), &face(face::cell()))?;
        }
    }
    Ok(())
}

/// The amount as a spreadsheet holds it, if that shows the same fen.
fn faithful(amount: &Exact) -> Option<f64> {
    let text = amount.fixed(2);
    let number: f64 = text.parse().ok()?;
    // Fifteen digits are all that a spreadsheet shows and keeps.
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (digits <= 15 && format!("{number:.2}") == text).then_some(number)
}

/// Columns as wide as what stands in them, within reason.
fn widths(list: &List) -> Vec<f64> {
    let shown = |cell: &Cell| match cell {
        Cell::Empty => 0,
        Cell::Text(text) => width(text),
        Cell::Count(_) | Cell::Truth(_) => 6,
        Cell::Yuan(amount) => amount.fixed(2).len(),
        Cell::Number(_) => 9,
    };
    let column = |(place, head): (usize, &String)| {
        let cells = list.rows.iter().filter_map(|row| row.cells.get(place)).map(shown);
        cells.chain([width(head) + 3]).max().unwrap_or(8).clamp(6, 66) as f64 + 2.0
    };
    list.heads.iter().enumerate().map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_numbers_only_where_no_fen_is_lost() {
        let amount = |text: &str| faithful(&Exact::parse(text).expect("a number"));
        assert_eq!(amount("929.68"), Some(929.68));
        assert_eq!(amount("-0.01"), Some(-0.01));
        assert_eq!(amount("9999999999999.99"), Some(9_999_999_999_999.99));
        assert_eq!(amount("12345678901234.56"), None, "sixteen digits");
    }
}
