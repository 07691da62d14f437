//! What was fetched is kept: bodies by their hash, and what every walk asked for, when, and what became of it.
//!
//! ```text
//! raw/HH/HASH.zst                                 bodies, compressed, by their SHA-256
//! pulls/SOURCE/resources/RESOURCE/pages/WALK.jsonl  the pages of one walk: resource × days × ids
//!                                /walks.jsonl       the finished walks: from this line on a walk is there
//!                                /loads.jsonl       which rows of them lie in the lake, under which mapping
//! pulls/SOURCE/periods/PERIOD.json                the reading: the walks that a pull for this period uses
//! lake/TABLE/DAY/SOURCE.RESOURCE.LOAD.parquet     the rows (see `lake`)
//! ```
//!
//! | type | is | lives |
//! |---|---|---|
//! | [`Errand`] | what a walk asks for: days, ids, and the fingerprint of its first request | in its walk |
//! | [`Pages`] | the pages of one walk, finished or not | until the walk is begun anew |
//! | [`KeptWalk`] | a finished walk: errand, when it was begun, the hash of its pages | for ever |
//! | [`Load`] | rows of walks in the lake, and what mapping them told | until the mapping changes or a file is damaged |
//! | [`Reading`] | what one pull of a source for a period uses: walks, each with the days for which it stands | for ever; the newest counts |
//!
//! Walks belong to the source, not to a period: what a daily job fetched serves the weekly and the monthly run. Which
//! days and ids are covered is computed from the walks (`coverage`), never kept beside them. Pages and walks are the
//! truth and are durable before a list names them; the lake follows from them and can be written anew without asking.
//! A reading pins what a period used, so that its repeat gives the same although later walks know better.

mod blob;
mod desk;
mod durable;
mod expiry;
mod list;
mod load;
mod proof;
mod reading;
mod shelf;
mod walk;

use std::path::{Path, PathBuf};

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use desk::{Desk, Failure};
pub use expiry::OldPage;
pub use load::{Facts, LakeFile, Load, Mapped, Told};
pub use reading::{Days, Reading, Use, Used};
pub use shelf::Shelf;
pub use walk::{Errand, KeptWalk, Pages};

pub use durable::{Unfinished, write_whole};

/// A later pull gave other rows for a day that was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Difference {
    /// The source.
    pub source: String,
    /// The table.
    pub table: String,
    /// The day of the rows; none for rows without one.
    pub day: Option<NaiveDate>,
    /// Rows that were not there before.
    pub added: u64,
    /// Rows that are no longer there.
    pub removed: u64,
    /// Rows with the same key and another value.
    pub changed: u64,
    /// When the later pull was begun.
    pub at: DateTime<Utc>,
}

/// The folder of pages, walks and rows; cheap to clone.
#[derive(Clone, Debug)]
pub struct RawStore {
    data: PathBuf,
}

impl RawStore {
    /// The store inside the data folder; folders are made when something is kept.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self { data: data.into() }
    }

    /// The body of that hash; `None` when it is not there or its file is damaged.
    pub fn body(&self, sha256: &str) -> Option<Vec<u8>> {
        blob::read(&self.blob_path(sha256), sha256)
    }

    /// Keeps a body durably and gives its hash.
    ///
    /// # Errors
    /// When the disk refuses; nothing half-written has the final name.
    pub fn keep(&self, body: &[u8]) -> Result<String> {
        let sha256 = blob::hash(body);
        blob::write(&self.blob_path(&sha256), body)?;
        Ok(sha256)
    }

    /// What is kept of a source.
    pub(crate) fn desk(&self, source: &str) -> Desk {
        Desk::new(self.data.join("pulls").join(source))
    }

    /// The folder of rows by table and day.
    pub(crate) fn lake(&self) -> PathBuf {
        self.data.join("lake")
    }

    fn blob_path(&self, sha256: &str) -> PathBuf {
        let prefix = sha256.get(..2).unwrap_or("00");
        Path::new(&self.data).join("raw").join(prefix).join(format!("{sha256}.zst"))
    }
}
