//! Statements on SQLite.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, params_from_iter};

use super::error::{Error, Result};
use super::row::Rows;
use super::value::Value;

#[cfg(test)]
thread_local! {
    /// Every statement that this thread has run, for tests that ask how the database goes about them.
    pub(in crate::ledger) static SAID: std::cell::RefCell<std::collections::BTreeSet<String>> =
        const { std::cell::RefCell::new(std::collections::BTreeSet::new()) };
}

pub(super) fn execute(connection: &Connection, sql: &str, values: &[Value]) -> Result<usize> {
    #[cfg(test)]
    SAID.with_borrow_mut(|said| said.insert(sql.to_owned()));
    Ok(connection.prepare_cached(sql)?.execute(params_from_iter(values))?)
}

pub(super) fn query(connection: &Connection, sql: &str, values: &[Value]) -> Result<Rows> {
    #[cfg(test)]
    SAID.with_borrow_mut(|said| said.insert(sql.to_owned()));
    let mut statement = connection.prepare_cached(sql)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut found = statement.query(params_from_iter(values))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push((0..columns.len()).map(|place| read(row.get_ref(place)?)).collect::<Result<_>>()?);
    }
    Ok(Rows { columns, rows })
}

fn read(value: ValueRef<'_>) -> Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Text(_) => Value::Text(value.as_str().map_err(rusqlite::Error::from)?.to_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_owned()),
        ValueRef::Real(_) => {
            return Err(Error::Column { name: "?".to_owned(), why: "the ledger has no inexact numbers".to_owned() });
        }
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
