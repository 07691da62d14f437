//! Whether every kept page is what it was when it was kept.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{RawStore, blob};

impl RawStore {
    /// How many pages are kept, and the files that are not what their names say.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn prove_pages(&self) -> Result<(u64, Vec<PathBuf>)> {
        let pages = self.pages()?;
        let count = pages.len() as u64;
        let damaged = pages.into_iter().filter(|path| blob::read(path, name(path)).is_none());
        Ok((count, damaged.collect()))
    }

    /// The files of the pages whose body is as asked.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn pages_that(&self, is_meant: &dyn Fn(&[u8]) -> bool) -> Result<Vec<PathBuf>> {
        let is_meant = |path: &PathBuf| blob::read(path, name(path)).is_some_and(|body| is_meant(&body));
        Ok(self.pages()?.into_iter().filter(is_meant).collect())
    }

    /// The files of all pages, in the order of their hashes.
    fn pages(&self) -> Result<Vec<PathBuf>> {
        let root = self.data.join("raw");
        let mut pages = Vec::new();
        if root.is_dir() {
            for folder in sorted(&root)? {
                pages.extend(
                    sorted(&folder)?.into_iter().filter(|path| path.extension().is_some_and(|end| end == "zst")),
                );
            }
        }
        Ok(pages)
    }
}

fn name(path: &Path) -> &str {
    path.file_stem().and_then(|name| name.to_str()).unwrap_or_default()
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read the folder `{}`", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
