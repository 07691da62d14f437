//! A sheet that is filled in: hidden columns that say what an answer is about, protection, and A4.

use rust_xlsxwriter::{Format, ProtectionOptions, Workbook, Worksheet, XlsxError};

use super::face;
use super::text::plain;

/// A sheet that is filled in, row by row from the top.
///
/// Below the heads that people read lies a hidden row with the names by which a program finds the columns, always the sixth;
/// the columns before `shown` are hidden too.
pub(super) struct Paper<'a> {
    pub(super) sheet: &'a mut Worksheet,
    /// The next free row.
    pub(super) row: u32,
    shown: u16,
    last: u16,
}

/// One column: the name for programs, the head for people (none for hidden ones), the width in narrow signs.
pub(super) struct Column<'a> {
    pub(super) name: &'a str,
    pub(super) head: &'a str,
    pub(super) width: f64,
}

impl<'a> Paper<'a> {
    /// A new sheet with the names of its columns; hidden ones come first.
    pub(super) fn begin(book: &'a mut Workbook, name: &str, columns: &[Column<'_>]) -> Result<Self, XlsxError> {
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        for (at, column) in (0u16..).zip(columns) {
            match column.head.is_empty() {
                true => sheet.set_column_hidden(at)?,
                false => sheet.set_column_width(at, column.width)?,
            };
        }
        let shown = columns.iter().take_while(|column| column.head.is_empty()).count() as u16;
        Ok(Self { sheet, row: 0, shown, last: columns.len() as u16 - 1 })
    }

    /// A line over all columns that are seen, of a height in points where it is not one line.
    pub(super) fn across(&mut self, text: &str, format: &Format, height: Option<f64>) -> Result<(), XlsxError> {
        self.sheet.merge_range(self.row, self.shown, self.row, self.last, &plain(text), format)?;
        if let Some(height) = height {
            self.sheet.set_row_height(self.row, height)?;
        }
        self.row += 1;
        Ok(())
    }

    /// A label with a cell beside it to fill with words; gives the place of that cell.
    pub(super) fn blank(&mut self, label: &str) -> Result<(u32, u16), XlsxError> {
        let (row, cell) = (self.row, self.shown + 2);
        self.sheet.merge_range(row, self.shown, row, self.shown + 1, &plain(label), &face::line())?;
        self.sheet.merge_range(row, cell, row, self.last, "", &face::words())?;
        self.sheet.set_row_height(row, 20)?;
        self.row += 1;
        Ok((row, cell))
    }

    /// The heads of the columns, which stay in view and come again on every page.
    pub(super) fn heads(&mut self, columns: &[Column<'_>]) -> Result<(), XlsxError> {
        for (at, column) in (0u16..).zip(columns).filter(|(_, column)| !column.head.is_empty()) {
            self.sheet.write_string_with_format(self.row, at, column.head, &face::head())?;
        }
        self.sheet.set_row_height(self.row, 22)?;
        self.sheet.set_repeat_rows(self.row, self.row)?;
        self.row += 1;
        for (at, column) in (0u16..).zip(columns) {
            self.sheet.write_string(self.row, at, column.name)?;
        }
        self.sheet.set_row_hidden(self.row)?;
        self.row += 1;
        self.sheet.set_freeze_panes(self.row, 0)?;
        Ok(())
    }

    /// A text in a column of the row at hand.
    pub(super) fn text(&mut self, column: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.row, column, plain(text), format)?;
        Ok(())
    }

    /// What is hidden of the row at hand, as it must come back.
    pub(super) fn hidden(&mut self, values: &[&str]) -> Result<(), XlsxError> {
        for (at, value) in (0u16..).zip(values).filter(|(_, value)| !value.is_empty()) {
            self.sheet.write_string(self.row, at, *value)?;
        }
        Ok(())
    }

    /// Closes the sheet: only cells to fill can be changed, and it prints on A4, as wide as a page.
    pub(super) fn finish(self, footer: &str) -> Result<(), XlsxError> {
        let may = ProtectionOptions { format_columns: true, format_rows: true, ..ProtectionOptions::default() };
        let footer = plain(footer).replace('&', "&&");
        self.sheet
            .protect_with_options(&may)
            .set_paper_size(9)
            .set_print_fit_to_pages(1, 0)
            .set_margins(0.5, 0.5, 0.6, 0.7, 0.3, 0.3)
            .set_footer(format!("&L&8{footer}&R&8&P / &N"))
            .set_screen_gridlines(false)
            .set_selection(self.row.saturating_sub(1), self.shown, self.row.saturating_sub(1), self.shown)?;
        Ok(())
    }
}
