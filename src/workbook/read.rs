//! A form as it comes back: the cells that were filled in, each with its place.

use std::collections::BTreeMap;
use std::io::Cursor;

use anyhow::{Context, Result, bail};
use calamine::{Data, DataRef, Reader, Xlsx};

use super::check_sheet::SHEET as CHECKS;
use super::rating_form::SHEET;

/// How many cells a form may have; the largest team's has far fewer.
const MOST_CELLS: usize = 200_000;
/// The row, counted from nought, whose cells name the columns.
const NAMES: u32 = 5;

/// One row of a form in which something was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilledRow {
    /// The sheet.
    pub sheet: String,
    /// The cell of the answer, such as `L9`.
    pub cell: String,
    /// The item's id, as the form carries it.
    pub item: String,
    /// The staff number or the site, as the form carries it.
    pub agent: String,
    /// The role of raters, as the form carries it; [`CHECK`] on a check sheet.
    pub role: String,
    /// What was filled in.
    pub given: String,
    /// What was said beside it.
    pub comment: String,
}

/// The role of those who fill in check sheets.
pub const CHECK: &str = "check";

/// By what names a kind of form calls its columns.
struct Columns {
    given: &'static str,
    comment: &'static str,
    /// Where the role stands; none where the kind of form says it.
    role: Option<&'static str>,
    /// Whom an answer is about, where the first column leaves it open.
    site: Option<&'static str>,
}

const RATING: Columns = Columns { given: "given", comment: "comment", role: Some("rater_role"), site: None };
const CHECKING: Columns = Columns { given: "verdict", comment: "note", role: None, site: Some("shop_id") };

/// The rows of a rating form or a check sheet in which something was filled in, from the top.
///
/// # Errors
/// When the bytes are no workbook, or one that is not such a form.
pub fn read_form(bytes: &[u8]) -> Result<Vec<FilledRow>> {
    if !bytes.starts_with(b"PK") {
        bail!("the file is no .xlsx workbook");
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).context("the workbook cannot be read")?;
    let checks: Vec<String> = book.sheet_names().into_iter().filter(|name| name.starts_with(CHECKS)).collect();
    if checks.is_empty() {
        return read_sheet(&mut book, SHEET, &RATING, MOST_CELLS).map(|read| read.0);
    }
    let (mut filled, mut left) = (Vec::new(), MOST_CELLS);
    for sheet in checks {
        let (rows, cells) = read_sheet(&mut book, &sheet, &CHECKING, left)?;
        filled.extend(rows);
        left -= cells;
    }
    Ok(filled)
}

/// The filled rows of one sheet, and how many cells it has.
fn read_sheet(
    book: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
    columns: &Columns,
    most: usize,
) -> Result<(Vec<FilledRow>, usize)> {
    let (mut rows, cells) = rows(book, sheet, most)?;
    let names = rows.remove(&NAMES).with_context(|| format!("the sheet `{sheet}` has lost its names of columns"))?;
    let place = |name: &str| names.iter().find(|(_, text)| *text == name).map(|(column, _)| *column);
    let column = |name: &str| place(name).with_context(|| format!("the sheet `{sheet}` has no column `{name}`"));
    let (item, agent) = (column("item_id")?, column("agent_id")?);
    let (given, comment) = (column(columns.given)?, column(columns.comment)?);
    let (role, site) = (columns.role.map(column).transpose()?, columns.site.map(column).transpose()?);
    let filled = rows.into_iter().filter(|(row, cells)| *row > NAMES && cells.contains_key(&item));
    let filled = filled.map(|(row, cells)| {
        let text = |column: u32| cells.get(&column).cloned().unwrap_or_default();
        FilledRow {
            sheet: sheet.to_owned(),
            cell: format!("{}{}", letters(given), row + 1),
            item: text(item),
            agent: Some(text(agent)).filter(|id| !id.is_empty()).or(site.map(text)).unwrap_or_default(),
            role: role.map_or_else(|| CHECK.to_owned(), text),
            given: text(given),
            comment: text(comment),
        }
    });
    Ok((filled.filter(|row| !(row.given.is_empty() && row.comment.is_empty())).collect(), cells))
}

/// Texts by row and column, both counted from nought, and how many cells there are.
fn rows(book: &mut Xlsx<Cursor<&[u8]>>, sheet: &str, most: usize) -> Result<(Texts, usize)> {
    let mut reader = book
        .worksheet_cells_reader(sheet)
        .with_context(|| format!("the workbook has no sheet `{sheet}`: upload the form that was downloaded here"))?;
    let (mut rows, mut count) = (Texts::new(), 0);
    while let Some(cell) = reader.next_cell()? {
        count += 1;
        if count > most {
            bail!("the workbook has more than {MOST_CELLS} cells: upload the form that was downloaded here");
        }
        let (row, column) = cell.get_position();
        let text = shown(cell.get_value());
        if !text.is_empty() {
            rows.entry(row).or_default().insert(column, text);
        }
    }
    Ok((rows, count))
}

/// Texts by row and column.
type Texts = BTreeMap<u32, BTreeMap<u32, String>>;

fn shown(value: &DataRef<'_>) -> String {
    match Data::from(value.clone()) {
        Data::Float(number) => number.to_string(),
        other => other.to_string().trim().to_owned(),
    }
}

/// A column as a spreadsheet calls it.
fn letters(column: u32) -> String {
    let (before, last) = (column / 26, char::from(b'A' + (column % 26) as u8));
    if before == 0 { last.to_string() } else { format!("{}{last}", letters(before - 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_called_as_in_a_spreadsheet() {
        let called: Vec<String> = [0, 11, 25, 26, 27, 701, 702].map(letters).to_vec();
        assert_eq!(called, ["A", "L", "Z", "AA", "AB", "ZZ", "AAA"]);
    }

    #[test]
    fn what_is_no_form_is_refused() {
        assert!(read_form(b"<html>").is_err());
        assert!(read_form(b"PK\x03\x04 no more").is_err());
    }
}
