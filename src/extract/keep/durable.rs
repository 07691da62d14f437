//! Files that survive a power cut and that only their owner reads.

use std::fs::{DirBuilder, File};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};

use crate::failpoint;
use crate::unfinished;

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

/// A file that gets its name when it is whole, as `unfinished` has it, in a folder that need not be there yet.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    inner: unfinished::Unfinished,
}

impl Unfinished {
    /// Begins a file, and its folder if that is not there.
    pub fn create(path: &Path) -> Result<(Self, Arc<File>)> {
        make_folder(path.parent().context("a kept file lies in a folder")?)?;
        let (inner, file) = unfinished::Unfinished::begin(path).with_context(|| cannot_keep(path))?;
        failpoint::pass(place(path, "begins"));
        Ok((Self { path: path.to_owned(), inner }, file))
    }

    /// Gives the file its name once everything is written; it is durable when this returns.
    pub fn finish(self) -> Result<()> {
        let Self { path, inner } = self;
        let synced = inner.sync();
        failpoint::pass(place(&path, "is written"));
        synced.and_then(|()| inner.name()).with_context(|| cannot_keep(&path))?;
        failpoint::pass(place(&path, "has its name"));
        sync_folder(path.parent().context("a kept file lies in a folder")?)
    }
}

/// Makes new names in a folder durable.
pub fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .with_context(|| format!("cannot make the folder `{}` durable", folder.display()))
}
