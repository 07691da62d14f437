//! What every page needs while the console is open.

use std::num::NonZero;
use std::sync::{Arc, Mutex};

use tokio::sync::{Semaphore, watch};

use super::passwords::Decoy;
use super::setup::SetupToken;
use super::{Console, JobCard};

/// Passwords that are checked at the same time; each takes 32 MiB and a core.
const PASSWORDS_AT_ONCE: usize = 2;
/// Pages for each core that are composed at the same time; the others wait in the order in which they were asked for, which is
/// shorter for all of them than to share the cores.
const PAGES_PER_CORE: usize = 4;

/// The console at work: its inputs, and the little that lives only in memory.
pub struct Desk {
    /// What came from outside.
    pub console: Console,
    /// Bounds the hashing of passwords.
    pub hashing: Arc<Semaphore>,
    /// Bounds the pages that are composed at the same time.
    pub reading: Arc<Semaphore>,
    /// Checked instead of a password when there is no such user, so that time tells nothing.
    pub decoy: Decoy,
    /// The invitation of the first user until it is used.
    pub setup: Mutex<Option<SetupToken>>,
    /// Becomes true when the process stops; ends the streams of events.
    pub stopping: watch::Sender<bool>,
}

impl Desk {
    /// Opens the desk.
    pub fn new(mut console: Console) -> anyhow::Result<Self> {
        let setup = Mutex::new(console.setup.take());
        let hashing = Arc::new(Semaphore::new(PASSWORDS_AT_ONCE));
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let reading = Arc::new(Semaphore::new(PAGES_PER_CORE * cores));
        Ok(Self { console, hashing, reading, decoy: Decoy::new()?, setup, stopping: watch::Sender::new(false) })
    }

    /// The job of this id.
    pub fn job(&self, id: &str) -> Option<&JobCard> {
        self.console.jobs.iter().find(|job| job.id == id)
    }
}
