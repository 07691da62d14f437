//! The rows of a sheet: a row of names, then a record a row; empty rows are none.

use anyhow::{Context, Result, bail};
use calamine::ExcelDateTime;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike};

use super::Mapper;
use super::cell::Cell;
use super::heading::{self, Places};
use super::workbook;
use crate::source::format::Header;

/// One row of a sheet.
pub(super) struct Row {
    /// Its number as the spreadsheet shows it.
    pub(super) number: u64,
    /// Its cells from the first column on.
    pub(super) cells: Vec<SheetCell>,
}

/// One cell as a person sees it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum SheetCell {
    /// Nothing.
    Empty,
    /// A text without the blanks around it.
    Text(String),
    /// A number, and whether its format is that of a percentage.
    Figure(String, bool),
    /// A day or time, and as text.
    Moment(NaiveDateTime, String),
    /// A truth value.
    Bool(bool),
}

impl Mapper<'_> {
    /// Takes the sheets of a workbook that are wanted.
    pub(super) fn workbook(&mut self, sheet: Option<&str>, header: Header, body: &[u8]) -> Result<()> {
        let opened = workbook::open(body, sheet)?;
        self.mapped.notes.extend(opened.notes);
        for (name, rows) in &opened.sheets {
            self.at = (!self.file.is_empty()).then(|| (self.file.clone(), name.clone()));
            let taken = self.sheet(header, rows);
            self.at = None;
            match opened.sheets.len() {
                1 => taken?,
                _ => taken.with_context(|| format!("the sheet `{name}`"))?,
            }
        }
        Ok(())
    }

    fn sheet(&mut self, header: Header, rows: &[Row]) -> Result<()> {
        let mut rows = rows.iter().filter(|row| row.number >= header.row.unwrap_or(1));
        let Some(names) = rows.next() else {
            bail!("the sheet has no header; is it empty, or is `header-row` wrong?");
        };
        let names: Vec<String> = names.cells.iter().map(SheetCell::shown).collect();
        let places = heading::places(&names, header.names, self.mapping)?;
        self.begin_file();
        let rows: Vec<(u64, Vec<Cell>)> = rows.map(|row| (row.number, row.cells_at(&places))).collect();
        if self.wants_survey() {
            rows.iter().for_each(|(_, cells)| self.see(cells));
        }
        for (number, cells) in &rows {
            self.mapped.records += 1;
            self.record(cells, *number);
        }
        Ok(())
    }
}

impl Row {
    /// The cells of the fields of a mapping; a field that the header has and the row has not is an empty text.
    fn cells_at(&self, places: &Places) -> Vec<Cell<'_>> {
        let at = |place: &Option<usize>| match place {
            Some(place) => self.cells.get(*place).map_or(Cell::Text(""), SheetCell::cell),
            None => Cell::Absent,
        };
        places.iter().map(at).collect()
    }
}

impl SheetCell {
    /// A text; one of blanks is nothing.
    pub(super) fn text(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self::Text(text.to_owned()))
    }

    /// A day or time as ISO 8601 writes it.
    pub(super) fn iso(text: &str) -> Option<Self> {
        let time = text.parse::<NaiveDateTime>().ok();
        let time = time.or_else(|| text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0));
        time.map(Self::moment).or_else(|| Self::text(text))
    }

    /// A number with the fifteen digits that a spreadsheet holds.
    pub(super) fn number(number: f64, is_percent: bool) -> Self {
        Self::Figure(fifteen_digits(number), is_percent)
    }

    /// A day, a time of day or a length of time, of which the latter two are written `0:01:30`.
    pub(super) fn time(time: &ExcelDateTime) -> Self {
        if time.is_duration() || time.as_f64() < 1.0 {
            return Self::Text(clock(time.as_f64()));
        }
        let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
        let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into());
        let exact =
            date.and_then(|date| date.and_hms_milli_opt(hour.into(), minute.into(), second.into(), milli.into()));
        // Days are fractions: nine o'clock may lie a thousandth of a second before nine.
        let whole = exact.and_then(|time| (time + TimeDelta::milliseconds(500)).with_nanosecond(0));
        whole.map_or_else(|| Self::number(time.as_f64(), false), Self::moment)
    }

    fn moment(time: NaiveDateTime) -> Self {
        let is_day = time.time() == chrono::NaiveTime::MIN;
        let text = time.format(if is_day { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" }).to_string();
        Self::Moment(time, text)
    }

    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Empty => Cell::Text(""),
            Self::Text(text) => Cell::Text(text),
            Self::Figure(text, is_percent) => Cell::Figure(text, *is_percent),
            Self::Moment(time, text) => Cell::Moment(*time, text),
            Self::Bool(truth) => Cell::Bool(*truth),
        }
    }

    fn shown(&self) -> String {
        self.cell().text().unwrap_or_default().into_owned()
    }
}

fn clock(days: f64) -> String {
    let seconds = (days * 86_400.0).round().max(0.0) as u64;
    format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// A number in plain digits, fifteen of them at most: the sixteenth is noise that no spreadsheet shows.
fn fifteen_digits(number: f64) -> String {
    let text = format!("{number:.14e}");
    let Some((mantissa, power)) = text.split_once('e') else { return text };
    let (Ok(power), sign) = (power.parse::<i32>(), if mantissa.starts_with('-') { "-" } else { "" }) else {
        return text;
    };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let point = usize::try_from(power + 1);
    match point {
        _ if digits.is_empty() => "0".to_owned(),
        Ok(point) if point >= digits.len() => format!("{sign}{digits}{}", "0".repeat(point - digits.len())),
        Ok(point) if point > 0 => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
        _ => format!("{sign}0.{}{digits}", "0".repeat(usize::try_from(-1 - power).unwrap_or(0))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType::{DateTime, TimeDelta as Span};

    #[test]
    fn numbers_are_what_a_spreadsheet_shows() {
        for (number, shown) in [
            (0.1 + 0.2, "0.3"),
            (12.0, "12"),
            (1_234.5, "1234.5"),
            (2.0 / 3.0, "0.666666666666667"),
            (-0.000_25, "-0.00025"),
            (0.0, "0"),
            (-0.0, "0"),
            (123_456_789_012_345_680.0, "123456789012346000"),
            (100.0, "100"),
        ] {
            assert_eq!(fifteen_digits(number), shown);
        }
    }

    #[test]
    fn days_times_and_lengths_are_told_apart() {
        let shown = |value, kind| SheetCell::time(&ExcelDateTime::new(value, kind, false)).shown();
        assert_eq!(shown(46_296.0, DateTime), "2026-10-01");
        assert_eq!(shown(46_296.381_944_444_44, DateTime), "2026-10-01 09:10:00");
        assert_eq!(shown(46_296.999_999_999, DateTime), "2026-10-02");
        assert_eq!(shown(0.000_138_888_9, DateTime), "0:00:12");
        assert_eq!(shown(1.5, Span), "36:00:00");
    }
}
