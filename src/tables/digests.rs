//! Which file a table is: its SHA-256, noted beside it with its size and times, so that it is read through again only where
//! these are others.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::unfinished::Unfinished;

/// The file with the notes of a folder.
const NOTES: &str = "digests.json";

/// What is noted of a file. Whatever is written to it, or put in its place, has another time of change, which nobody sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    sha256: String,
    bytes: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

/// The SHA-256 of a table's file, in hex.
pub(super) fn of(path: &Path) -> io::Result<String> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::Error::other("a table is a file in a folder"));
    };
    let name = name.to_string_lossy().into_owned();
    let mut notes = read(folder);
    if let Some(note) = notes.get(&name).filter(|note| note.is_of(path)) {
        return Ok(note.sha256.clone());
    }
    let note = Note::take(path)?;
    let sha256 = note.sha256.clone();
    notes.insert(name, note);
    write(folder, &notes)?;
    Ok(sha256)
}

/// The same from the bytes as they are now, whatever was noted.
pub(super) fn anew(path: &Path) -> io::Result<String> {
    hash(&mut File::open(path)?)
}

impl Note {
    fn take(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        // Before it is read: who writes to it meanwhile gives it another time.
        let facts = file.metadata()?;
        Ok(Self {
            sha256: hash(&mut file)?,
            bytes: facts.len(),
            written: (facts.mtime(), facts.mtime_nsec()),
            changed: (facts.ctime(), facts.ctime_nsec()),
        })
    }

    fn is_of(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|facts| {
            self.bytes == facts.len()
                && self.written == (facts.mtime(), facts.mtime_nsec())
                && self.changed == (facts.ctime(), facts.ctime_nsec())
        })
    }
}

fn hash(file: &mut File) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut bytes = vec![0; 1 << 20];
    loop {
        match file.read(&mut bytes) {
            Ok(0) => return Ok(hex::encode(hash.finalize())),
            Ok(read) => hash.update(&bytes[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Notes that cannot be read are taken anew.
fn read(folder: &Path) -> BTreeMap<String, Note> {
    fs::read(folder.join(NOTES)).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

fn write(folder: &Path, notes: &BTreeMap<String, Note>) -> io::Result<()> {
    let (unfinished, mut file) = Unfinished::begin(&folder.join(NOTES))?;
    file.write_all(&serde_json::to_vec(notes)?)?;
    unfinished.name()
}
