//! Cells of a frame as plain values, row by row.

use chrono::{Days, NaiveDate};
use polars::prelude::*;

use crate::tables::spelling::clean;

/// The columns of a frame, read by name and row; a column that is not there is empty.
pub struct Cells<'a> {
    frame: &'a DataFrame,
}

impl<'a> Cells<'a> {
    /// The cells of a frame.
    pub fn of(frame: &'a DataFrame) -> Self {
        Self { frame }
    }

    /// A column of texts, cleaned; an empty text is none.
    pub fn texts(&self, name: &str) -> anyhow::Result<Vec<Option<String>>> {
        let Some(column) = self.column(name) else { return Ok(self.nothing()) };
        let cells = column.str()?;
        Ok(cells.iter().map(|cell| cell.map(clean).filter(|text| !text.is_empty())).collect())
    }

    /// A column of days.
    pub fn days(&self, name: &str) -> anyhow::Result<Vec<Option<NaiveDate>>> {
        let Some(column) = self.column(name) else { return Ok(self.nothing()) };
        let days = column.cast(&DataType::Date)?;
        let days = days.as_materialized_series().to_physical_repr().into_owned();
        Ok(days.i32()?.iter().map(|cell| cell.and_then(since_epoch)).collect())
    }

    /// A column of yes and no.
    pub fn flags(&self, name: &str) -> anyhow::Result<Vec<Option<bool>>> {
        let Some(column) = self.column(name) else { return Ok(self.nothing()) };
        let flags = column.cast(&DataType::Boolean)?;
        Ok(flags.bool()?.iter().collect())
    }

    fn column(&self, name: &str) -> Option<&'a Column> {
        self.frame.column(name).ok()
    }

    fn nothing<T: Clone>(&self) -> Vec<Option<T>> {
        vec![None; self.frame.height()]
    }
}

fn since_epoch(days: i32) -> Option<NaiveDate> {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1)?;
    match u64::try_from(days) {
        Ok(days) => epoch.checked_add_days(Days::new(days)),
        Err(_) => epoch.checked_sub_days(Days::new(days.unsigned_abs().into())),
    }
}
