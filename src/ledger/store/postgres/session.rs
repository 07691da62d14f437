//! One line to PostgreSQL: statements on it, transactions, and what every session must be set to.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use pollster::block_on;
use tokio_postgres::config::SslMode;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Statement};

use super::super::error::{self, Error};
use super::super::row::Rows;
use super::super::value::Value;
use super::place::Place;
use super::{dialect, runtime, tls};

/// Nobody waits longer for another's lock, nobody holds one longer while doing nothing, and a machine that is gone is
/// noticed within half a minute, so that its locks are free again.
const SETTINGS: &str = "SET lock_timeout = '15s'; SET idle_in_transaction_session_timeout = '60s'; \
     SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; \
     SET client_min_messages = warning; SET default_transaction_isolation = 'read committed'";

/// A line and what is kept ready on it.
pub(in crate::ledger) struct Session {
    place: Place,
    client: Client,
    statements: RefCell<HashMap<String, Statement>>,
    /// A statement of the present transaction failed, and PostgreSQL will commit nothing of it.
    has_failed: Cell<bool>,
    /// The number of the lock under which writers of this ledger take turns.
    turn: i64,
}

impl Session {
    /// Makes a line; refuses a server that could lose what it says it has kept.
    pub(in crate::ledger) fn open(place: &Place) -> Result<Self> {
        let client = connect(place).with_context(|| {
            format!("cannot reach the ledger `{}`: check that the server runs and lets scorepost in", place.shown())
        })?;
        let mut session = Self {
            place: place.clone(),
            client,
            statements: RefCell::default(),
            has_failed: Cell::new(false),
            turn: 0,
        };
        session.batch(SETTINGS)?;
        session.keep_commits()?;
        session.turn = session.lock_number("turn")?;
        Ok(session)
    }

    /// Makes the line anew if it was lost.
    pub(in crate::ledger) fn ensure(&mut self) -> Result<()> {
        if self.client.is_closed() {
            *self = Self::open(&self.place)?;
        }
        Ok(())
    }

    /// Whether the line was lost.
    pub(super) fn is_lost(&self) -> bool {
        self.client.is_closed()
    }

    pub(in crate::ledger) fn place(&self) -> &Place {
        &self.place
    }

    pub(in crate::ledger) fn execute(&self, sql: &str, values: &[Value]) -> error::Result<usize> {
        let done = self.prepared(sql).and_then(|statement| block_on(self.client.execute(&statement, &given(values))));
        Ok(self.noted(done)? as usize)
    }

    pub(in crate::ledger::store) fn query(&self, sql: &str, values: &[Value]) -> error::Result<Rows> {
        let statement = self.noted(self.prepared(sql))?;
        let columns: Vec<String> = statement.columns().iter().map(|column| column.name().to_owned()).collect();
        let found = self.noted(block_on(self.client.query(&statement, &given(values))))?;
        let read = |row: &tokio_postgres::Row| (0..columns.len()).map(|place| row.try_get(place)).collect();
        let rows = found.iter().map(read).collect::<Result<_, tokio_postgres::Error>>()?;
        Ok(Rows { columns, rows })
    }

    pub(in crate::ledger) fn batch(&self, sql: &str) -> error::Result<()> {
        self.noted(block_on(self.client.batch_execute(sql)))
    }

    /// Begins a transaction that locks the rows that it touches and lets others work beside it.
    pub(in crate::ledger) fn begin_beside_others(&self) -> error::Result<()> {
        self.has_failed.set(false);
        self.batch("BEGIN")
    }

    /// Begins a transaction that no other of this kind can come between.
    pub(in crate::ledger) fn begin_alone(&self) -> error::Result<()> {
        self.has_failed.set(false);
        self.batch(&format!("BEGIN; SELECT pg_advisory_xact_lock({})", self.turn))
    }

    /// Commits; a line that breaks meanwhile leaves it open whether anything was kept.
    pub(in crate::ledger) fn commit(&self) -> error::Result<()> {
        if self.has_failed.get() {
            // PostgreSQL would answer `COMMIT` with a rollback and no error.
            return Err(Error::Aborted);
        }
        block_on(self.client.batch_execute("COMMIT")).map_err(|error| match error.as_db_error() {
            Some(_) => Error::Postgres(error),
            None => Error::Uncertain(error),
        })
    }

    /// The number of a lock of this ledger; two ledgers in one database have different ones.
    pub(super) fn lock_number(&self, name: &str) -> Result<i64> {
        let sql = "SELECT ('x' || substr(md5(current_schema() || '/' || CAST(?1 AS TEXT)), 1, 16))::bit(64)::bigint";
        let rows = self.query(sql, &[Value::Text(name.to_owned())])?;
        match rows.rows.first().and_then(|row| row.first()) {
            Some(Value::Integer(number)) => Ok(*number),
            _ => bail!("the database of the ledger `{}` has no schema that can be used", self.place.shown()),
        }
    }

    /// Commits must be on the disk when they return: a mail that the server forgot would go out twice.
    fn keep_commits(&self) -> Result<()> {
        if self.setting("synchronous_commit")? == "off" {
            self.batch("SET synchronous_commit = on")?;
        }
        for (name, wanted) in [("fsync", "on"), ("server_encoding", "UTF8")] {
            let found = self.setting(name)?;
            if found != wanted {
                bail!(
                    "the ledger `{}` is on a server with `{name} = {found}`, which cannot keep it: it must be `{wanted}`",
                    self.place.shown()
                );
            }
        }
        Ok(())
    }

    pub(super) fn setting(&self, name: &str) -> Result<String> {
        let rows = self.query("SELECT current_setting(?1)", &[Value::Text(name.to_owned())])?;
        let value = rows.rows.first().and_then(|row| row.first()).context("the server tells no settings")?;
        Ok(value.text().map_err(anyhow::Error::msg)?.to_owned())
    }

    fn prepared(&self, sql: &str) -> Result<Statement, tokio_postgres::Error> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let statement = block_on(self.client.prepare(&dialect::statement(sql)))?;
        self.statements.borrow_mut().insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn noted<T>(&self, outcome: Result<T, tokio_postgres::Error>) -> error::Result<T> {
        outcome.map_err(|error| {
            self.has_failed.set(true);
            Error::Postgres(error)
        })
    }
}

fn given(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn connect(place: &Place) -> Result<Client> {
    let config = place.config.clone();
    if config.get_ssl_mode() == SslMode::Disable {
        let (client, line) = runtime::wait(async move { config.connect(NoTls).await })?.map_err(Error::Postgres)?;
        runtime::begin(async move { drop(line.await) })?;
        return Ok(client);
    }
    let connector = tls::connector(place.root.as_deref())?;
    let (client, line) = runtime::wait(async move { config.connect(connector).await })?.map_err(Error::Postgres)?;
    runtime::begin(async move { drop(line.await) })?;
    Ok(client)
}
