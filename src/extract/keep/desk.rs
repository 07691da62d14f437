//! The folder of one source: a lock, the readings, a shelf for each resource, and notes.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::list::{self, List};
use super::reading::Readings;
use super::shelf::Shelf;
use super::{Difference, durable};

/// What is kept of one source.
#[derive(Clone, Debug)]
pub struct Desk {
    folder: PathBuf,
}

/// A pull that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// When.
    pub at: DateTime<Utc>,
    /// For which period.
    pub period: String,
    /// Why, without secrets.
    pub why: String,
}

impl Desk {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// What is kept of a resource.
    ///
    /// # Errors
    /// When a list cannot be read.
    pub fn shelf(&self, resource: &str) -> Result<Shelf> {
        Shelf::look(&self.folder.join("resources").join(resource))
    }

    /// What the pulls of each period use.
    pub fn readings(&self) -> Readings {
        Readings::new(self.folder.join("periods"))
    }

    /// Makes sure that nobody else pulls this source meanwhile; `None` while somebody does.
    ///
    /// # Errors
    /// When the lock cannot be made.
    pub fn lock(&self) -> Result<Option<File>> {
        durable::make_folder(&self.folder)?;
        let path = self.folder.join("lock");
        let mut options = OpenOptions::new();
        let file = options.append(true).create(true).mode(0o600).open(&path);
        let file = file.with_context(|| format!("cannot open `{}`", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock `{}`", path.display()))
            }
        }
    }

    /// Notes a pull that failed.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn note_failure(&self, failure: &Failure) -> Result<()> {
        List::open(&self.folder.join("failures.jsonl"))?.append(failure)
    }

    /// The last pull that failed.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn last_failure(&self) -> Result<Option<Failure>> {
        Ok(list::read(&self.folder.join("failures.jsonl"))?.pop())
    }

    /// Notes what a later pull changed.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn note_differences(&self, differences: &[Difference]) -> Result<()> {
        if differences.is_empty() {
            return Ok(());
        }
        let list = List::open(&self.folder.join("differences.jsonl"))?;
        differences.iter().try_for_each(|one| list.append(one))
    }

    /// What later pulls changed, oldest first.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn differences(&self) -> Result<Vec<Difference>> {
        list::read(&self.folder.join("differences.jsonl"))
    }
}
