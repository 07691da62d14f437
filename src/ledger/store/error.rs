//! What can go wrong with a database.

use std::fmt;

/// What the store answers.
pub(in crate::ledger) type Result<T> = std::result::Result<T, Error>;

/// A database that did not do what it was asked.
#[derive(Debug)]
pub(in crate::ledger) enum Error {
    /// SQLite says why.
    Sqlite(rusqlite::Error),
    /// PostgreSQL or the line to it says why.
    Postgres(tokio_postgres::Error),
    /// The line broke while a change was being committed: nobody knows whether it was kept.
    Uncertain(tokio_postgres::Error),
    /// A statement of the transaction had failed, so that nothing of it was kept.
    Aborted,
    /// A row was asked for and there is none.
    NoRow,
    /// A column does not hold what this program writes.
    Column {
        /// Which.
        name: String,
        /// Why it cannot be read.
        why: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(error) => error.fmt(out),
            Self::Postgres(error) | Self::Uncertain(error) => match error.as_db_error() {
                Some(said) => write!(out, "{} ({})", said.message(), said.code().code()),
                None => error.fmt(out),
            },
            Self::Aborted => out.write_str("a statement had failed, so nothing was kept"),
            Self::NoRow => out.write_str("there is no such row"),
            Self::Column { name, why } => write!(out, "column {name}: {why}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Sqlite(error) => error.source(),
            Self::Postgres(error) | Self::Uncertain(error) if error.as_db_error().is_none() => error.source(),
            _ => None,
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::QueryReturnedNoRows => Self::NoRow,
            other => Self::Sqlite(other),
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Postgres(error)
    }
}
