//! The shape of the database and its versions.

use std::path::Path;

use anyhow::{Context, Result, bail};
use rusqlite::{Connection, TransactionBehavior};

/// Marks a database as ours (`score` in ASCII, shortened to 31 bits).
const APPLICATION: i32 = 0x5363_6f72;

/// One script per version; a script that has been released is never edited again.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
    include_str!("migrations/0007.sql"),
    include_str!("migrations/0008.sql"),
    include_str!("migrations/0009.sql"),
    include_str!("migrations/0010.sql"),
    include_str!("migrations/0011.sql"),
    include_str!("migrations/0012.sql"),
    include_str!("migrations/0013.sql"),
    include_str!("migrations/0014.sql"),
    include_str!("migrations/0015.sql"),
    include_str!("migrations/0016.sql"),
    include_str!("migrations/0017.sql"),
    include_str!("migrations/0018.sql"),
    include_str!("migrations/0019.sql"),
];

/// How many scripts the database has seen; nought for a new one.
pub(super) fn version(connection: &Connection) -> Result<usize> {
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(version as usize)
}

/// Brings the database to the newest of `scripts`, all in one transaction: a kill in between changes nothing.
///
/// A script may make a table anew to which others refer, so references are looked at when all are done and not before.
pub(super) fn migrate(connection: &mut Connection, path: &Path, scripts: &[&str]) -> Result<()> {
    connection.pragma_update(None, "foreign_keys", false)?;
    let applied = apply(connection, path, scripts);
    connection.pragma_update(None, "foreign_keys", true)?;
    applied
}

fn apply(connection: &mut Connection, path: &Path, scripts: &[&str]) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (version, newest) = (version(&transaction)?, scripts.len());
    if version > newest {
        bail!(
            "the ledger `{}` was written by a newer scorepost (its version is {version}, this program knows {newest}): \
             run that newer program, or restore a backup made before the upgrade",
            path.display()
        );
    }
    let application: i32 = transaction.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if version == newest && application == APPLICATION {
        // Whoever only looks leaves every byte of the file as it is.
        return Ok(());
    }
    for (index, script) in scripts.iter().enumerate().skip(version) {
        transaction.execute_batch(script).with_context(|| format!("cannot apply ledger version {}", index + 1))?;
    }
    let dangling: i64 = transaction.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))?;
    if dangling > 0 {
        bail!(
            "{dangling} rows of the ledger `{}` would point to rows that are not there; nothing was changed",
            path.display()
        );
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", newest as u32)?;
    transaction.commit()?;
    Ok(())
}

/// Refuses a database of another program, before anything is written to it.
pub(super) fn refuse_foreign(connection: &Connection, path: &Path) -> Result<()> {
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION && tables > 0 {
        bail!(
            "`{}` is a database of another program: give the ledger a path of its own in `SCOREPOST_DATA` \
             or `SCOREPOST_LEDGER_URL`",
            path.display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(connection: &Connection) -> usize {
        super::version(connection).expect("a version")
    }

    #[test]
    fn versions_are_applied_once_and_in_order() {
        let mut connection = Connection::open_in_memory().expect("a database");
        let path = Path::new("x");
        let first = "CREATE TABLE a (n INTEGER) STRICT; INSERT INTO a VALUES (1);";
        let second = "INSERT INTO a SELECT n + 1 FROM a;";
        migrate(&mut connection, path, &[first]).expect("version 1");
        migrate(&mut connection, path, &[first, second]).expect("version 2");
        migrate(&mut connection, path, &[first, second]).expect("nothing to do");
        let rows: i64 = connection.query_row("SELECT sum(n) FROM a", [], |row| row.get(0)).expect("rows");
        assert_eq!((version(&connection), rows), (2, 3));
    }

    #[test]
    fn a_migration_that_stops_halfway_leaves_nothing() {
        let mut connection = Connection::open_in_memory().expect("a database");
        let scripts = ["CREATE TABLE a (n INTEGER) STRICT;", "CREATE TABLE b (n INTEGER) STRICT; SELECT nonsense;"];
        migrate(&mut connection, Path::new("x"), &scripts).expect_err("the second script fails");
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).expect("n");
        assert_eq!((version(&connection), tables), (0, 0));
    }

    #[test]
    fn a_table_that_others_refer_to_can_be_made_anew() {
        let mut connection = Connection::open_in_memory().expect("a database");
        let path = Path::new("x");
        let first = "CREATE TABLE a (n INTEGER PRIMARY KEY) STRICT; INSERT INTO a VALUES (1); \
                     CREATE TABLE b (n INTEGER REFERENCES a (n)) STRICT; INSERT INTO b VALUES (1);";
        let anew = "CREATE TABLE c (n INTEGER PRIMARY KEY) STRICT; INSERT INTO c SELECT n FROM a; DROP TABLE a; \
                    ALTER TABLE c RENAME TO a;";
        let lossy = "DELETE FROM a;";
        migrate(&mut connection, path, &[first]).expect("version 1");
        migrate(&mut connection, path, &[first, anew]).expect("version 2");
        migrate(&mut connection, path, &[first, anew, lossy]).expect_err("a row of `b` would point nowhere");
        assert_eq!(version(&connection), 2);
        connection.execute("INSERT INTO b VALUES (2)", []).expect_err("references are looked at again");
    }

    #[test]
    fn nobody_is_mailed_about_appeals_that_were_refused_before_refusals_were_told() {
        let mut connection = Connection::open_in_memory().expect("a database");
        let path = Path::new("x");
        migrate(&mut connection, path, &MIGRATIONS[..16]).expect("an older ledger");
        connection.pragma_update(None, "foreign_keys", false).expect("appeals alone");
        for (state, answered) in [("refused", "'2026-10-01T00:00:00Z'"), ("open", "NULL"), ("refused", "''")] {
            let sql = format!(
                "INSERT INTO appeals (document_id, line, label, reason, opened_at, state, answer, answered_by, answered_at) \
                 VALUES (1, 'x', 'x', 'x', '2026-10-01T00:00:00Z', '{state}', 'no', 'hr', {answered})"
            );
            connection.execute(&sql, []).expect("an appeal");
        }
        let script = MIGRATIONS[16];
        connection.execute_batch(script).expect("version 17");
        let told = "SELECT count(*) FROM appeals WHERE state = 'refused' AND told_at IS NULL";
        let untold: i64 = connection.query_row(told, [], |row| row.get(0)).expect("a count");
        assert_eq!(untold, 0);
        let open = "SELECT count(*) FROM appeals WHERE state = 'open' AND told_at IS NULL";
        assert_eq!(connection.query_row(open, [], |row| row.get::<_, i64>(0)).expect("a count"), 1);
    }

    #[test]
    fn a_newer_version_is_refused_with_the_next_action() {
        let mut connection = Connection::open_in_memory().expect("a database");
        connection.pragma_update(None, "user_version", 99).expect("a version");
        let error = migrate(&mut connection, Path::new("data/ledger.sqlite"), MIGRATIONS).expect_err("refused");
        let text = error.to_string();
        assert!(text.contains("`data/ledger.sqlite`") && text.contains("newer") && text.contains("restore"), "{text}");
        assert_eq!(version(&connection), 99);
    }
}
