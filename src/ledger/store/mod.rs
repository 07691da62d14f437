//! The narrow way to the database that keeps the ledger, the same for SQLite and PostgreSQL.
//!
//! SQL is written once, in what both understand, with `?1`, `?2` for values. The call forms are those of rusqlite.

use std::ops::Deref;
use std::vec::IntoIter;

use anyhow::bail;

mod error;
mod params;
pub(in crate::ledger) mod postgres;
mod row;
pub(in crate::ledger) mod sqlite;
mod value;

pub(in crate::ledger) use error::{Error, Result};
pub(in crate::ledger) use params::{Params, params};
pub(in crate::ledger) use row::{OptionalExtension, Row};
pub(in crate::ledger) use value::{FromValue, ToValue, Value};

use row::Rows;

/// One line to the database.
pub(in crate::ledger) enum Connection {
    /// A file of this machine, or memory.
    Sqlite(rusqlite::Connection),
    /// A server.
    Postgres(Box<postgres::Session>),
}

impl Connection {
    /// Runs a statement and returns how many rows it touched.
    pub(in crate::ledger) fn execute(&self, sql: &str, params: impl Params) -> Result<usize> {
        match self {
            Self::Sqlite(connection) => sqlite::execute(connection, sql, &params.values()),
            Self::Postgres(session) => session.execute(sql, &params.values()),
        }
    }

    /// The first row of an answer, read by `read`; an error when there is none.
    pub(in crate::ledger) fn query_row<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        let rows = self.query(sql, &params.values())?;
        let first = rows.iter().next().ok_or(Error::NoRow)?;
        read(&first)
    }

    /// A statement that is used again; the database keeps it ready.
    pub(in crate::ledger) fn prepare_cached(&self, sql: &str) -> Result<Statement<'_>> {
        Ok(Statement { connection: self, sql: sql.to_owned() })
    }

    /// SQLite's own connection, for what only a file has.
    pub(in crate::ledger) fn file(&self) -> anyhow::Result<&rusqlite::Connection> {
        match self {
            Self::Sqlite(connection) => Ok(connection),
            Self::Postgres(session) => bail!(
                "the ledger `{}` is kept by PostgreSQL, whose own tools do this: `pg_dump`, `pg_amcheck`",
                session.place().shown()
            ),
        }
    }

    fn query(&self, sql: &str, values: &[Value]) -> Result<Rows> {
        match self {
            Self::Sqlite(connection) => sqlite::query(connection, sql, values),
            Self::Postgres(session) => session.query(sql, values),
        }
    }

    fn batch(&self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Self::Postgres(session) => session.batch(sql),
        }
    }

    /// Begins a transaction that no other writer of the ledger can come between.
    pub(in crate::ledger) fn begin(&self) -> Result<Transaction<'_>> {
        match self {
            Self::Sqlite(_) => self.batch("BEGIN IMMEDIATE")?,
            Self::Postgres(session) => session.begin_alone()?,
        }
        Ok(Transaction { connection: self, is_open: true })
    }

    /// Begins a transaction beside which others work, as long as they touch other rows; see [`Self::held`].
    ///
    /// SQLite has one writer at a time whatever it touches.
    pub(in crate::ledger) fn begin_beside_others(&self) -> Result<Transaction<'_>> {
        match self {
            Self::Sqlite(_) => self.batch("BEGIN IMMEDIATE")?,
            Self::Postgres(session) => session.begin_beside_others()?,
        }
        Ok(Transaction { connection: self, is_open: true })
    }

    /// What a question ends with whose rows nobody else may change before the transaction ends.
    pub(in crate::ledger) fn held(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " FOR UPDATE",
        }
    }

    /// What a question for one row of `deliveries` ends with that passes over rows which others hold.
    pub(in crate::ledger) fn held_unless_taken(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " FOR UPDATE OF deliveries SKIP LOCKED",
        }
    }

    /// Whether any process holds that right.
    pub(in crate::ledger) fn is_held(&self, right: &str) -> anyhow::Result<bool> {
        match self {
            Self::Sqlite(_) => Ok(false),
            Self::Postgres(session) => postgres::Rights::is_held(session, right),
        }
    }

    /// Lets a server know how many letters there are now: without that, finding the next one takes it as long as all others.
    pub(in crate::ledger) fn count_rows_anew(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(session) => session.batch("ANALYZE documents, run_documents, deliveries"),
        }
    }

    /// Whether several machines may write to it.
    pub(in crate::ledger) fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Makes a lost line anew before it is used.
    pub(in crate::ledger) fn ensure(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(session) => session.ensure(),
        }
    }
}

/// A statement kept ready.
pub(in crate::ledger) struct Statement<'a> {
    connection: &'a Connection,
    sql: String,
}

impl Statement<'_> {
    /// Runs it and returns how many rows it touched.
    pub(in crate::ledger) fn execute(&mut self, params: impl Params) -> Result<usize> {
        self.connection.execute(&self.sql, params)
    }

    /// Every row of the answer, read by `read`.
    pub(in crate::ledger) fn query_map<T>(
        &mut self,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<IntoIter<Result<T>>> {
        let rows = self.connection.query(&self.sql, &params.values())?;
        Ok(rows.iter().map(|row| read(&row)).collect::<Vec<_>>().into_iter())
    }

    /// The first row of the answer, read by `read`; an error when there is none.
    pub(in crate::ledger) fn query_row<T>(
        &mut self,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.connection.query_row(&self.sql, params, read)
    }
}

/// A transaction; dropped without a commit, nothing of it happened.
pub(in crate::ledger) struct Transaction<'a> {
    connection: &'a Connection,
    is_open: bool,
}

impl Transaction<'_> {
    /// Makes all of it last: it is on the disk when this returns.
    pub(in crate::ledger) fn commit(mut self) -> Result<()> {
        match self.connection {
            Connection::Sqlite(_) => self.connection.batch("COMMIT")?,
            Connection::Postgres(session) => session.commit()?,
        }
        self.is_open = false;
        Ok(())
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.is_open {
            // Where this fails the database has rolled back by itself.
            let _ = self.connection.batch("ROLLBACK");
        }
    }
}
