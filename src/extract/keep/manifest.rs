//! The list of the pages of one pull, one JSON line each; it is complete when its last line says so.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::durable;
use crate::extract::KeptPage;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Begun { at: DateTime<Utc> },
    Page(KeptPage),
    Done { at: DateTime<Utc>, pages: usize, raw_hash: String },
}

/// An open list of pages.
#[derive(Debug)]
pub struct Manifest {
    begun: DateTime<Utc>,
    pages: BTreeMap<String, KeptPage>,
    raw_hash: Option<String>,
    path: PathBuf,
    file: Option<Mutex<File>>,
    /// The list whose place this one takes when it is finished.
    becomes: Option<PathBuf>,
}

impl Manifest {
    /// Opens a list for more pages, or begins a new one at `now`.
    pub(super) fn open(path: &Path, now: DateTime<Utc>) -> Result<Self> {
        let folder = path.parent().context("a manifest lies in a folder")?;
        durable::make_folder(folder)?;
        let mut manifest = match Self::look(path)? {
            Some(manifest) => manifest,
            None => Self::begun_at(now, path),
        };
        let is_new = !path.exists();
        let mut options = OpenOptions::new();
        let file = options.append(true).create(true).mode(0o600).open(path).with_context(|| opening(path))?;
        manifest.cut_torn_line(&file)?;
        manifest.file = Some(Mutex::new(file));
        if is_new || manifest.is_empty_file()? {
            manifest.append(&Line::Begun { at: manifest.begun })?;
            durable::sync_folder(folder)?;
        }
        Ok(manifest)
    }

    /// Reads a list; `None` when there is none or it says nothing yet.
    pub(super) fn look(path: &Path) -> Result<Option<Self>> {
        let text = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| opening(path)),
        };
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let lines = text[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let mut found: Option<Self> = None;
        for (index, line) in lines.enumerate() {
            let line: Line = serde_json::from_slice(line).with_context(|| {
                format!("line {} of `{}` cannot be read; pull again with `--refresh`", index + 1, path.display())
            })?;
            match (&mut found, line) {
                (None, Line::Begun { at }) => found = Some(Self::begun_at(at, path)),
                (None, _) => bail!("`{}` does not begin as a manifest; pull again with `--refresh`", path.display()),
                (Some(manifest), line) => manifest.take(line),
            }
        }
        Ok(found)
    }

    fn begun_at(at: DateTime<Utc>, path: &Path) -> Self {
        Self { begun: at, pages: BTreeMap::new(), raw_hash: None, path: path.to_owned(), file: None, becomes: None }
    }

    /// Lets it take another list's place when it is finished.
    pub(super) fn taking_the_place_of(mut self, path: PathBuf) -> Self {
        self.becomes = Some(path);
        self
    }

    fn take(&mut self, line: Line) {
        match line {
            Line::Begun { .. } => {}
            Line::Page(page) => {
                self.raw_hash = None;
                self.pages.insert(page.fingerprint.clone(), page);
            }
            Line::Done { raw_hash, .. } => self.raw_hash = Some(raw_hash),
        }
    }

    /// When the pull began; windows are cut as of this instant even when it goes on later.
    pub fn begun(&self) -> DateTime<Utc> {
        self.begun
    }

    /// The page of a request, if it was kept before this pull went on.
    pub fn page(&self, fingerprint: &str) -> Option<&KeptPage> {
        self.pages.get(fingerprint)
    }

    /// Whether the last pull came to its end.
    pub fn is_complete(&self) -> bool {
        self.raw_hash.is_some()
    }

    /// How many pages of one resource are kept.
    pub fn pages_of(&self, resource: &str) -> usize {
        self.pages.values().filter(|page| page.resource == resource).count()
    }

    /// Adds a page durably.
    pub fn add(&self, page: &KeptPage) -> Result<()> {
        self.append(&Line::Page(page.clone()))
    }

    /// Says that the pull came to its end, unless it said the same before; only now an older list gives way.
    pub fn finish(&self, at: DateTime<Utc>, pages: usize, raw_hash: &str) -> Result<()> {
        if self.raw_hash.as_deref() != Some(raw_hash) {
            self.append(&Line::Done { at, pages, raw_hash: raw_hash.to_owned() })?;
        }
        match &self.becomes {
            Some(path) => replace(path, &self.path),
            None => Ok(()),
        }
    }

    fn append(&self, line: &Line) -> Result<()> {
        let Some(file) = &self.file else { bail!("the manifest was opened for looking only") };
        let mut text = serde_json::to_vec(line).context("cannot write a line of the manifest")?;
        text.push(b'\n');
        let mut file = file.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        file.write_all(&text).and_then(|()| file.sync_data()).with_context(|| {
            format!("cannot write `{}`; check free space and permissions of the data folder", self.path.display())
        })
    }

    /// A line that a crash tore would join the next one.
    fn cut_torn_line(&self, file: &File) -> Result<()> {
        let bytes = std::fs::read(&self.path).with_context(|| opening(&self.path))?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if whole < bytes.len() {
            file.set_len(whole as u64).with_context(|| opening(&self.path))?;
        }
        Ok(())
    }

    fn is_empty_file(&self) -> Result<bool> {
        Ok(std::fs::metadata(&self.path).with_context(|| opening(&self.path))?.len() == 0)
    }
}

