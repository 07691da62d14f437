//! What a proof of the ledger needs: every edition and letter page by page, their hashes, and what was removed on purpose.

use std::collections::BTreeSet;

use anyhow::Result;
use sha2::{Digest, Sha256};

use super::Ledger;
use super::deliveries::{self, Delivery, read_delivery};
use super::documents::{Document, read_document};
use super::store::{self, Connection, OptionalExtension, params};
use super::stored::stored_words;

stored_words! {
    /// What kind of file was removed.
    pub enum Removed {
        /// A PDF of the archive.
        Pdf = "pdf",
        /// A sealed letter.
        Letter = "letter",
    }
}

/// What stands in place of the content of an edition whose scores were removed on purpose.
pub(super) const EMPTIED: &str = "{}";

/// An edition with the hash that it was issued with.
#[derive(Clone, Debug)]
pub struct Proved {
    /// The edition.
    pub document: Document,
    /// The hash of its row; `None` for editions of before rows had one.
    pub row_hash: Option<String>,
}

impl Ledger {
    /// The next editions after the one of that number, at most `limit`.
    pub fn documents_after(&self, id: i64, limit: u32) -> Result<Vec<Proved>> {
        self.read(|connection| {
            let sql = "SELECT * FROM documents WHERE id > ?1 ORDER BY id LIMIT ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map(params![id, limit], |row| {
                Ok(Proved { document: read_document(row)?, row_hash: row.get("row_hash")? })
            })?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// The next letters after the one of that number, at most `limit`.
    pub fn deliveries_after(&self, id: i64, limit: u32) -> Result<Vec<Delivery>> {
        self.read(|connection| {
            let sql = format!("{} WHERE deliveries.id > ?1 ORDER BY deliveries.id LIMIT ?2", deliveries::SELECT);
            let mut statement = connection.prepare_cached(&sql)?;
            let found = statement.query_map(params![id, limit], read_delivery)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// The hash with which an edition was issued; `None` for one of before rows had one.
    pub fn row_hash(&self, document_id: i64) -> Result<Option<String>> {
        self.read(|connection| {
            let sql = "SELECT row_hash FROM documents WHERE id = ?1";
            Ok(connection.query_row(sql, [document_id], |row| row.get(0)).optional()?.flatten())
        })
    }

    /// The hashes of the files of a kind that were removed on purpose.
    pub fn removed(&self, kind: Removed) -> Result<BTreeSet<String>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT hash FROM removals WHERE kind = ?1")?;
            let found = statement.query_map([kind], |row| row.get(0))?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}

impl Document {
    /// The hash over what it was issued with; lengths go in first, so that no two rows give the same bytes.
    pub fn fingerprint(&self) -> String {
        let notation = self.total.as_ref().map(crate::exact::Exact::notation);
        let number = |value: Option<u32>| value.map(|value| value.to_string());
        let fields = [
            Some(self.kind.word().to_owned()),
            Some(self.job.clone()),
            Some(self.period.to_string()),
            Some(self.subject.clone()),
            Some(self.edition.to_string()),
            Some(self.run_id.clone()),
            Some(self.name.clone()),
            Some(self.team.clone()),
            Some(self.content_hash.clone()),
            Some(self.data.clone()),
            notation,
            number(self.rank),
            number(self.of),
            self.grade.clone(),
            self.changed.clone(),
        ];
        let mut hash = Sha256::new();
        for field in fields {
            let text = field.unwrap_or_default();
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        hex::encode(hash.finalize())
    }
}

/// Writes the hash of a row beside it.
pub(super) fn seal_row(connection: &Connection, document: &Document) -> Result<()> {
    let sql = "UPDATE documents SET row_hash = ?2 WHERE id = ?1";
    connection.execute(sql, params![document.id, document.fingerprint()])?;
    Ok(())
}
