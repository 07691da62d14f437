//! One agent: everything that is kept of them, given out or erased.

mod clean;
mod erase;
mod export;
mod files;

use anyhow::{Result, ensure};

use crate::pipeline::Pipeline;
use crate::tables::person::{self, Words};

pub use erase::Erased;

/// An agent of whom something is kept.
pub struct Person<'a> {
    pipeline: &'a Pipeline,
    agent: String,
    words: Words,
}

impl<'a> Person<'a> {
    /// Finds an agent with the names, addresses and accounts under which they are kept.
    ///
    /// # Errors
    /// When nothing is kept of them, or a table cannot be read.
    pub fn find(pipeline: &'a Pipeline, agent: &str) -> Result<Self> {
        let mut words = Words { names: pipeline.ledger.names_of(agent)?, ..Words::default() };
        words.ids.insert(agent.to_owned());
        let tables = files::tables(pipeline);
        for path in tables.iter().filter(|path| files::is_table(path, "agents")) {
            words.names.extend(person::other_names(path, &words, &["name", "email"])?);
        }
        for path in tables.iter().filter(|path| files::is_table(path, "accounts")) {
            words.ids.extend(person::other_names(path, &words, &["account"])?);
        }
        let found = Self { pipeline, agent: agent.to_owned(), words };
        ensure!(found.is_known(&tables)?, "nothing is kept of an agent `{agent}`");
        Ok(found)
    }

    fn is_known(&self, tables: &[std::path::PathBuf]) -> Result<bool> {
        if !self.words.names.is_empty() {
            return Ok(true);
        }
        for path in tables {
            if person::rows_about(path, &self.words)?.height() > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
