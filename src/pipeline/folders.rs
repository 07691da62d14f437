//! Where a data folder keeps what: everything that was pulled, computed, issued and sent.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::failpoint;
use crate::unfinished::Unfinished;

/// The places of a data folder.
#[derive(Clone, Debug)]
pub struct Folders {
    root: PathBuf,
}

impl Folders {
    /// Makes the data folder, readable by its owner alone.
    pub fn make(root: &Path) -> anyhow::Result<Self> {
        let folders = Self { root: root.to_owned() };
        for folder in [folders.root.clone(), folders.archive(), folders.letters()] {
            make_private(&folder)?;
        }
        Ok(folders)
    }

    /// The data folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// PDFs by hash.
    pub fn archive(&self) -> PathBuf {
        self.root.join("archive")
    }

    /// Sealed letters by hash.
    pub fn letters(&self) -> PathBuf {
        self.root.join("letters")
    }

    /// The canonical tables of a job's period.
    pub fn tables(&self, job: &str, period: &str) -> PathBuf {
        self.root.join("tables").join(job).join(period)
    }

    /// What a run read.
    pub fn manifest(&self, run: &str) -> PathBuf {
        self.root.join("manifests").join(format!("{run}.json"))
    }

    /// The path of a PDF in the archive.
    pub fn pdf(&self, sha256: &str) -> PathBuf {
        by_hash(&self.archive(), sha256, "pdf")
    }

    /// The path of a sealed letter.
    pub fn letter(&self, sha256: &str) -> PathBuf {
        by_hash(&self.letters(), sha256, "eml")
    }

    /// The path of a PDF that was locked for its recipient.
    pub fn locked(&self, name: &str) -> PathBuf {
        by_hash(&self.letters(), name, "pdf")
    }

    /// Keeps bytes under their own hash and returns it; what is there already is left alone.
    pub fn keep(&self, path_of: impl Fn(&Self, &str) -> PathBuf, bytes: &[u8]) -> anyhow::Result<String> {
        let sha256 = hex::encode(Sha256::digest(bytes));
        if !self.holds(&path_of, &sha256) {
            write_whole(&path_of(self, &sha256), bytes)?;
        }
        Ok(sha256)
    }

    /// Keeps several as [`Folders::keep`] does one, and waits for the disk once for all of them.
    pub fn keep_all(&self, path_of: impl Fn(&Self, &str) -> PathBuf, all: &[&[u8]]) -> anyhow::Result<Vec<String>> {
        let hashes: Vec<String> = all.iter().map(|bytes| hex::encode(Sha256::digest(bytes))).collect();
        let new = hashes.iter().zip(all).filter(|(sha256, _)| !self.holds(&path_of, sha256));
        write_all_whole(&new.map(|(sha256, bytes)| (path_of(self, sha256), *bytes)).collect())?;
        Ok(hashes)
    }

    /// Whether a file is there and has its hash.
    pub fn holds(&self, path_of: impl Fn(&Self, &str) -> PathBuf, sha256: &str) -> bool {
        fs::read(path_of(self, sha256)).is_ok_and(|bytes| hex::encode(Sha256::digest(&bytes)) == sha256)
    }
}

fn by_hash(folder: &Path, sha256: &str, extension: &str) -> PathBuf {
    folder.join(sha256.get(..2).unwrap_or("__")).join(format!("{sha256}.{extension}"))
}

/// Writes a file so that a reader, or the next start after a crash, sees all of it or nothing.
pub fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    write_all_whole(&BTreeMap::from([(path.to_owned(), bytes)]))
}

/// How many files wait for the disk at once: those that do share its commits.
const SIDE_BY_SIDE: usize = 16;

/// Writes several files, each as [`write_whole`] does.
fn write_all_whole(files: &BTreeMap<PathBuf, &[u8]>) -> anyhow::Result<()> {
    let folders: BTreeSet<&Path> = files.keys().filter_map(|path| path.parent()).collect();
    folders.iter().try_for_each(|folder| make_private(folder))?;
    let files: Vec<(&Path, &[u8])> = files.iter().map(|(path, bytes)| (path.as_path(), *bytes)).collect();
    let mut parts = files.chunks(files.len().div_ceil(SIDE_BY_SIDE).max(1));
    let own = parts.next().unwrap_or_default();
    let written: Vec<Unfinished> = thread::scope(|scope| {
        let others: Vec<_> = parts.map(|part| scope.spawn(|| write_each(part))).collect();
        let mut written = write_each(own)?;
        for thread in others {
            written.extend(thread.join().unwrap_or_else(|cause| resume_unwind(cause))?);
        }
        anyhow::Ok(written)
    })?;
    // None has its name before all are on the disk.
    for ((path, _), unfinished) in files.iter().zip(written) {
        unfinished.name().with_context(|| cannot_write(path))?;
        failpoint::pass(place(path, "has its name"));
    }
    folders.iter().try_for_each(|folder| {
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.with_context(|| format!("syncing `{}`", folder.display()))
    })
}

fn write_each(files: &[(&Path, &[u8])]) -> anyhow::Result<Vec<Unfinished>> {
    files.iter().map(|(path, bytes)| write_one(path, bytes)).collect()
}

/// Writes a file to the disk, still without its name.
fn write_one(path: &Path, bytes: &[u8]) -> anyhow::Result<Unfinished> {
    failpoint::pass(place(path, "begins"));
    let (unfinished, mut file) = Unfinished::begin(path).with_context(|| cannot_write(path))?;
    file.write_all(bytes).and_then(|()| unfinished.sync()).with_context(|| cannot_write(path))?;
    failpoint::pass(place(path, "is written"));
    Ok(unfinished)
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write `{}`", path.display())
}

fn place<'a>(path: &'a Path, step: &'a str) -> impl FnOnce() -> String + 'a {
    move || format!("file {} {step}", path.extension().unwrap_or_default().display())
}

fn make_private(folder: &Path) -> anyhow::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| {
        format!(
            "cannot make the folder `{}`; choose another with `SCOREPOST_DATA` or `data` in `scorepost.toml`",
            folder.display()
        )
    })
}
