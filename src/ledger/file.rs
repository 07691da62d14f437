//! The ledger's file: made for its owner alone, checked when opened, copied whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{IN_MEMORY, Ledger, schema};
use crate::failpoint;

/// How long a call waits for another process that is writing.
const BUSY: Duration = Duration::from_secs(5);
/// How many statements a connection keeps ready; a page of the console asks with dozens, and the library keeps sixteen.
const STATEMENTS: usize = 128;

/// Bytes up to which the whole file is checked whenever it is opened: some hundredths of a second.
const READ_THROUGH: u64 = 64 << 20;

/// Opens the database file, makes it if it is not there, and brings it to the newest version.
pub(super) fn open(path: &Path) -> Result<Connection> {
    let folder = folder_of(path);
    make_private_folder(&folder)?;
    // Switching a new file to WAL does not wait for others that do the same, so openers take turns.
    let turn = File::open(&folder).with_context(|| format!("cannot open the folder `{}`", folder.display()))?;
    turn.lock().with_context(|| format!("cannot lock the folder `{}`", folder.display()))?;
    let existed = make_private_file(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)
        .with_context(|| format!("cannot open the ledger `{}`: check its permissions", path.display()))?;
    connection.busy_timeout(BUSY)?;
    let settled = settle(&mut connection, path, existed);
    settled.map_err(|error| match error.is::<rusqlite::Error>() {
        true => error.context(format!(
            "cannot open the ledger `{}`: check the disk and the permissions of its folder",
            path.display()
        )),
        false => error,
    })?;
    Ok(connection)
}

/// Opens one more line to a database that is open already, which can only read.
pub(super) fn open_to_read(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    keep_statements(&connection)?;
    Ok(connection)
}

/// Statements are read and planned once for each connection.
///
/// Without the guarantee that a plan depends on no value, SQLite plans a statement anew whenever a number or a text that is
/// compared in it is given: at every call of most of ours.
fn keep_statements(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Opens a database only to look into it: nothing is made, mended or migrated. None when its version is another.
pub(super) fn look(path: &Path) -> Result<Option<Connection>> {
    let cannot = || format!("cannot open the ledger `{}` to read it: check its permissions", path.display());
    let connection = open_to_read(path).with_context(cannot)?;
    schema::refuse_foreign(&connection, path).with_context(cannot)?;
    Ok((schema::version(&connection)? == schema::MIGRATIONS.len()).then_some(connection))
}

/// Looks before it writes: a file that is damaged or not ours is left as it is.
fn settle(connection: &mut Connection, path: &Path, existed: bool) -> Result<()> {
    if existed {
        quick_check(connection, path)?;
        schema::refuse_foreign(connection, path)?;
        keep_older(connection, path)?;
    }
    prepare(connection)?;
    schema::migrate(connection, path, schema::MIGRATIONS)
}

/// Before a ledger of an older version is changed, a whole copy of it is put beside it.
fn keep_older(connection: &Connection, path: &Path) -> Result<()> {
    let version = schema::version(connection)?;
    let copy = path.with_extension(format!("version-{version}.sqlite"));
    if version == 0 || version >= schema::MIGRATIONS.len() || copy.exists() {
        return Ok(());
    }
    let part = copy.with_extension("part");
    if part.exists() {
        fs::remove_file(&part)?;
    }
    new_private_file(&part).with_context(|| format!("cannot make the backup `{}`", part.display()))?;
    let target = part.to_str().with_context(|| format!("`{}` is not UTF-8", part.display()))?;
    connection.execute("VACUUM INTO ?1", [target]).with_context(|| format!("cannot write `{}`", part.display()))?;
    File::open(&part)?.sync_all()?;
    fs::rename(&part, &copy)?;
    Ok(File::open(folder_of(path))?.sync_all()?)
}

/// Opens a database that ends with the process.
pub(super) fn open_in_memory() -> Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    prepare(&connection)?;
    schema::migrate(&mut connection, Path::new(IN_MEMORY), schema::MIGRATIONS)?;
    Ok(connection)
}

/// Write-ahead log with a sync at every commit: anything less loses marks in a power cut, and mails go out twice.
fn prepare(connection: &Connection) -> Result<()> {
    keep_statements(connection)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", failpoint::sync_level("FULL"))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is overwritten, so that nobody reads it out of the file.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(())
}

