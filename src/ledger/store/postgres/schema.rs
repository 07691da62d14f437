//! The shape of the database and its versions, on PostgreSQL.

use anyhow::{Context, Result, bail};

use super::super::value::Value;
use super::dialect;
use super::session::Session;

/// The version that a new database begins with, in PostgreSQL's own words.
const FIRST: (usize, &str) = (4, include_str!("../../migrations/postgres/0004.sql"));

/// What every ledger on PostgreSQL has beside its versions.
const FRAME: &str = include_str!("../../migrations/postgres/0000.sql");

/// Lets numbered rows count on from what a table holds that was made anew and filled.
const COUNT_ON: &str = "DO $$ DECLARE numbered record; BEGIN \
     FOR numbered IN SELECT table_name AS t, column_name AS c FROM information_schema.columns \
         WHERE table_schema = current_schema() AND is_identity = 'YES' LOOP \
     EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, %L), coalesce(max(%I), 0) + 1, false) FROM %I', \
         numbered.t, numbered.c, numbered.c, numbered.t); END LOOP; END $$";

/// A later version that cannot be said in common words, such as one that makes a table anew to which others refer.
fn own_words(version: usize) -> Option<&'static str> {
    match version {
        version if version == FIRST.0 => Some(FIRST.1),
        _ => None,
    }
}

/// Brings the database to the newest of `scripts`, all in one transaction and one process at a time.
pub(in crate::ledger) fn migrate(session: &Session, scripts: &[&str]) -> Result<()> {
    session.begin_alone()?;
    match apply(session, scripts) {
        Ok(()) => Ok(session.commit()?),
        Err(error) => {
            // The error that led here is the one to report.
            let _ = session.batch("ROLLBACK");
            Err(error)
        }
    }
}

fn apply(session: &Session, scripts: &[&str]) -> Result<()> {
    let shown = session.place().shown();
    let (version, newest) = (version(session)?, scripts.len());
    if version > newest {
        bail!(
            "the ledger `{shown}` was written by a newer scorepost (its version is {version}, this program knows \
             {newest}): run that newer program, or restore what `pg_dump` saved before the upgrade"
        );
    }
    if version == newest {
        return Ok(());
    }
    if version > 0 {
        tracing::warn!(
            ledger.version = version,
            "the ledger is brought to a newer version; on PostgreSQL only `pg_dump` makes a copy to go back to"
        );
    }
    for (index, script) in scripts.iter().enumerate().skip(version.max(FIRST.0 - 1)) {
        let words = own_words(index + 1).map_or_else(|| dialect::migration(script), str::to_owned);
        session.batch(&words).with_context(|| format!("cannot apply ledger version {}", index + 1))?;
    }
    session.batch(COUNT_ON)?;
    session.execute("UPDATE scorepost_ledger SET version = ?1", &[Value::Integer(newest as i64)])?;
    Ok(())
}

/// How far the database is; makes the frame of a new one, and refuses a schema in which another program keeps tables.
fn version(session: &Session) -> Result<usize> {
    let one = |sql: &str| -> Result<i64> {
        let rows = session.query(sql, &[])?;
        match rows.rows.first().and_then(|row| row.first()) {
            Some(Value::Integer(number)) => Ok(*number),
            _ => bail!("the ledger `{}` does not tell its version: restore a backup", session.place().shown()),
        }
    };
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()";
    if one(&format!("{tables} AND tablename = 'scorepost_ledger'"))? == 0 {
        if one(tables)? > 0 {
            bail!(
                "another program has tables in the database `{}`: give the ledger a database of its own in \
                 `SCOREPOST_LEDGER_URL`",
                session.place().shown()
            );
        }
        session.batch(FRAME).context("cannot make the ledger's tables: its user must own the database")?;
    }
    Ok(one("SELECT version FROM scorepost_ledger")? as usize)
}
