//! Where a data folder keeps what: everything that was pulled, computed, issued and sent.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::failpoint;

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
    let folder = path.parent().context("a file needs a folder")?;
    make_private(folder)?;
    let part = path.with_extension(format!("part-{}", std::process::id()));
    let place = |step| move || format!("file {} {step}", path.extension().unwrap_or_default().display());
    failpoint::pass(place("begins"));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part).with_context(|| format!("cannot write `{}`", part.display()))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).with_context(|| format!("writing `{}`", part.display()))?;
    failpoint::pass(place("is written"));
    fs::rename(&part, path).with_context(|| format!("cannot write `{}`", path.display()))?;
    failpoint::pass(place("has its name"));
    File::open(folder).and_then(|folder| folder.sync_all()).with_context(|| format!("syncing `{}`", folder.display()))
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
