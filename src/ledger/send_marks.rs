//! Notices a ledger that was put back from an old backup: it has forgotten mails that went out, and would send them again.
//!
//! Each mail that is put in doubt is counted in the ledger and, after the commit, in a file beside it that no backup
//! contains. The file is never ahead of its own ledger, so when it is, the ledger is an older one.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::file::new_private_file;
use super::store::{Connection, params};
use super::{Ledger, Place};
use crate::failpoint;

/// Counts one mail more, inside the transaction that puts it in doubt; returns how many there were in all.
///
/// Not on a server: there is no file beside it, and all workers would wait for the one row of this number.
pub(super) fn count_mark(connection: &Connection) -> Result<u64> {
    if connection.is_shared() {
        return Ok(0);
    }
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
        self.older_than_its_mails()?.map_or(Ok(()), |why| bail!(why))
    }

    /// Says so when the ledger does not know every mail that went out, because an old backup was put in its place.
    pub fn older_than_its_mails(&self) -> Result<Option<String>> {
        let Some(path) = self.marks_path() else { return Ok(None) };
        // A torn or missing note is no proof of anything.
        let Some(noted) = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse::<u64>().ok()) else {
            return Ok(None);
        };
        let known = self.read(|connection| {
            Ok(connection.query_row("SELECT marks FROM send_marks", [], |row| row.get::<_, i64>(0))?.unsigned_abs())
        })?;
        let missing = noted.saturating_sub(known);
        Ok((missing > 0).then(|| {
            format!(
                "the ledger `{}` does not know every mail that went out ({missing} missing), so it may have been put back \
                 from a backup: see in the relay's log who got them, then delete `{}` to send on from this ledger",
                self.place(),
                path.display()
            )
        }))
    }

    /// Makes the file beside the ledger, private to its owner.
    pub(super) fn ensure_marks(&self) {
        if let Some(path) = self.marks_path()
            && let Ok(mut file) = new_private_file(&path)
        {
            let _ = file.write_all(b"0");
        }
    }

    /// The file beside the ledger; none for a ledger in memory or on a server.
    fn marks_path(&self) -> Option<PathBuf> {
        let Place::File(path) = self.place() else { return None };
        let mut name = path.file_name()?.to_owned();
        name.push(".send-marks");
        Some(path.with_file_name(name))
    }
}
