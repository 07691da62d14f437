//! Lines that only read a ledger's file, so that whoever looks waits for no writer and for no other reader.

use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use anyhow::Result;

use super::file;
use super::store::Connection;

/// As many are kept open while nobody reads.
const KEPT: usize = 16;

/// The idle lines of one ledger.
#[derive(Default)]
pub(super) struct Readers {
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Runs `work` on a line of its own.
    ///
    /// A write-ahead log shows each reader what was last committed, whoever writes meanwhile.
    pub(super) fn read<T>(&self, path: &Path, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let line = match self.idle().pop() {
            Some(line) => line,
            None => Connection::Sqlite(file::open_to_read(path)?),
        };
        let found = work(&line);
        let mut idle = self.idle();
        if idle.len() < KEPT {
            idle.push(line);
        }
        found
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        // A line is only in the list while nobody works on it.
        self.idle.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
