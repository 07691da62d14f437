//! A file of JSON lines that only grows; a line that a crash tore counts as never written.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::durable;

/// A list that is open for more lines.
#[derive(Debug)]
pub struct List {
    path: PathBuf,
    file: Mutex<File>,
}

impl List {
    /// Opens a list, or begins one.
    pub fn open(path: &Path) -> Result<Self> {
        let folder = path.parent().context("a list lies in a folder")?;
        durable::make_folder(folder)?;
        let is_new = !path.exists();
        let mut options = OpenOptions::new();
        let file = options.append(true).create(true).mode(0o600).open(path).with_context(|| opening(path))?;
        cut_torn_line(path, &file)?;
        if is_new {
            durable::sync_folder(folder)?;
        }
        Ok(Self { path: path.to_owned(), file: Mutex::new(file) })
    }

    /// Adds a line; it is durable when this returns.
    pub fn append(&self, line: &impl Serialize) -> Result<()> {
        self.append_all(std::slice::from_ref(line))
    }

    /// Adds lines in one go to the disk; they are durable when this returns.
    pub fn append_all(&self, lines: &[impl Serialize]) -> Result<()> {
        let mut text = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut text, line).context("cannot write a line of a list")?;
            text.push(b'\n');
        }
        if text.is_empty() {
            return Ok(());
        }
        let mut file = self.file.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        file.write_all(&text).and_then(|()| file.sync_data()).with_context(|| {
            format!("cannot write `{}`; check free space and permissions of the data folder", self.path.display())
        })
    }
}

/// The whole lines of a list; none when there is no list.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let text = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| opening(path)),
    };
    let lines = text[..whole(&text)].split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
    let line = |(index, line): (usize, &[u8])| {
        let read = serde_json::from_slice(line);
        read.with_context(|| {
            let number = index + 1;
            format!("line {number} of `{}` cannot be read; put the file aside and pull again", path.display())
        })
    };
    lines.map(line).collect()
}

/// A torn line would join the next one.
fn cut_torn_line(path: &Path, file: &File) -> Result<()> {
    let bytes = std::fs::read(path).with_context(|| opening(path))?;
    let whole = whole(&bytes);
    if whole < bytes.len() {
        file.set_len(whole as u64).with_context(|| opening(path))?;
    }
    Ok(())
}

/// How many bytes the whole lines have.
fn whole(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
}

fn opening(path: &Path) -> String {
    format!("cannot open `{}`; check the permissions of the data folder", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_is_cut_and_the_rest_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("walks.jsonl");
        List::open(&path).expect("a new list").append(&"a").expect("kept");
        let mut text = std::fs::read(&path).expect("text");
        text.extend(b"\"torn");
        std::fs::write(&path, text).expect("torn");
        assert_eq!(read::<String>(&path).expect("reads"), ["a"]);
        List::open(&path).expect("opens").append(&"b").expect("kept");
        assert_eq!(read::<String>(&path).expect("reads"), ["a", "b"]);
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("walks.jsonl");
        assert!(read::<String>(&path).expect("nothing yet").is_empty());
        std::fs::write(&path, "\"a\"\n7\n").expect("a file");
        assert!(format!("{:#}", read::<String>(&path).expect_err("a number")).contains("line 2"));
    }
}
