//! What a question is answered with.

use super::error::{Error, Result};
use super::value::{FromValue, Value};

/// Everything that a question was answered with.
pub(super) struct Rows {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Value>>,
}

impl Rows {
    pub(super) fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|values| Row { columns: &self.columns, values })
    }
}

/// One row.
pub(in crate::ledger) struct Row<'a> {
    columns: &'a [String],
    values: &'a [Value],
}

/// How a column is named: by its name or by its place, from nought.
pub(in crate::ledger) trait Column {
    /// Its place among these columns.
    fn place(&self, columns: &[String]) -> Option<usize>;
    /// Its name for messages.
    fn called(&self) -> String;
}

impl Column for &str {
    fn place(&self, columns: &[String]) -> Option<usize> {
        columns.iter().position(|column| column == self)
    }

    fn called(&self) -> String {
        format!("`{self}`")
    }
}

impl Column for usize {
    fn place(&self, columns: &[String]) -> Option<usize> {
        Some(*self).filter(|place| *place < columns.len())
    }

    fn called(&self) -> String {
        format!("{self}")
    }
}

impl Row<'_> {
    /// The value of a column; where two columns have one name, that of the first.
    pub(in crate::ledger) fn get<C: Column, T: FromValue>(&self, column: C) -> Result<T> {
        let unreadable = |why: String| Error::Column { name: column.called(), why };
        let place = column.place(self.columns).ok_or_else(|| unreadable("there is no such column".to_owned()))?;
        T::from_value(&self.values[place]).map_err(unreadable)
    }
}

/// Makes nothing found an answer.
pub(in crate::ledger) trait OptionalExtension<T> {
    /// `None` when there was no row.
    fn optional(self) -> Result<Option<T>>;
}

impl<T> OptionalExtension<T> for Result<T> {
    fn optional(self) -> Result<Option<T>> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoRow) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
