//! What has grown older than the house keeps it; nothing that an unfinished run needs is ever among it.

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::proofs::{EMPTIED, Removed, seal_row};
use super::simulations::remove_results;
use super::store::{self, Connection, Row, params};
use super::stored::At;
use super::{Ledger, documents, leads, recorded};
use crate::period::Period;

/// Rows that have grown old.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aged {
    /// How many.
    pub rows: u64,
    /// The oldest of them.
    pub oldest: Option<DateTime<Utc>>,
}

/// A file of the archive or a sealed letter that has grown old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgedFile {
    /// Its hash, which is its name.
    pub hash: String,
    /// When its document was issued.
    pub issued_at: DateTime<Utc>,
}

/// A document of a run that is not over, or one that somebody questions.
const NEEDED: &str = "(EXISTS (SELECT 1 FROM run_documents JOIN runs ON runs.id = run_documents.run_id \
     WHERE run_documents.document_id = documents.id \
     AND runs.state NOT IN ('sent', 'partly-sent', 'failed', 'cancelled', 'done')) \
     OR EXISTS (SELECT 1 FROM appeals WHERE appeals.document_id = documents.id AND appeals.state = 'open'))";

impl Ledger {
    /// The PDFs of editions that were issued before `cutoff` and that no newer edition shares.
    pub fn aged_pdfs(&self, cutoff: DateTime<Utc>) -> Result<Vec<AgedFile>> {
        let sql = format!(
            "SELECT pdf_hash, max(created_at) FROM documents WHERE pdf_hash IS NOT NULL AND NOT {NEEDED} \
             AND pdf_hash NOT IN (SELECT hash FROM removals WHERE kind = 'pdf') \
             GROUP BY pdf_hash HAVING max(created_at) < ?1 ORDER BY 2, 1"
        );
        self.aged_files(&sql, cutoff)
    }

    /// The sealed letters of editions that were issued before `cutoff`, apart from those that may still go out.
    pub fn aged_letters(&self, cutoff: DateTime<Utc>) -> Result<Vec<AgedFile>> {
        let sql = format!(
            "SELECT mime_hash, max(created_at) FROM deliveries JOIN documents ON documents.id = deliveries.document_id \
             WHERE state IN ('sent', 'resolved-sent', 'withdrawn', 'failed', 'bounced') AND NOT {NEEDED} \
             AND mime_hash NOT IN (SELECT hash FROM removals WHERE kind = 'letter') \
             GROUP BY mime_hash HAVING max(created_at) < ?1 ORDER BY 2, 1"
        );
        self.aged_files(&sql, cutoff)
    }

    /// The editions that were issued before `cutoff` and still have scores.
    pub fn aged_scores(&self, cutoff: DateTime<Utc>) -> Result<Aged> {
        self.read(|connection| {
            let sql = format!(
                "SELECT count(*), min(created_at) FROM documents WHERE created_at < ?1 AND data <> ?2 AND NOT {NEEDED}"
            );
            Ok(connection.query_row(&sql, params![At(cutoff), EMPTIED], read_aged)?)
        })
    }

    /// Removes the scores of these editions; that they were issued and sent stays. Gives the jobs and periods whose recorded
    /// events went with them.
    pub fn empty_scores(&self, cutoff: DateTime<Utc>) -> Result<BTreeSet<(String, Period)>> {
        self.write(|transaction| {
            remove_results(transaction, cutoff)?;
            let sql = format!(
                "UPDATE documents SET data = ?2, total = NULL, rank = NULL, rank_of = NULL, grade = NULL, \
                 grade_id = NULL, changed = NULL, marks = '' WHERE created_at < ?1 AND data <> ?2 AND NOT {NEEDED} \
                 RETURNING *"
            );
            let mut statement = transaction.prepare_cached(&sql)?;
            let emptied = statement.query_map(params![At(cutoff), EMPTIED], documents::read_document)?;
            for document in emptied.collect::<store::Result<Vec<_>>>()? {
                seal_row(transaction, &document)?;
            }
            // Whoever led a team then sees nothing of it any more.
            leads::forget_rosters(transaction, cutoff)?;
            transaction.execute("DELETE FROM form_answers WHERE at < ?1", [At(cutoff)])?;
            let places = recorded::forget_before(transaction, cutoff)?;
            let ended = "DELETE FROM reminders WHERE planned_at < ?1 AND state IN ('sent', 'resolved-sent', 'failed')";
            transaction.execute(ended, [At(cutoff)])?;
            silence_appeals(transaction)?;
            Ok(places)
        })
    }

    /// The sessions that ended, and the sign-ins that failed, before `cutoff`.
    pub fn aged_sessions(&self, cutoff: DateTime<Utc>) -> Result<Aged> {
        self.read(|connection| {
            let sql = "SELECT count(*), min(at) FROM (SELECT expires_at AS at FROM sessions \
                       UNION ALL SELECT at FROM failed_sign_ins) AS ended WHERE at < ?1";
            Ok(connection.query_row(sql, [At(cutoff)], read_aged)?)
        })
    }

    /// Removes them.
    pub fn remove_sessions(&self, cutoff: DateTime<Utc>) -> Result<()> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM sessions WHERE expires_at < ?1", [At(cutoff)])?;
            transaction.execute("DELETE FROM failed_sign_ins WHERE at < ?1", [At(cutoff)])?;
            transaction.execute("DELETE FROM link_asks WHERE at < ?1", [At(cutoff)])?;
            transaction.execute("DELETE FROM sign_in_links WHERE expires_at < ?1", [At(cutoff)])?;
            transaction.execute("DELETE FROM journeys WHERE expires_at < ?1", [At(cutoff)])?;
            Ok(())
        })
    }

    /// Notes many files as removed on purpose, in one step.
    pub fn note_removals(&self, kind: Removed, hashes: &[String], reason: &str) -> Result<()> {
        let now = self.now();
        self.write(|transaction| {
            let sql = "INSERT INTO removals (hash, kind, reason, removed_at) VALUES (?1, ?2, ?3, ?4) \
                       ON CONFLICT (hash, kind) DO NOTHING";
            let mut statement = transaction.prepare_cached(sql)?;
            for hash in hashes {
                statement.execute(params![hash, kind, reason, At(now)])?;
            }
            Ok(())
        })
    }

    fn aged_files(&self, sql: &str, cutoff: DateTime<Utc>) -> Result<Vec<AgedFile>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let read = |row: &Row<'_>| Ok(AgedFile { hash: row.get(0)?, issued_at: row.get::<_, At>(1)?.0 });
            let found = statement.query_map([At(cutoff)], read)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}

/// Removes what people said about cards whose scores are gone; that they said something stays.
fn silence_appeals(connection: &Connection) -> Result<()> {
    let emptied = "SELECT id FROM documents WHERE data = ?1";
    let sql = format!("UPDATE appeals SET reason = '', answer = '' WHERE document_id IN ({emptied})");
    connection.execute(&sql, [EMPTIED])?;
    let sql = format!(
        "UPDATE adjustments SET reason = '' WHERE appeal_id IN \
         (SELECT id FROM appeals WHERE document_id IN ({emptied}))"
    );
    connection.execute(&sql, [EMPTIED])?;
    Ok(())
}

fn read_aged(row: &Row<'_>) -> store::Result<Aged> {
    let rows = row.get::<_, i64>(0)?.unsigned_abs();
    Ok(Aged { rows, oldest: row.get::<_, Option<At>>(1)?.map(|at| at.0) })
}
