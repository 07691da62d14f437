//! XLSX workbooks: the sheets that are wanted, their cells as a person sees them.

use std::fmt;
use std::io::Cursor;

use anyhow::{Context, Result, bail};
use calamine::{DataRef, Reader, Sheet, SheetType, SheetVisible, Style, Xlsx};

use super::note::Note;
use super::sheet::{Row, SheetCell};
use crate::source::resource::matches;

/// How many cells a sheet may have; more would be no list that people keep.
const MOST_CELLS: usize = 8_000_000;

/// Sheets and what was noticed on the way to them.
pub(super) struct Opened {
    /// Their names and their rows that have anything, from the top.
    pub(super) sheets: Vec<(String, Vec<Row>)>,
    /// What was noticed.
    pub(super) notes: Vec<Note>,
}

/// The workbook has other sheets than the one that is wanted.
#[derive(Debug)]
pub struct NoSheet {
    wanted: String,
    names: Vec<String>,
}

impl fmt::Display for NoSheet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the workbook has no sheet `{}`; it has `{}`", self.wanted, self.names.join("`, `"))
    }
}

impl std::error::Error for NoSheet {}

/// Reads the sheet of that name, all that are not hidden and whose names have the parts of one with `*`, or the first that
/// is not hidden.
///
/// # Errors
/// When the bytes are no workbook, or it has no such sheet.
pub(super) fn open(body: &[u8], wanted: Option<&str>) -> Result<Opened> {
    if body.starts_with(b"\xd0\xcf\x11\xe0") {
        bail!("the file is a workbook of the old kind (.xls) or has a password; save it as .xlsx without one");
    }
    if !body.starts_with(b"PK") {
        bail!("the file is no .xlsx workbook, whatever its name says; open it and save it as .xlsx");
    }
    let mut book: Xlsx<_> =
        Xlsx::new(Cursor::new(body)).context("the workbook cannot be read; save it anew as .xlsx")?;
    let sheets: Vec<Sheet> =
        book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).cloned().collect();
    let (names, notes) = choose(&sheets, wanted)?;
    let mut opened = Opened { sheets: Vec::new(), notes };
    for name in names {
        let rows = rows(&mut book, &name).with_context(|| format!("the sheet `{name}` cannot be read"))?;
        opened.sheets.push((name, rows));
    }
    Ok(opened)
}

/// The sheets to read; a hidden one is read only when it is named, and both are told.
fn choose(sheets: &[Sheet], wanted: Option<&str>) -> Result<(Vec<String>, Vec<Note>)> {
    let is_hidden = |sheet: &Sheet| sheet.visible != SheetVisible::Visible;
    let Some(wanted) = wanted else {
        let Some(first) = sheets.iter().position(|sheet| !is_hidden(sheet)) else {
            bail!("the workbook has no sheet that is not hidden; name the one to read with `sheet`");
        };
        let passed = sheets[..first].iter().map(|sheet| Note::HiddenSheetPassed(sheet.name.clone())).collect();
        return Ok((vec![sheets[first].name.clone()], passed));
    };
    let several = wanted.contains('*');
    let is_wanted = |sheet: &&Sheet| matches(wanted, sheet.name.trim()) && !(several && is_hidden(sheet));
    let most = if several { usize::MAX } else { 1 };
    let found: Vec<&Sheet> = sheets.iter().filter(is_wanted).take(most).collect();
    if found.is_empty() {
        let names = sheets.iter().map(|sheet| sheet.name.clone()).collect();
        return Err(NoSheet { wanted: wanted.to_owned(), names }.into());
    }
    let hidden = found.iter().filter(|sheet| is_hidden(sheet)).map(|sheet| Note::HiddenSheetRead(sheet.name.clone()));
    let notes = hidden.collect();
    Ok((found.into_iter().map(|sheet| sheet.name.clone()).collect(), notes))
}

fn rows(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Row>> {
    let mut reader = book.worksheet_cells_reader(name)?;
    let percent: Vec<bool> = reader.styles().iter().map(is_percent).collect();
    let mut rows: Vec<Row> = Vec::new();
    let mut count = 0;
    while let Some((cell, style)) = reader.next_cell_with_style_id()? {
        count += 1;
        if count > MOST_CELLS {
            bail!("it has more than {MOST_CELLS} cells; keep one list in it");
        }
        let (row, column) = cell.get_position();
        let Some(value) = value(cell.get_value(), percent.get(style).copied().unwrap_or(false)) else { continue };
        let number = u64::from(row) + 1;
        if rows.last().is_none_or(|last| last.number != number) {
            rows.push(Row { number, cells: Vec::new() });
        }
        if let Some(last) = rows.last_mut() {
            let column = column as usize;
            last.cells.resize(last.cells.len().max(column + 1), SheetCell::Empty);
            last.cells[column] = value;
        }
    }
    Ok(rows)
}

fn is_percent(style: &Style) -> bool {
    style.number_format.as_ref().is_some_and(|format| format.format_code.contains('%'))
}

/// What a cell shows; a formula shows the value that was kept with it.
fn value(value: &DataRef, is_percent: bool) -> Option<SheetCell> {
    match value {
        DataRef::Empty => None,
        DataRef::String(text) => SheetCell::text(text),
        DataRef::SharedString(text) => SheetCell::text(text),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => SheetCell::iso(text),
        DataRef::Int(number) => Some(SheetCell::Figure(number.to_string(), is_percent)),
        DataRef::Float(number) => Some(SheetCell::number(*number, is_percent)),
        DataRef::Bool(truth) => Some(SheetCell::Bool(*truth)),
        DataRef::DateTime(time) => Some(SheetCell::time(time)),
        DataRef::Error(error) => SheetCell::text(&error.to_string()),
    }
}
