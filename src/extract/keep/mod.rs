//! What was fetched is kept: bodies by their hash, and for each pull the list of its pages.

mod blob;
mod durable;
mod manifest;

use std::path::{Path, PathBuf};

use anyhow::Result;
use chrono::{DateTime, Utc};

pub use manifest::Manifest;

use super::freshness::Freshness;
use crate::period::Period;

/// What is kept of one source and period.
#[derive(Debug)]
pub enum Kept {
    /// Nothing.
    Nothing,
    /// Pages that serve; their pull goes on or is repeated.
    Serves(Manifest),
    /// An unfinished pull that is to replace older pages.
    GoesOn(Manifest),
    /// Pages that are too old for what is wanted.
    Old(Manifest),
    /// A list that cannot be read, while new pages are wanted anyway.
    Unreadable,
}

/// The newest list of pages, and the one that is to take its place.
struct Lists {
    current: PathBuf,
    next: PathBuf,
}

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

    /// What is kept of a source and period, seen by how fresh it must be; nothing is written.
    pub(crate) fn kept(&self, source: &str, period: Period, freshness: &Freshness) -> Result<Kept> {
        let lists = self.lists(source, period);
        let current = match Manifest::look(&lists.current) {
            // A list that cannot be read is no reason against reading everything anew.
            Err(_) if freshness.is_asked_for() => return Ok(Kept::Unreadable),
            read => read?,
        };
        if current.as_ref().is_some_and(|current| freshness.serves(current.begun())) {
            return Ok(current.map_or(Kept::Nothing, Kept::Serves));
        }
        let next = Manifest::look(&lists.next).unwrap_or_default();
        Ok(match (next.filter(|next| freshness.goes_on(next.begun())), current) {
            (Some(next), _) => Kept::GoesOn(next),
            (None, Some(old)) => Kept::Old(old),
            (None, None) => Kept::Nothing,
        })
    }

    /// Opens the newest list of pages as it is, or begins the first at `now`.
    pub(crate) fn open_current(&self, source: &str, period: Period, now: DateTime<Utc>) -> Result<Manifest> {
        Manifest::open(&self.lists(source, period).current, now)
    }

    /// Goes on with the list that is to take the newest one's place, which stays in use until this one is finished.
    pub(crate) fn open_next(&self, source: &str, period: Period, now: DateTime<Utc>) -> Result<Manifest> {
        let lists = self.lists(source, period);
        Ok(Manifest::open(&lists.next, now)?.taking_the_place_of(lists.current))
    }

    /// Begins a list that is to take the newest one's place; an unfinished one that no longer serves is dropped.
    pub(crate) fn begin_next(&self, source: &str, period: Period, now: DateTime<Utc>) -> Result<Manifest> {
        manifest::drop_list(&self.lists(source, period).next)?;
        self.open_next(source, period, now)
    }

    fn lists(&self, source: &str, period: Period) -> Lists {
        let folder = self.data.join("pulls").join(source).join(period.to_string());
        Lists { current: folder.join("pages.jsonl"), next: folder.join("pages.new.jsonl") }
    }

    fn blob_path(&self, sha256: &str) -> PathBuf {
        let prefix = sha256.get(..2).unwrap_or("00");
        Path::new(&self.data).join("raw").join(prefix).join(format!("{sha256}.zst"))
    }
}
