//! Files that survive a power cut and that only their owner reads.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};

use crate::failpoint;

/// Makes a folder and its parents, readable by the owner only.
pub fn make_folder(folder: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("cannot make the folder `{}`; check its permissions", folder.display()))
}

/// Writes a whole file: under another name first, so that only whole files ever have the final one.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let (unfinished, mut file) = Unfinished::create(path)?;
    file.write_all(bytes).with_context(|| cannot_keep(path))?;
    drop(file);
    unfinished.finish()
}

fn cannot_keep(path: &Path) -> String {
    format!("cannot keep `{}`; check free space and permissions of the data folder", path.display())
}

/// Where a trial may stop, named by the kind of file.
fn place(path: &Path, step: &'static str) -> impl FnOnce() -> String {
    let kind = path.extension().unwrap_or_default().display().to_string();
    move || format!("kept {kind} {step}")
}

/// A file that is being written under another name; it gets its own when it is whole, and is removed when it is dropped
/// before: the disk may be full, and what is left of the file would only take more of it.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    under: PathBuf,
    is_whole: bool,
}

impl Unfinished {
    /// Begins a file, and its folder if that is not there.
    pub fn create(path: &Path) -> Result<(Self, File)> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        make_folder(path.parent().context("a kept file lies in a folder")?)?;
        let unique = COUNTER.fetch_add(1, Ordering::Relaxed);
        let under = path.with_extension(format!("{}-{unique}.tmp", std::process::id()));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&under);
        let file = file.with_context(|| cannot_keep(path))?;
        failpoint::pass(place(path, "begins"));
        Ok((Self { path: path.to_owned(), under, is_whole: false }, file))
    }

    /// Gives the file its name once everything is written; it is durable when this returns.
    pub fn finish(mut self) -> Result<()> {
        let synced = File::open(&self.under).and_then(|file| file.sync_all());
        failpoint::pass(place(&self.path, "is written"));
        synced.and_then(|()| std::fs::rename(&self.under, &self.path)).with_context(|| cannot_keep(&self.path))?;
        self.is_whole = true;
        failpoint::pass(place(&self.path, "has its name"));
        sync_folder(self.path.parent().context("a kept file lies in a folder")?)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_whole {
            let _ = std::fs::remove_file(&self.under);
        }
    }
}

/// Makes new names in a folder durable.
pub fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .with_context(|| format!("cannot make the folder `{}` durable", folder.display()))
}
