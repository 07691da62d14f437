//! On which day a row lies.

use std::fmt;

use chrono::{DateTime, NaiveDate};

use crate::extract::map::rows::{Rows, Values};
use crate::source::{Grain, Table};

/// The folder of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// The day of a fact.
    Day(NaiveDate),
    /// The month of what was planned or counted by month.
    Month(String),
    /// The row has no time, or none that can be read.
    Undated,
}

impl Label {
    /// The label of every row.
    pub fn of(rows: &Rows) -> Vec<Self> {
        match rows.table.grain() {
            Grain::Timeless => vec![Self::Undated; rows.height],
            Grain::Month => (0..rows.height).map(|row| month(column(rows, "month"), row)).collect(),
            Grain::Day => (0..rows.height).map(|row| labelled(day(column(rows, "date"), row))).collect(),
            Grain::DayOf(other) => {
                let of = |row| day(column(rows, "date"), row).or_else(|| day(column(rows, other), row));
                (0..rows.height).map(|row| labelled(of(row))).collect()
            }
        }
    }

    /// Whether a row strayed from the days that were asked for.
    pub fn strays(&self, table: Table, days: (NaiveDate, NaiveDate)) -> bool {
        let is_dated = matches!(table.grain(), Grain::Day | Grain::DayOf(_));
        match self {
            Self::Day(day) => *day < days.0 || days.1 <= *day,
            Self::Month(_) | Self::Undated => is_dated,
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(out, "{day}"),
            Self::Month(month) => out.write_str(month),
            Self::Undated => out.write_str("undated"),
        }
    }
}

fn column<'a>(rows: &'a Rows, name: &str) -> Option<&'a Values> {
    let place = rows.table.columns().iter().position(|column| column.name == name)?;
    rows.columns.get(place)
}

/// The day in a column of days or times; a time is on the clocks of its source.
fn day(values: Option<&Values>, row: usize) -> Option<NaiveDate> {
    match values? {
        Values::Date(list) => {
            let days = list.get(row).copied().flatten()?;
            NaiveDate::from_epoch_days(days)
        }
        Values::DateTime(list) => {
            let at = list.get(row).copied().flatten()?;
            DateTime::from_timestamp_micros(at).map(|at| at.date_naive())
        }
        _ => None,
    }
}

/// A year beyond four digits is a slip of the source and no folder.
fn labelled(day: Option<NaiveDate>) -> Label {
    use chrono::Datelike;
    day.filter(|day| (1..=9999).contains(&day.year())).map_or(Label::Undated, Label::Day)
}

/// A month such as `2026-10`; the text is the source's, and only such a one becomes a folder.
fn month(values: Option<&Values>, row: usize) -> Label {
    let Some(Values::Text(list)) = values else { return Label::Undated };
    let text = list.get(row).and_then(Option::as_deref).unwrap_or_default();
    let is_month = text.len() == 7 && format!("{text}-01").parse::<NaiveDate>().is_ok();
    if is_month { Label::Month(text.to_owned()) } else { Label::Undated }
}
