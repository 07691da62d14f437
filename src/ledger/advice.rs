//! What an error of the database means to whoever reads it: where it happened and what to do next.

use std::sync::atomic::Ordering;

use rusqlite::ErrorCode;
use tokio_postgres::error::SqlState;

use super::Ledger;
use super::store::Error;

/// SQLite's extended codes for a failed sync of the file or of its folder.
const FAILED_SYNCS: [i32; 2] = [1034, 1290];

impl Ledger {
    /// Adds the place and the next action to an error of the database.
    pub(super) fn explained(&self, error: anyhow::Error) -> anyhow::Error {
        let next = match error.downcast_ref::<Error>() {
            Some(Error::Sqlite(failure)) => of_file(failure),
            Some(Error::Postgres(failure)) => of_postgres(failure),
            Some(Error::Uncertain(_)) => {
                "lost its line while a change was being kept, and nobody knows whether it was: it is looked at again \
                 before anything is done twice"
            }
            // What only a file has is asked without the store.
            _ => error.downcast_ref::<rusqlite::Error>().map_or("", of_file),
        };
        if next.is_empty() {
            return error;
        }
        if next == UNSYNCED {
            self.shared.broken.store(true, Ordering::SeqCst);
        }
        let context = format!("the ledger `{}` {next}", self.place());
        error.context(context)
    }
}

const UNSYNCED: &str = "could not be synced: check the disk and start scorepost again";

/// What to do about a failure of the file; empty for an error that is none.
fn of_file(error: &rusqlite::Error) -> &'static str {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => of_sqlite(*failure),
        _ => "",
    }
}

fn of_sqlite(failure: rusqlite::ffi::Error) -> &'static str {
    match failure.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            "is locked by another process: look for a second scorepost or a tool that has it open"
        }
        ErrorCode::DiskFull => "cannot grow: free some space and try again, what was recorded is kept",
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            "is damaged: stop scorepost and restore a backup made by `scorepost ledger backup`"
        }
        ErrorCode::SystemIoFailure if FAILED_SYNCS.contains(&failure.extended_code) => UNSYNCED,
        ErrorCode::SystemIoFailure => "cannot be read or written: check the disk, its quota and its permissions",
        ErrorCode::ReadOnly => "is read-only: check the permissions of the file and its folder",
        _ => "refused a statement",
    }
}

/// Whether the line to the ledger broke: what was being done is not over, and goes on when the line is back.
pub fn lost_its_line(error: &anyhow::Error) -> bool {
    match error.downcast_ref::<Error>() {
        Some(Error::Uncertain(_)) => true,
        Some(Error::Postgres(failure)) => failure.code().is_none_or(|code| {
            matches!(*code, SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW)
        }),
        _ => false,
    }
}

fn of_postgres(failure: &tokio_postgres::Error) -> &'static str {
    match failure.code() {
        None => "cannot be reached: check that the server runs and the line to it holds; it is tried again",
        Some(&(SqlState::LOCK_NOT_AVAILABLE | SqlState::T_R_DEADLOCK_DETECTED)) => {
            "is locked by another process: look for a scorepost that hangs, or a tool that has it open"
        }
        Some(&(SqlState::DISK_FULL | SqlState::OUT_OF_MEMORY | SqlState::TOO_MANY_CONNECTIONS)) => {
            "has no room left: give the server disk, memory or connections; what was recorded is kept"
        }
        Some(&(SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW)) => {
            "was stopped: start the server again; it is tried again"
        }
        Some(&(SqlState::INSUFFICIENT_PRIVILEGE | SqlState::READ_ONLY_SQL_TRANSACTION)) => {
            "may not be written to: its user must own the tables, and the server must not be a standby"
        }
        Some(_) => "refused a statement",
    }
}

/// Whether an error came from the ledger's database.
pub fn is_at_fault(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Error>().is_some()
}
