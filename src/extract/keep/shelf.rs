//! What is kept of one resource: the finished walks, and which of their rows lie in the lake.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::list::{self, List};
use super::load::Load;
use super::walk::{Errand, KeptWalk, Pages};

/// A line of the list of loads.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Load(Box<Load>),
    /// A file of it is damaged: its walks are mapped anew.
    Void {
        id: String,
    },
}

/// What is kept of one resource.
#[derive(Debug)]
pub struct Shelf {
    folder: PathBuf,
    /// The finished walks, oldest first.
    pub walks: Vec<KeptWalk>,
    /// What of them lies in the lake, oldest first.
    pub loads: Vec<Load>,
    /// How many walks of each name, and how many loads, were ever listed: no name comes twice.
    listed: (BTreeMap<String, usize>, usize),
    walk_list: Appender,
    load_list: Appender,
}

/// A list that is opened when the first line is added.
#[derive(Debug)]
struct Appender {
    path: PathBuf,
    list: Mutex<Option<List>>,
}

impl Shelf {
    /// Reads what is kept; nothing is written.
    pub(super) fn look(folder: &Path) -> Result<Self> {
        let (walk_list, load_list) = (folder.join("walks.jsonl"), folder.join("loads.jsonl"));
        let mut shelf = Self {
            folder: folder.to_owned(),
            walks: Vec::new(),
            loads: Vec::new(),
            listed: (BTreeMap::new(), 0),
            walk_list: Appender::new(walk_list.clone()),
            load_list: Appender::new(load_list.clone()),
        };
        shelf.take_walks(list::read::<KeptWalk>(&walk_list)?);
        list::read::<Line>(&load_list)?.into_iter().for_each(|line| shelf.take_line(line));
        Ok(shelf)
    }

    /// Remembers walks that were listed.
    pub fn take_walks(&mut self, walks: Vec<KeptWalk>) {
        for walk in walks {
            *self.listed.0.entry(stem(&walk.id).to_owned()).or_default() += 1;
            self.walks.push(walk);
        }
    }

    /// Remembers loads that were listed.
    pub fn take_loads(&mut self, loads: Vec<Load>) {
        loads.into_iter().for_each(|load| self.take_line(Line::Load(Box::new(load))));
    }

    fn take_line(&mut self, line: Line) {
        match line {
            Line::Load(load) => {
                self.listed.1 += 1;
                self.loads.push(*load);
            }
            Line::Void { id } => self.loads.retain(|load| load.id != id),
        }
    }

    /// The pages of a walk that is not finished, if some are kept.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn unfinished(&self, errand: &Errand) -> Result<Option<Pages>> {
        let id = self.next_name(errand);
        Pages::look(&self.page_list(&id), &id)
    }

    /// Begins a walk, or goes on with one that was left when its pages serve.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn begin(
        &self,
        errand: &Errand,
        pull: &str,
        now: DateTime<Utc>,
        serves: impl Fn(&Pages) -> bool,
    ) -> Result<Pages> {
        let id = self.next_name(errand);
        let path = self.page_list(&id);
        // A list that cannot be read is no reason against reading everything anew.
        match self.unfinished(errand).unwrap_or_default().filter(serves) {
            Some(pages) => pages.go_on(&path),
            None => Pages::begin(&path, &id, pull, now),
        }
    }

    /// Lists a walk as finished; only from now on is it there for others.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn list_walk(&self, walk: &KeptWalk) -> Result<()> {
        self.walk_list.append(walk)
    }

    /// Lists rows as lying in the lake, after they do.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn list_load(&self, load: &Load) -> Result<()> {
        self.load_list.append(&Line::Load(Box::new(load.clone())))
    }

    /// Says that a load cannot be read; its walks are mapped anew.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn void_load(&mut self, id: &str) -> Result<()> {
        let line = Line::Void { id: id.to_owned() };
        self.load_list.append(&line)?;
        self.take_line(line);
        Ok(())
    }

    /// The pages of a finished walk.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn pages(&self, id: &str) -> Result<Option<Pages>> {
        Pages::look(&self.page_list(id), id)
    }

    /// Where the rows of each walk lie under a mapping: the newest load that has them, and the walk's number in it.
    pub fn rows(&self, mapping: &str) -> BTreeMap<&str, (&Load, usize)> {
        let mut rows = BTreeMap::new();
        for load in self.loads.iter().filter(|load| load.mapping == mapping) {
            rows.extend(load.walks.iter().enumerate().map(|(number, one)| (one.walk.as_str(), (load, number))));
        }
        rows
    }

    /// A name for the load after so many others of this pull.
    pub fn next_load(&self, mapping: &str, others: usize) -> String {
        format!("{}-{}", mapping.get(..8).unwrap_or(mapping), self.listed.1 + others)
    }

    /// A name for the load that one walk has for itself; mapped anew, it takes the place of a damaged one.
    pub fn own_load(&self, mapping: &str, walk: &str) -> String {
        format!("{}-{walk}", mapping.get(..8).unwrap_or(mapping))
    }

    fn next_name(&self, errand: &Errand) -> String {
        let version = self.listed.0.get(stem(&errand.name(0))).copied().unwrap_or(0);
        errand.name(version)
    }

    fn page_list(&self, id: &str) -> PathBuf {
        self.folder.join("pages").join(format!("{id}.jsonl"))
    }
}