/// Puts a finished list in the place of an older one, which stays as `pages-1.jsonl`, `pages-2.jsonl` and so on.
fn replace(path: &Path, finished: &Path) -> Result<()> {
    let free = (1_u32..).map(|number| path.with_file_name(format!("pages-{number}.jsonl"))).find(|name| !name.exists());
    if let Some(name) = free.filter(|_| path.exists()) {
        // A second name instead of a rename: at no instant is there no list.
        std::fs::hard_link(path, &name).or_else(|_| std::fs::copy(path, &name).map(|_| ())).with_context(|| {
            format!("cannot keep `{}`; check free space and permissions of the data folder", name.display())
        })?;
    }
    std::fs::rename(finished, path).with_context(|| opening(path))?;
    durable::sync_folder(path.parent().context("a manifest lies in a folder")?)
}

/// Removes a list that no longer serves, if there is one.
pub(super) fn drop_list(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).with_context(|| opening(path)),
        _ => Ok(()),
    }
}

fn opening(path: &Path) -> String {
    format!("cannot open `{}`; check the permissions of the data folder", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(fingerprint: &str) -> KeptPage {
        KeptPage {
            fingerprint: fingerprint.to_owned(),
            sha256: "00".to_owned(),
            fetched_at: DateTime::UNIX_EPOCH,
            bytes: 1,
            status: 200,
            records: 1,
            declared: None,
            resource: "chats".to_owned(),
            request: "GET /".to_owned(),
            headers: BTreeMap::new(),
            too_large: false,
        }
    }

    #[test]
    fn a_torn_line_is_cut_and_the_rest_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pages.jsonl");
        let begun = DateTime::UNIX_EPOCH;
        let manifest = Manifest::open(&path, begun).expect("a new manifest");
        manifest.add(&page("a")).expect("kept");
        let mut text = std::fs::read_to_string(&path).expect("text");
        text.push_str("{\"page\":{\"finger");
        std::fs::write(&path, text).expect("torn");

        let later = begun + chrono::TimeDelta::days(3);
        let manifest = Manifest::open(&path, later).expect("opens");
        assert_eq!(manifest.begun(), begun);
        manifest.add(&page("b")).expect("kept");
        manifest.finish(later, 2, "h").expect("finished");
        let read = Manifest::look(&path).expect("reads").expect("is there");
        assert!(read.page("a").is_some() && read.page("b").is_some() && read.is_complete());
    }

    #[test]
    fn a_list_takes_the_place_of_another_only_when_it_is_finished() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, next) = (folder.path().join("pages.jsonl"), folder.path().join("pages.new.jsonl"));
        let old = Manifest::open(&path, DateTime::UNIX_EPOCH).expect("a new manifest");
        old.finish(DateTime::UNIX_EPOCH, 0, "old").expect("finished");
        let later = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(3);
        let new = Manifest::open(&next, later).expect("a new manifest").taking_the_place_of(path.clone());
        new.add(&page("a")).expect("kept");
        let begun = || Manifest::look(&path).expect("reads").expect("is there").begun();
        assert_eq!(begun(), DateTime::UNIX_EPOCH);
        new.finish(later, 1, "new").expect("finished");
        assert_eq!(begun(), later);
        assert!(folder.path().join("pages-1.jsonl").exists() && !next.exists());
    }

    #[test]
    fn a_page_after_the_end_opens_it_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pages.jsonl");
        let manifest = Manifest::open(&path, DateTime::UNIX_EPOCH).expect("a new manifest");
        manifest.finish(DateTime::UNIX_EPOCH, 0, "h").expect("finished");
        manifest.add(&page("a")).expect("kept");
        assert!(!Manifest::look(&path).expect("reads").expect("is there").is_complete());
    }
}
