//! XLSX workbooks for people and programs: lists with typed cells, and forms whose cells are filled in and come back.
//!
//! A text is always a cell of text: nothing that a name, a remark or an id says is ever computed. The same content gives
//! the same bytes.

mod check_sheet;
mod face;
mod list;
mod paper;
mod rating_form;
mod read;
mod text;

pub use check_sheet::{VERDICTS, check_sheet, verdicts};
pub use list::{Cell, List, Row, lists};
pub use rating_form::{Filled, rating_form};
pub use read::{CHECK, FilledRow, read_form};

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

/// A workbook that says when its content is of, not when it was made, so that it can be made again.
fn workbook(title: &str, author: &str, day: NaiveDate) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let at = ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or(1900), day.month() as u8, day.day() as u8)?;
    let properties = DocProperties::new().set_title(text::plain(title)).set_author(text::plain(author));
    workbook.set_properties(&properties.set_creation_datetime(&at));
    Ok(workbook)
}