impl Appender {
    fn new(path: PathBuf) -> Self {
        Self { path, list: Mutex::new(None) }
    }

    fn append(&self, line: &impl Serialize) -> Result<()> {
        let mut list = self.list.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        match &*list {
            Some(list) => list.append(line),
            None => list.insert(List::open(&self.path)?).append(line),
        }
    }
}

/// A walk's name without its version.
fn stem(id: &str) -> &str {
    id.rsplit_once('-').map_or(id, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(pages: &Pages, errand: &Errand) -> KeptWalk {
        KeptWalk {
            id: pages.id.clone(),
            errand: errand.clone(),
            pull: pages.pull.clone(),
            begun: pages.begun,
            done: pages.begun,
            pages: 0,
            raw_hash: String::new(),
        }
    }

    #[test]
    fn a_walk_is_there_only_when_it_is_finished_and_each_version_has_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = || Shelf::look(folder.path()).expect("a shelf");
        let errand = Errand { first: "f".into(), ..Errand::default() };
        let begin = |pull: &str| shelf().begin(&errand, pull, DateTime::UNIX_EPOCH, |_| true).expect("begun");
        let first = begin("p#1");
        assert!(shelf().walks.is_empty());
        assert_eq!(begin("p#2").pull, "p#1", "it goes on");
        shelf().list_walk(&finished(&first, &errand)).expect("finished");
        let second = begin("p#2");
        assert_ne!(first.id, second.id);
        shelf().list_walk(&finished(&second, &errand)).expect("finished");
        assert_eq!(shelf().walks.iter().map(|walk| &walk.id).collect::<Vec<_>>(), [&first.id, &second.id]);
    }

    #[test]
    fn rows_are_those_of_the_newest_load_under_the_mapping() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut shelf = Shelf::look(folder.path()).expect("a shelf");
        let mut add = |mapping: &str| {
            let id = shelf.next_load(mapping, 0);
            let one = super::super::Mapped { walk: "w".into(), facts: Default::default() };
            let load = Load {
                id: id.clone(),
                mapping: mapping.into(),
                pull: "p#1".into(),
                begun: DateTime::UNIX_EPOCH,
                walks: vec![one],
                files: Vec::new(),
            };
            shelf.list_load(&load).expect("listed");
            shelf.take_loads(vec![load]);
            id
        };
        let (old, new, other) = (add("m1"), add("m1"), add("m2"));
        assert!(old != new && new != other);
        let mut shelf = Shelf::look(folder.path()).expect("a shelf");
        assert_eq!(shelf.rows("m1")["w"].0.id, new);
        shelf.void_load(&new).expect("void");
        let shelf = Shelf::look(folder.path()).expect("a shelf");
        assert_eq!((shelf.rows("m1")["w"].0.id.as_str(), shelf.rows("m3").len()), (old.as_str(), 0));
        assert!(!shelf.loads.iter().any(|load| load.id == shelf.next_load("m1", 0)), "no name comes twice");
    }
}
