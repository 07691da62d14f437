//! A rating form as it comes back: the cells that were filled in, each with its place.

use std::collections::BTreeMap;
use std::io::Cursor;

use anyhow::{Context, Result, bail};
use calamine::{Data, DataRef, Reader, Xlsx};

use super::rating_form::SHEET;

/// How many cells a form may have; the largest team's has far fewer.
const MOST_CELLS: usize = 200_000;
/// The row, counted from nought, whose cells name the columns.
const NAMES: u32 = 5;

/// One row of a form in which something was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilledRow {
    /// The cell of the answer, such as `L9`.
    pub cell: String,
    /// The item's id, as the form carries it.
    pub item: String,
    /// The staff number, as the form carries it.
    pub agent: String,
    /// The role of raters, as the form carries it.
    pub role: String,
    /// What was filled in.
    pub given: String,
    /// What was said beside it.
    pub comment: String,
}

/// The name of the sheet that is filled in.
pub const RATING_SHEET: &str = SHEET;

/// The rows of a rating form in which something was filled in, from the top.
///
/// # Errors
/// When the bytes are no workbook, or one that is not such a form.
pub fn read_rating_form(bytes: &[u8]) -> Result<Vec<FilledRow>> {
    if !bytes.starts_with(b"PK") {
        bail!("the file is no .xlsx workbook");
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).context("the workbook cannot be read")?;
    let mut rows = rows(&mut book)?;
    let names = rows.remove(&NAMES).with_context(|| format!("the sheet `{SHEET}` has lost its names of columns"))?;
    let place = |name: &str| names.iter().find(|(_, text)| *text == name).map(|(column, _)| *column);
    let column = |name: &str| place(name).with_context(|| format!("the sheet `{SHEET}` has no column `{name}`"));
    let (item, agent, role) = (column("item_id")?, column("agent_id")?, column("rater_role")?);
    let (given, comment) = (column("given")?, column("comment")?);
    let filled =
        rows.into_iter().filter(|(row, cells)| *row > NAMES && cells.contains_key(&item)).map(|(row, cells)| {
            let text = |column: u32| cells.get(&column).cloned().unwrap_or_default();
            FilledRow {
                cell: format!("{}{}", letters(given), row + 1),
                item: text(item),
                agent: text(agent),
                role: text(role),
                given: text(given),
                comment: text(comment),
            }
        });
    Ok(filled.filter(|row| !(row.given.is_empty() && row.comment.is_empty())).collect())
}

/// Texts by row and column, both counted from nought.
fn rows(book: &mut Xlsx<Cursor<&[u8]>>) -> Result<BTreeMap<u32, BTreeMap<u32, String>>> {
    let mut reader = book
        .worksheet_cells_reader(SHEET)
        .with_context(|| format!("the workbook has no sheet `{SHEET}`: upload the form that was downloaded here"))?;
    let (mut rows, mut count) = (BTreeMap::<u32, BTreeMap<u32, String>>::new(), 0);
    while let Some(cell) = reader.next_cell()? {
        count += 1;
        if count > MOST_CELLS {
            bail!("the sheet `{SHEET}` has more than {MOST_CELLS} cells: upload the form that was downloaded here");
        }
        let (row, column) = cell.get_position();
        let text = shown(cell.get_value());
        if !text.is_empty() {
            rows.entry(row).or_default().insert(column, text);
        }
    }
    Ok(rows)
}

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
        assert!(read_rating_form(b"<html>").is_err());
        assert!(read_rating_form(b"PK\x03\x04 no more").is_err());
    }
}
