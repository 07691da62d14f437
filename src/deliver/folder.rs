//! An outbox folder in place of a relay: each letter becomes one `.eml` file, whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Outcome, Sealed};
use crate::failpoint;
use crate::unfinished::Unfinished;

/// A folder that letters are written to.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes the folder if it is not there, readable by its owner only.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        private_folder(path).with_context(|| format!("cannot make the outbox folder `{}`", path.display()))?;
        Ok(Self { path: path.to_owned() })
    }

    /// Where a letter goes.
    pub fn file_of(&self, sealed: &Sealed) -> PathBuf {
        let recipient: String = sealed.envelope.to.to_string().chars().take(100).map(safe).collect();
        let id: String = sealed.message_id.split('@').next().unwrap_or_default().chars().take(100).map(safe).collect();
        self.path.join(format!("{recipient}-{id}.eml"))
    }

    /// Writes a letter, or finds it already there.
    ///
    /// Nothing here is ever in doubt: after a crash the file is there whole or not there, so the same call settles it.
    pub fn deliver(&self, sealed: &Sealed) -> Outcome {
        let file = self.file_of(sealed);
        match fs::read(&file) {
            Ok(there) if there == sealed.bytes => return sent(&file),
            Ok(_) => {
                let reason = format!("`{}` is already there with other bytes; compare them and decide", file.display());
                return Outcome::Unknown { reason };
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Outcome::Halt { reason: format!("cannot read `{}`: {error}", file.display()) },
        }
        match self.write(&file, &sealed.bytes) {
            Ok(()) => sent(&file),
            Err(error) => Outcome::Halt { reason: format!("cannot write `{}`: {error}", file.display()) },
        }
    }

    /// Writes beside, syncs, renames, syncs the folder: the final name only ever shows a whole letter.
    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        let (unfinished, mut open) = Unfinished::begin(file)?;
        failpoint::pass(|| "outbox begins");
        open.write_all(bytes).and_then(|()| unfinished.sync())?;
        failpoint::pass(|| "outbox is written");
        unfinished.name()?;
        failpoint::pass(|| "outbox has its name");
        fs::File::open(&self.path)?.sync_all()
    }
}

fn sent(file: &Path) -> Outcome {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Outcome::Sent { reply: format!("written to `{name}`") }
}

fn safe(one: char) -> char {
    if one.is_ascii_alphanumeric() || "@._+-".contains(one) { one } else { '_' }
}

#[cfg(unix)]
fn private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}
