//! Erasure: files first, the ledger last, so that a crash in between leaves enough to do it again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::extract::RawStore;
use crate::ledger::{Erasure, PersonFiles, Removed, RunState};
use crate::pipeline::{self, write_whole};
use crate::render;
use crate::tables::person;
use crate::upkeep::sweep;

use super::clean::Cleaner;
use super::{Person, files};

/// What was erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// What stands in the agent's place.
    pub pseudonym: String,
    /// Rows of tables that were left out.
    pub rows: usize,
    /// Pages as the sources gave them.
    pub pages: usize,
    /// PDFs that showed them, those of their team among them.
    pub pdfs: usize,
    /// Sealed letters that carried these.
    pub letters: usize,
}

impl Person<'_> {
    /// Erases the agent; what others were told of them goes with the documents in which it stood.
    ///
    /// A page that names them goes as a whole: its rows stay in the tables, and it is asked for again if they must be
    /// made anew.
    ///
    /// # Errors
    /// When a run is at work or a letter about them is not at its end; nothing is erased then.
    pub fn erase(&self, who: &str, reason: &str) -> Result<Erased> {
        let ledger = &self.pipeline.ledger;
        let at_work = |state| matches!(state, RunState::Pulling | RunState::Scoring | RunState::Rendering);
        let busy = ledger.unfinished_runs()?.into_iter().find(|run| at_work(run.state));
        anyhow::ensure!(busy.is_none(), "a run is at work with these tables: wait for it or cancel it, then erase");
        ledger.refuse_to_erase(&self.agent)?;
        let pseudonym = self.pseudonym()?;
        let cleaner = Cleaner { words: &self.words, pseudonym: &pseudonym };
        let mentions = |data: &str| serde_json::from_str(data).is_ok_and(|body: Value| cleaner.is_in(&body));
        let shown = ledger.files_about(&self.agent, &mentions)?;
        sweep(self.pipeline)?;
        let mut rows = 0;
        for path in files::tables(self.pipeline) {
            rows += person::leave_out(&path, &self.words)?;
        }
        self.remove(&shown)?;
        let pages = self.remove_pages()?;
        self.clean_lists(&cleaner)?;
        let content = |data: &str| {
            let mut body: Value = serde_json::from_str(data).ok()?;
            cleaner.value(&mut body).then(|| (body.to_string(), render::digest(&body)))
        };
        let changed = ledger.erase_person(&Erasure {
            agent: &self.agent,
            pseudonym: &pseudonym,
            who,
            reason,
            text: &|text| cleaner.text(text),
            content: &content,
        })?;
        changed.iter().try_for_each(|(job, period)| pipeline::renew_events(self.pipeline, job, period))?;
        ledger.scrub()?;
        Ok(Erased { rows, pages, pdfs: shown.pdfs.len(), letters: shown.letters.len(), pseudonym })
    }

    /// The same for the same agent, and of no use to whoever has not this ledger.
    fn pseudonym(&self) -> Result<String> {
        let mut hash = Sha256::new();
        hash.update(self.pipeline.ledger.message_key()?);
        hash.update(b"pseudonym");
        hash.update(self.agent.as_bytes());
        let digest = hex::encode(hash.finalize());
        Ok(format!("erased-{}", &digest[..12]))
    }

    fn remove(&self, shown: &PersonFiles) -> Result<()> {
        let folders = &self.pipeline.folders;
        for (kind, hashes) in shown.by_kind() {
            self.pipeline.ledger.note_removals(kind, &hashes, "erasure")?;
            for hash in &hashes {
                remove(&match kind {
                    Removed::Pdf => folders.pdf(hash),
                    Removed::Letter => folders.letter(hash),
                })?;
            }
        }
        // Locked copies do not tell whose they are; each is made again when it is needed.
        let mut locked = Vec::new();
        files::collect(&folders.letters(), "pdf", &mut locked);
        locked.iter().try_for_each(|path| remove(path))?;
        self.empty_outbox(shown)
    }

    /// Removes every kept page in which one of their names, addresses or accounts stands.
    fn remove_pages(&self) -> Result<usize> {
        let words: Vec<&[u8]> = self.words.names.iter().chain(self.accounts()).map(String::as_bytes).collect();
        let names_them = |body: &[u8]| words.iter().any(|word| contains(body, word));
        let store = RawStore::new(self.pipeline.folders.root());
        let pages = store.pages_that(&names_them)?;
        pages.iter().try_for_each(|path| remove(path))?;
        Ok(pages.len())
    }

    /// Their accounts; a staff number alone is short and stands in too many places that mean something else.
    fn accounts(&self) -> impl Iterator<Item = &String> {
        self.words.ids.iter().filter(|id| **id != self.agent)
    }

    /// Lists of what was asked for, and records of what runs read, name whom they asked for.
    fn clean_lists(&self, cleaner: &Cleaner<'_>) -> Result<()> {
        let mut lists = Vec::new();
        for (folder, ending) in [("pulls", "jsonl"), ("pulls", "json"), ("manifests", "json")] {
            files::collect(&self.pipeline.folders.root().join(folder), ending, &mut lists);
        }
        for path in lists {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
            if let Some(cleaned) = cleaner.text(&text) {
                write_whole(&path, cleaned.as_bytes())?;
            }
        }
        Ok(())
    }

    /// An outbox in the data folder stands for the relay in trials; its copies go too.
    fn empty_outbox(&self, shown: &PersonFiles) -> Result<()> {
        let mut letters: Vec<PathBuf> = Vec::new();
        files::collect(&self.pipeline.folders.root().join("outbox"), "eml", &mut letters);
        for path in letters {
            let bytes = fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
            if shown.letters.contains(&hex::encode(Sha256::digest(&bytes))) {
                remove(&path)?;
            }
        }
        Ok(())
    }
}

fn contains(body: &[u8], word: &[u8]) -> bool {
    body.windows(word.len()).any(|window| window == word)
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove `{}`", path.display()))
        }
        _ => Ok(()),
    }
}
