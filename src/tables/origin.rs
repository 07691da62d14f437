//! From what kept tables were built: while the sources give the same for a period, the same program does not build them
//! again.
//!
//! A note beside the tables says it, with the hash of each of them and what was noticed while they were built. It holds
//! only as long as all of them are as they were written, and goes with the rows of a person, whom it may name.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::LazyLock;

use anyhow::Context;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::extract::Stock;
use crate::finding::{Finding, Weight};
use crate::period::Period;
use crate::unfinished::Unfinished;
use crate::words::Bilingual;

use super::{OnlyTeam, digests, store};

/// The file with the note, among the tables of a period.
const NOTE: &str = "origin.json";
/// Changed whenever the note is written in another way.
const FORM: &str = "1";
/// Which program this is, by its file: another one may build other tables of the same rows.
static PROGRAM: LazyLock<String> = LazyLock::new(|| {
    let file = std::env::current_exe().and_then(fs::metadata);
    file.map_or_else(
        |_| env!("CARGO_PKG_VERSION").to_owned(),
        |file| format!("{} {}.{}", file.len(), file.mtime(), file.mtime_nsec()),
    )
});

/// All that tables and what is noticed about them follow from, as one hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

#[derive(Serialize, Deserialize)]
struct Note {
    origin: String,
    tables: BTreeMap<String, String>,
    noticed: Vec<Noticed>,
}

#[derive(Serialize, Deserialize)]
struct Noticed {
    weight: String,
    code: String,
    subject: Option<String>,
    text: Bilingual,
    next: Bilingual,
}

impl Origin {
    /// The origin of the tables that [`lay`](super::lay) would build.
    ///
    /// # Errors
    /// When a file of the lake cannot be looked at.
    pub fn of(
        stocks: &[(String, Stock)],
        period: &Period,
        cut_off: NaiveDate,
        only_team: Option<&OnlyTeam>,
    ) -> anyhow::Result<Self> {
        let mut hash = Sha256::new();
        let mut take = |part: &str| {
            hash.update(part.len().to_le_bytes());
            hash.update(part.as_bytes());
        };
        take(FORM);
        take(&PROGRAM);
        take(&period.to_string());
        take(&cut_off.to_string());
        let team = only_team.map(|team| [&team.id, &team.name, &team.table]);
        team.into_iter().flatten().for_each(|word| take(word));
        for (table, stock) in stocks {
            take(table);
            take(&stock.identity().with_context(|| format!("the rows of table `{table}`"))?);
        }
        Ok(Self(hex::encode(hash.finalize())))
    }

    /// What was noticed when the tables of a folder were built, if they were built from this and are as they were then.
    pub fn noticed(&self, folder: &Path) -> Option<Vec<Finding>> {
        let note: Note = serde_json::from_slice(&fs::read(folder.join(NOTE)).ok()?).ok()?;
        // Read through to the last byte: what a disk lost by itself leaves no other time behind.
        let stands = note.origin == self.0 && tables(folder, digests::anew).is_ok_and(|tables| tables == note.tables);
        stands.then(|| note.noticed.into_iter().map(Finding::from).collect())
    }

    /// Notes this of tables in a folder.
    pub(super) fn note(&self, folder: &Path, noticed: &[Finding]) -> anyhow::Result<()> {
        let noticed = noticed.iter().map(Noticed::from).collect();
        let note = Note { origin: self.0.clone(), tables: tables(folder, digests::of)?, noticed };
        let (unfinished, mut file) = Unfinished::begin(&folder.join(NOTE))?;
        file.write_all(&serde_json::to_vec(&note)?)?;
        Ok(unfinished.name()?)
    }
}

/// Removes the note of a folder, because its tables are about to be others, or because it may name somebody.
pub(super) fn forget(folder: &Path) -> io::Result<()> {
    match fs::remove_file(folder.join(NOTE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The hash of each table of a folder.
fn tables(folder: &Path, hash: fn(&Path) -> io::Result<String>) -> anyhow::Result<BTreeMap<String, String>> {
    store::files(folder)?.into_iter().map(|(table, path)| Ok((table, hash(&path)?))).collect()
}

impl From<&Finding> for Noticed {
    fn from(finding: &Finding) -> Self {
        let Finding { weight, code, subject, text, next } = finding.clone();
        Self { weight: weight.word().to_owned(), code, subject, text, next }
    }
}

impl From<Noticed> for Finding {
    fn from(noticed: Noticed) -> Self {
        let Noticed { weight, code, subject, text, next } = noticed;
        Self { weight: Weight::from_word(&weight), code, subject, text, next }
    }
}

#[cfg(test)]
mod tests;
