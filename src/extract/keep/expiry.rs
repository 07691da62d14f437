//! Which kept pages are older than anybody wants them to be.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::RawStore;
use super::walk::Pages;

/// A page that was last fetched before some instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldPage {
    /// Its file.
    pub path: PathBuf,
    /// The size of the file.
    pub bytes: u64,
    /// When a source last gave it.
    pub fetched_at: DateTime<Utc>,
}

impl RawStore {
    /// The pages that no source gave at or after `cutoff`, in the order of their hashes.
    ///
    /// # Errors
    /// When a list cannot be read.
    pub fn pages_before(&self, cutoff: DateTime<Utc>) -> Result<Vec<OldPage>> {
        let mut newest: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
        for list in lists(&self.data.join("pulls")) {
            let Some(pages) = Pages::look(&list, "")? else { continue };
            for page in pages.all() {
                let at = newest.entry(page.sha256.clone()).or_insert(page.fetched_at);
                *at = (*at).max(page.fetched_at);
            }
        }
        let old = newest.into_iter().filter(|(_, at)| *at < cutoff);
        let there = old.filter_map(|(sha256, fetched_at)| {
            let path = self.blob_path(&sha256);
            let bytes = fs::metadata(&path).ok()?.len();
            Some(OldPage { path, bytes, fetched_at })
        });
        Ok(there.collect())
    }
}

/// The lists of pages of every walk: `pulls/SOURCE/resources/RESOURCE/pages/WALK.jsonl`.
fn lists(pulls: &Path) -> Vec<PathBuf> {
    let inside = |folder: PathBuf| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten();
        entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
    };
    let sources = inside(pulls.to_owned()).into_iter();
    let resources = sources.flat_map(|source| inside(source.join("resources")));
    let lists = resources.flat_map(|resource| inside(resource.join("pages")));
    lists.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect()
}
