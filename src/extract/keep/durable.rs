//! Files that survive a power cut and that only their owner reads.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
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
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let folder = path.parent().context("a kept file lies in a folder")?;
    make_folder(folder)?;
    let unique = COUNTER.fetch_add(1, Ordering::Relaxed);
    let unfinished = path.with_extension(format!("{}-{unique}.tmp", std::process::id()));
    write_and_rename(&unfinished, path, bytes).with_context(|| {
        format!("cannot keep `{}`; check free space and permissions of the data folder", path.display())
    })?;
    sync_folder(folder)
}

fn write_and_rename(unfinished: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let place = |step| move || format!("kept {} {step}", path.extension().unwrap_or_default().display());
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(unfinished)?;
    failpoint::pass(place("begins"));
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    failpoint::pass(place("is written"));
    match written.and_then(|()| std::fs::rename(unfinished, path)) {
        Ok(()) => {
            failpoint::pass(place("has its name"));
            Ok(())
        }
        Err(error) => {
            // The disk may be full: what is left of the file would only take more of it.
            let _ = std::fs::remove_file(unfinished);
            Err(error)
        }
    }
}

/// Makes new names in a folder durable.
pub fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .with_context(|| format!("cannot make the folder `{}` durable", folder.display()))
}
