//! The ledger (台账): what ran, what was found, what was sent to whom, who may see, who did what.
//!
//! One SQLite file, private to its owner, synced at every commit. It knows no stage: callers give it plain values.
//! Every call is short and synchronous; from async code, call it inside `spawn_blocking` when it is in a loop.
//! One file per family of records; this one holds the contract of opening, reading and writing.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use crate::clock::Clock;

mod audit;
mod cards;
mod claims;
mod deliveries;
mod delivery_state;
mod documents;
mod file;
mod findings;
pub mod holder;
mod keys;
mod occurrences;
mod outcomes;
mod past;
mod people;
mod proposals;
mod requests;
mod runs;
mod schema;
mod send_marks;
mod sessions;
mod sign_ins;
mod starts;
mod stored;
mod teams;

pub use audit::AuditEntry;
pub use cards::{CardSummary, CardWish, CardedPeriod};
pub use claims::Recovery;
pub use deliveries::{Delivery, NewDelivery, RecipientRole, Resolution};
pub use delivery_state::DeliveryState;
pub use documents::{Document, DocumentKind, NewDocument, SHOP};
pub use holder::{Claim, Holder, Worker, alive, claim as claim_run, worker};
pub use occurrences::{Occurrence, OccurrenceState};
pub use past::PastResult;
pub use people::{Role, User};
pub use proposals::{
    Bar, Decision, Ended, NewProposal, Proposal, ProposalState, Undecided, Verdict, Wanted as WantedProposals,
};
pub use requests::{NewRequest, Request, RequestKind, RequestState};
pub use runs::{NewRun, Pins, Run, RunState, Scope, Trigger};
pub use sessions::Session;

/// The record of everything; cheap to clone, clones share one connection.
#[derive(Clone)]
pub struct Ledger {
    shared: Arc<Shared>,
}

struct Shared {
    connection: Mutex<Connection>,
    clock: Clock,
    path: PathBuf,
    /// Set when a sync failed: what the disk holds is then unknown, and trying again could hide a loss.
    broken: AtomicBool,
}

/// The path of a ledger that has no file.
const IN_MEMORY: &str = ":memory:";

/// SQLite's extended codes for a failed sync of the file or of its folder.
const FAILED_SYNCS: [i32; 2] = [1034, 1290];

impl Ledger {
    /// Opens the ledger at `path`, making or migrating it as needed; times come from `clock`.
    ///
    /// Refuses a damaged file, another program's database and the ledger of a newer version, and changes none of them.
    pub fn open(path: &Path, clock: Clock) -> Result<Self> {
        let ledger = Self::over(file::open(path)?, path, clock);
        ledger.ensure_keys()?;
        ledger.ensure_marks();
        Ok(ledger)
    }

    /// A ledger that ends with the process, for tests.
    pub fn open_in_memory(clock: Clock) -> Result<Self> {
        let ledger = Self::over(file::open_in_memory()?, Path::new(IN_MEMORY), clock);
        ledger.ensure_keys()?;
        Ok(ledger)
    }

    fn over(connection: Connection, path: &Path, clock: Clock) -> Self {
        let connection = Mutex::new(connection);
        Self { shared: Arc::new(Shared { connection, clock, path: path.to_owned(), broken: AtomicBool::new(false) }) }
    }

    fn is_in_memory(&self) -> bool {
        self.shared.path == Path::new(IN_MEMORY)
    }

    /// Its path for messages.
    fn place(&self) -> std::path::Display<'_> {
        self.shared.path.display()
    }

    fn now(&self) -> DateTime<Utc> {
        self.shared.clock.now()
    }

    /// Runs `work` on the connection, for questions.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let connection = self.connection()?;
        work(&connection).map_err(|error| self.explained(error))
    }

    /// Runs `work` in one transaction that is on the disk when this returns; an error undoes all of it.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut connection = self.connection()?;
        committed(&mut connection, work).map_err(|error| self.explained(error))
    }

    fn connection(&self) -> Result<MutexGuard<'_, Connection>> {
        if self.shared.broken.load(Ordering::SeqCst) {
            bail!(
                "the ledger `{}` is closed after a failed sync: check the disk and start scorepost again",
                self.place()
            );
        }
        // A panic in `work` has rolled its transaction back, so the connection behind a poisoned lock is sound.
        Ok(self.shared.connection.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    /// Adds the place and the next action to an error of the database.
    fn explained(&self, error: anyhow::Error) -> anyhow::Error {
        let Some(rusqlite::Error::SqliteFailure(failure, _)) = error.downcast_ref::<rusqlite::Error>() else {
            return error;
        };
        let next = match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                "is locked by another process: look for a second scorepost or a tool that has it open"
            }
            ErrorCode::DiskFull => "cannot grow: free some space and try again, what was recorded is kept",
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                "is damaged: stop scorepost and restore a backup made by `scorepost ledger backup`"
            }
            ErrorCode::SystemIoFailure if FAILED_SYNCS.contains(&failure.extended_code) => {
                self.shared.broken.store(true, Ordering::SeqCst);
                "could not be synced: check the disk and start scorepost again"
            }
            ErrorCode::SystemIoFailure => "cannot be read or written: check the disk, its quota and its permissions",
            ErrorCode::ReadOnly => "is read-only: check the permissions of the file and its folder",
            _ => "refused a statement",
        };
        let context = format!("the ledger `{}` {next}", self.place());
        error.context(context)
    }
}

fn committed<T>(connection: &mut Connection, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = work(&transaction)?;
    transaction.commit().context("cannot commit")?;
    Ok(value)
}

/// Fails unless a statement touched exactly the row that it named.
fn touched(rows: usize, what: &str, name: impl std::fmt::Display) -> Result<()> {
    if rows == 0 {
        bail!("the ledger has no {what} `{name}`");
    }
    Ok(())
}

#[cfg(test)]
mod bench;

/// Whether an error came from the ledger's database.
pub fn is_at_fault(error: &anyhow::Error) -> bool {
    error.downcast_ref::<rusqlite::Error>().is_some()
}
