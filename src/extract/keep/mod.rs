//! What was fetched is kept: bodies by their hash, and for each pull the list of its pages.

mod blob;
mod durable;
mod manifest;

use std::path::{Path, PathBuf};

use anyhow::Result;
use chrono::{DateTime, Utc};

pub use manifest::Manifest;

use crate::period::Period;

/// The folder of raw pages and pull manifests; cheap to clone.
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

    /// The manifest of a pull, created when it is new; the old one is put aside when `refresh` asks for new pages.
    pub(crate) fn manifest(&self, source: &str, period: Period, refresh: bool, now: DateTime<Utc>) -> Result<Manifest> {
        let path = self.manifest_path(source, period);
        if refresh {
            manifest::put_aside(&path)?;
        }
        Manifest::open(&path, now)
    }

    /// The manifest of a pull if there is one, without touching the disk.
    pub(crate) fn look(&self, source: &str, period: Period) -> Result<Option<Manifest>> {
        Manifest::look(&self.manifest_path(source, period))
    }

    fn manifest_path(&self, source: &str, period: Period) -> PathBuf {
        self.data.join("pulls").join(source).join(period.to_string()).join("pages.jsonl")
    }

    fn blob_path(&self, sha256: &str) -> PathBuf {
        let prefix = sha256.get(..2).unwrap_or("00");
        Path::new(&self.data).join("raw").join(prefix).join(format!("{sha256}.zst"))
    }
}
