//! Notices a ledger that was put back from an old backup: it has forgotten mails that went out, and would send them again.
//!
//! Each mail that is put in doubt is counted in the ledger and, after the commit, in a file beside it that no backup
//! contains. The file is never ahead of its own ledger, so when it is, the ledger is an older one.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};
use rusqlite::{Connection, params};

use super::Ledger;
use super::file::new_private_file;
use crate::failpoint;

/// Counts one mail more, inside the transaction that puts it in doubt; returns how many there were in all.
pub(super) fn count_mark(connection: &Connection) -> Result<u64> {
    let sql = "UPDATE send_marks SET marks = marks + 1 RETURNING marks";
    Ok(connection.query_row(sql, params![], |row| row.get::<_, i64>(0))?.unsigned_abs())
}

impl Ledger {
    /// Writes the count beside the ledger. Losing it only weakens the check, so a failure does not stop the mail.
    pub(super) fn note_marks(&self, marks: u64) {
        let Some(path) = self.marks_path() else { return };
        failpoint::pass(|| "send marks begin");
        if let Err(error) = fs::write(&path, marks.to_string()) {
            tracing::warn!(ledger.path = %self.place(), %error, "cannot note beside the ledger that a mail goes out");
        }
        failpoint::pass(|| "send marks are noted");
    }

    /// Refuses to go on sending from a ledger that is older than the file beside it.
    pub(super) fn refuse_older_than_marks(&self) -> Result<()> {
        let Some(path) = self.marks_path() else { return Ok(()) };
        // A torn or missing note is no proof of anything.
        let Some(noted) = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse::<u64>().ok()) else {
            return Ok(());
        };
        let known = self.read(|connection| {
            Ok(connection.query_row("SELECT marks FROM send_marks", [], |row| row.get::<_, i64>(0))?.unsigned_abs())
        })?;
        if noted > known {
            bail!(
                "the ledger `{}` does not know every mail that went out ({} missing), so it may have been put back \
                 from a backup: see in the relay's log who got them, then delete `{}` to send on from this ledger",
                self.place(),
                noted - known,
                path.display()
            );
        }
        Ok(())
    }

    /// Makes the file beside the ledger, private to its owner.
    pub(super) fn ensure_marks(&self) {
        if let Some(path) = self.marks_path()
            && let Ok(mut file) = new_private_file(&path)
        {
            let _ = file.write_all(b"0");
        }
    }

    /// The file beside the ledger; none for a ledger in memory.
    fn marks_path(&self) -> Option<PathBuf> {
        let mut name = self.shared.path.file_name()?.to_owned();
        name.push(".send-marks");
        (!self.is_in_memory()).then(|| self.shared.path.with_file_name(name))
    }
}
