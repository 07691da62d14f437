//! One walk as it is kept: what it asked for, when, and the list of its pages.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::list::{self, List};
use crate::extract::KeptPage;
use crate::source::template::Parent;

/// What a walk asks for; two walks with the same errand replace each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Errand {
    /// The name of the period that it was planned for, as requests may carry it.
    pub period: String,
    /// The days of its window, half open; none for a resource that knows no time.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// The ids that it asks for, a list for each fan-out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<Vec<String>>,
    /// What the record above gives to its requests.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parent: Parent,
    /// The fingerprint of its first request: another request is another errand.
    pub first: String,
}

/// A finished walk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct KeptWalk {
    /// Its name, and that of the file with its pages.
    pub id: String,
    /// What it asked for.
    #[serde(flatten)]
    pub errand: Errand,
    /// The pull that it belongs to, such as `2026-10#3`.
    pub pull: String,
    /// When its first page was asked for: its rows are true as of this instant.
    pub begun: DateTime<Utc>,
    /// When its last page was there.
    pub done: DateTime<Utc>,
    /// How many pages it has.
    pub pages: u64,
    /// SHA-256 over the ordered hashes of its pages, in hex.
    pub raw_hash: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Begun { at: DateTime<Utc>, pull: String },
    Page(KeptPage),
}

/// The pages of one walk: those that are kept, and a list for more of them unless the walk is finished.
#[derive(Debug)]
pub struct Pages {
    /// The walk's name.
    pub id: String,
    /// When its first page was asked for.
    pub begun: DateTime<Utc>,
    /// The pull that began it.
    pub pull: String,
    kept: BTreeMap<String, KeptPage>,
    list: Option<List>,
}

impl Errand {
    /// A name for the `version`-th walk on this errand.
    pub fn name(&self, version: usize) -> String {
        let text = serde_json::json!([self.days, self.ids, self.parent, self.first]).to_string();
        let hash = hex::encode(Sha256::digest(text.as_bytes()));
        format!("{}-{version}", hash.get(..16).unwrap_or_default())
    }
}

impl Pages {
    /// The pages that are kept under a name; `None` when there are none yet.
    pub(super) fn look(path: &Path, id: &str) -> Result<Option<Self>> {
        let mut lines = list::read::<Line>(path)?.into_iter();
        let Some(Line::Begun { at, pull }) = lines.next() else { return Ok(None) };
        let pages = lines.filter_map(|line| match line {
            Line::Page(page) => Some((page.fingerprint.clone(), page)),
            Line::Begun { .. } => None,
        });
        Ok(Some(Self { id: id.to_owned(), begun: at, pull, kept: pages.collect(), list: None }))
    }

    /// Begins a list of pages; one that was there and no longer serves gives way.
    pub(super) fn begin(path: &Path, id: &str, pull: &str, at: DateTime<Utc>) -> Result<Self> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove `{}`", path.display()));
            }
            _ => {}
        }
        let list = List::open(path)?;
        list.append(&Line::Begun { at, pull: pull.to_owned() })?;
        Ok(Self { id: id.to_owned(), begun: at, pull: pull.to_owned(), kept: BTreeMap::new(), list: Some(list) })
    }

    /// Goes on with a list of pages.
    pub(super) fn go_on(mut self, path: &Path) -> Result<Self> {
        self.list = Some(List::open(path)?);
        Ok(self)
    }

    /// The page of a request, if it is kept.
    pub fn page(&self, fingerprint: &str) -> Option<&KeptPage> {
        self.kept.get(fingerprint)
    }

    /// Every page that is kept.
    pub fn all(&self) -> impl Iterator<Item = &KeptPage> {
        self.kept.values()
    }

    /// How many pages are kept.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Adds pages durably.
    ///
    /// # Errors
    /// When the walk is finished, or the disk refuses.
    pub fn add(&self, pages: &[KeptPage]) -> Result<()> {
        if pages.is_empty() {
            return Ok(());
        }
        let list = self.list.as_ref();
        let list = list.with_context(|| format!("a page of the finished walk `{}` is damaged", self.id))?;
        let lines: Vec<Line> = pages.iter().cloned().map(Line::Page).collect();
        list.append_all(&lines)
    }
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
    fn a_list_of_pages_goes_on_where_it_was_and_gives_way_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("w.jsonl");
        assert!(Pages::look(&path, "w").expect("reads").is_none());
        let pages = Pages::begin(&path, "w", "2026-10#1", DateTime::UNIX_EPOCH).expect("begun");
        pages.add(&[page("a")]).expect("kept");
        let pages = Pages::look(&path, "w").expect("reads").expect("is there");
        assert!(pages.add(&[page("b")]).is_err(), "looking is not writing");
        pages.go_on(&path).expect("goes on").add(&[page("b")]).expect("kept");
        let pages = Pages::look(&path, "w").expect("reads").expect("is there");
        assert!(pages.page("a").is_some() && pages.page("b").is_some());
        Pages::begin(&path, "w", "2026-10#2", DateTime::UNIX_EPOCH).expect("begun anew");
        let pages = Pages::look(&path, "w").expect("reads").expect("is there");
        assert_eq!((pages.len(), pages.pull.as_str()), (0, "2026-10#2"));
    }

    #[test]
    fn another_errand_has_another_name() {
        let one = Errand { first: "f".into(), ids: vec![vec!["a".into()]], ..Errand::default() };
        let other = Errand { ids: vec![vec!["b".into()]], ..one.clone() };
        assert_ne!(one.name(0), other.name(0));
        assert_ne!(one.name(0), one.name(1));
        let for_another_period = Errand { period: "2026-W41".into(), ..one.clone() };
        assert_eq!(one.name(0), for_another_period.name(0), "the request says whether the period matters");
    }
}