/// Refuses a damaged file.
///
/// A large one is not read through, or every command would take as long as its disk needs for years of cards: of it the head,
/// the schema and the runs are looked at. Damage elsewhere is told by whoever meets it, by `ledger check` and by a backup.
fn quick_check(connection: &Connection, path: &Path) -> Result<()> {
    let is_large = fs::metadata(path)?.len() > READ_THROUGH;
    let verdict = faults(connection, if is_large { "PRAGMA quick_check(runs)" } else { "PRAGMA quick_check(5)" });
    let faults = match verdict {
        Ok(faults) if faults.is_empty() => return Ok(()),
        Ok(faults) => faults.join("; "),
        Err(error) if is_damage(&error) => error.to_string(),
        Err(error) => return Err(error).with_context(|| format!("cannot read the ledger `{}`", path.display())),
    };
    bail!(
        "the ledger `{}` is damaged ({faults}): stop scorepost, keep a copy of the file with its `-wal` and `-shm`, \
         and put a backup made by `scorepost ledger backup` in its place; nothing was deleted",
        path.display()
    )
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

/// What SQLite says is wrong; empty when it says `ok`.
fn faults(connection: &Connection, pragma: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(pragma)?;
    let lines: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Makes the data folder for its owner alone; a folder that is already there keeps the permissions it was given.
pub(super) fn make_private_folder(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make the data folder `{}`", folder.display()))?;
    restrict(folder, 0o700)
}

/// Makes the file with mode 0600 before SQLite sees it, so that `-wal` and `-shm`, which copy its mode, are private too.
///
/// Returns whether something was in it before. An existing file is never opened here: closing it would
/// drop the locks that another connection of this process holds on it.
fn make_private_file(path: &Path) -> Result<bool> {
    match new_private_file(path) {
        Ok(_) => File::open(folder_of(path))?.sync_all()?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => restrict(path, 0o600)?,
        Err(error) => {
            return Err(error)
                .with_context(|| format!("cannot make the ledger `{}`: the folder must be writable", path.display()));
        }
    }
    let length = fs::metadata(path).with_context(|| format!("cannot read the ledger `{}`", path.display()))?.len();
    Ok(length > 0)
}

/// Makes an empty file with mode 0600, whatever the umask; refuses one that is already there.
pub(super) fn new_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.sync_all()?;
    Ok(file)
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if fs::metadata(path)?.permissions().mode() & 0o777 == mode {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .with_context(|| format!("cannot make `{}` private: its owner must run scorepost", path.display()))
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> Result<()> {
    Ok(())
}

impl Ledger {
    /// Checks every page, index and reference of the database; the error names what is wrong and what to do.
    ///
    /// A server looks after its own pages and references (`pg_amcheck` checks them), so that nothing is done there.
    pub fn integrity(&self) -> Result<()> {
        self.read(|connection| {
            if connection.is_shared() {
                return Ok(());
            }
            let connection = connection.file()?;
            let mut wrong = faults(connection, "PRAGMA integrity_check(20)")?;
            let mut statement = connection.prepare("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check")?;
            let dangling = statement.query_map([], |row| {
                let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
                Ok(format!("a row of `{table}` points to a row of `{parent}` that is not there"))
            })?;
            wrong.extend(dangling.collect::<rusqlite::Result<Vec<_>>>()?);
            if !wrong.is_empty() {
                bail!(
                    "the ledger `{}` is damaged ({}): restore a backup made by `scorepost ledger backup`",
                    self.place(),
                    wrong.join("; ")
                );
            }
            Ok(())
        })
    }

    /// Leaves nothing of deleted rows in the file, its log or the copies that were made before an upgrade.
    pub fn scrub(&self) -> Result<()> {
        let super::Place::File(path) = &self.shared.place else { return Ok(()) };
        self.on_the_line(|connection| {
            Ok(connection.file()?.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")?)
        })?;
        for version in 1..schema::MIGRATIONS.len() {
            let copy = path.with_extension(format!("version-{version}.sqlite"));
            if copy.exists() {
                fs::remove_file(&copy).with_context(|| format!("cannot remove `{}`", copy.display()))?;
            }
        }
        Ok(())
    }

    /// Checks every page and reference of a copy that was just made, without changing it.
    pub fn check_backup(path: &Path) -> Result<()> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .with_context(|| format!("cannot read the backup `{}`", path.display()))?;
        let mut wrong = faults(&connection, "PRAGMA integrity_check(20)")?;
        let sql = "SELECT count(*) FROM pragma_foreign_key_check";
        let dangling: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        wrong.extend((dangling > 0).then(|| format!("{dangling} references lead nowhere")));
        if !wrong.is_empty() {
            bail!(
                "the backup `{}` is not whole ({}): check the disk and make another",
                path.display(),
                wrong.join("; ")
            );
        }
        Ok(())
    }

    /// Writes a whole, compact copy to `path`, private to its owner; a file that is already there is refused.
    pub fn backup(&self, path: &Path) -> Result<()> {
        new_private_file(path)
            .with_context(|| format!("cannot make the backup `{}`: give a path that is free", path.display()))?;
        let copied = self.read(|connection| {
            let target = path.to_str().with_context(|| format!("`{}` is not UTF-8", path.display()))?;
            connection.file()?.execute("VACUUM INTO ?1", [target])?;
            File::open(path)?.sync_all()?;
            File::open(folder_of(path))?.sync_all()?;
            Ok(())
        });
        if copied.is_err() {
            // What was begun is ours and is not a backup; the error that led here is the one to report.
            let _ = fs::remove_file(path);
        }
        copied.with_context(|| format!("cannot write the backup `{}`", path.display()))
    }
}

#[cfg(test)]
mod tests;
