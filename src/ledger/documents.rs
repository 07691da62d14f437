//! Cards, packs and reports, and their editions (版次).

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};

use super::proofs::seal_row;
use super::proposals::{NewProposal, reconcile};
use super::store::{self, Connection, OptionalExtension, Row, params};
use super::stored::{At, Fraction, Label, stored_words};
use super::{Ledger, touched};
use crate::exact::Exact;
use crate::period::Period;
use crate::words::Bilingual;

stored_words! {
    /// What a document is.
    pub enum DocumentKind {
        /// The result of one agent.
        Card = "card",
        /// The result of one team, for its manager.
        Pack = "pack",
        /// Who stands where.
        Ranking = "ranking",
        /// All teams side by side.
        Summary = "summary",
        /// Results as they are made public.
        ResultSheet = "result-sheet",
        /// Who is commended, and for what.
        Commendation = "commendation",
        /// How far a period is and where everybody stands so far.
        Tracking = "tracking",
        /// What one agent is to improve.
        ImprovementPlan = "improvement-plan",
        /// Watched numbers beyond their limits.
        Alert = "alert",
    }
}

impl DocumentKind {
    /// What people call it.
    pub fn title(self) -> Bilingual {
        match self {
            Self::Card => Bilingual::new("绩效卡", "card"),
            Self::Pack => Bilingual::new("团队汇总", "pack"),
            Self::Ranking => Bilingual::new("排名", "ranking"),
            Self::Summary => Bilingual::new("绩效汇总", "summary"),
            Self::ResultSheet => Bilingual::new("结果公示", "result sheet"),
            Self::Commendation => Bilingual::new("服务之星", "commendation"),
            Self::Tracking => Bilingual::new("绩效跟踪", "tracking"),
            Self::ImprovementPlan => Bilingual::new("改进计划", "improvement plan"),
            Self::Alert => Bilingual::new("预警", "alert"),
        }
    }
}

/// The subject of a report about all teams.
pub const SHOP: &str = "shop";

/// A result that is to be issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDocument {
    /// What it is.
    pub kind: DocumentKind,
    /// The job's id.
    pub job: String,
    /// The period that was scored.
    pub period: Period,
    /// The agent's or team's id, or [`SHOP`].
    pub subject: String,
    /// The agent's or team's name.
    pub name: String,
    /// The team's id; empty for a report about all teams.
    pub team: String,
    /// Says whether two editions are the same: equal hashes are one edition.
    pub content_hash: String,
    /// The whole content as JSON.
    pub data: String,
    /// The total of a scored card.
    pub total: Option<Exact>,
    /// The rank of a ranked card, from one.
    pub rank: Option<u32>,
    /// How many are ranked.
    pub of: Option<u32>,
    /// The grade of a graded card.
    pub grade: Option<String>,
    /// The grade's id.
    pub grade_id: Option<String>,
    /// The gates and quotas that held.
    pub marks: Vec<String>,
    /// The difference to the edition before, as JSON.
    pub changed: Option<String>,
    /// What a card proposes; `None` for a document that says nothing about it, which leaves the ledger's as they are.
    pub proposals: Option<Vec<NewProposal>>,
}

/// One edition as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The ledger's number for it.
    pub id: i64,
    /// Which issue it is, from one.
    pub edition: u32,
    /// The run that issued it.
    pub run_id: String,
    /// The hash of its PDF, once rendered.
    pub pdf_hash: Option<String>,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
    /// What it is.
    pub kind: DocumentKind,
    /// The job's id.
    pub job: String,
    /// The period that was scored.
    pub period: Period,
    /// The agent's or team's id, or [`SHOP`].
    pub subject: String,
    /// The agent's or team's name.
    pub name: String,
    /// The team's id; empty for a report about all teams.
    pub team: String,
    /// Says whether two editions are the same: equal hashes are one edition.
    pub content_hash: String,
    /// The whole content as JSON.
    pub data: String,
    /// The total of a scored card.
    pub total: Option<Exact>,
    /// The rank of a ranked card, from one.
    pub rank: Option<u32>,
    /// How many are ranked.
    pub of: Option<u32>,
    /// The grade of a graded card.
    pub grade: Option<String>,
    /// The difference to the edition before, as JSON.
    pub changed: Option<String>,
}

impl Ledger {
    /// Issues a result for a run: the latest edition if it has the same content, else the next edition.
    ///
    /// Returns whether this call made an edition. A resumed run that issues the same content again gets its own
    /// edition back; [`Document::run_id`] tells it from one that an earlier run issued. In the same transaction the
    /// card's proposals are brought in line with what it proposes now.
    pub fn issue(&self, run_id: &str, new: &NewDocument) -> Result<(Document, bool)> {
        let issued = self.issue_all(run_id, std::slice::from_ref(new))?;
        issued.into_iter().next().context("the ledger issued nothing")
    }

    /// Issues several results for a run in one transaction, as [`Ledger::issue`] does one: all of them or none.
    pub fn issue_all(&self, run_id: &str, new: &[NewDocument]) -> Result<Vec<(Document, bool)>> {
        let now = self.now();
        self.write(|transaction| new.iter().map(|one| issue_one(transaction, run_id, one, now)).collect())
    }

    /// Notes the hash of a document's PDF.
    pub fn set_pdf(&self, document_id: i64, pdf_hash: &str) -> Result<()> {
        self.set_pdfs(&[(document_id, pdf_hash.to_owned())])
    }

    /// Notes the hashes of several documents' PDFs in one transaction.
    pub fn set_pdfs(&self, hashes: &[(i64, String)]) -> Result<()> {
        self.write(|transaction| {
            for (id, hash) in hashes {
                let sql = "UPDATE documents SET pdf_hash = ?2 WHERE id = ?1";
                touched(transaction.execute(sql, params![id, hash])?, "document", id)?;
            }
            Ok(())
        })
    }

    /// The newest edition of one subject's card or pack.
    pub fn latest_document(
        &self,
        job: &str,
        period: &Period,
        kind: DocumentKind,
        subject: &str,
    ) -> Result<Option<Document>> {
        self.read(|connection| find_latest(connection, job, period, kind, subject))
    }

    /// The document of that number.
    pub fn document(&self, id: i64) -> Result<Option<Document>> {
        self.read(|connection| find_document(connection, id))
    }

    /// Every edition of one subject's card or pack, the first one first.
    pub fn editions(&self, job: &str, period: &Period, kind: DocumentKind, subject: &str) -> Result<Vec<Document>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT * FROM documents WHERE job = ?1 AND period = ?2 AND kind = ?3 AND subject = ?4 ORDER BY edition",
            )?;
            let found = statement.query_map(params![job, Label(*period), kind, subject], read_document)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// The numbers of the editions that a run stands on, each with the hash of its PDF.
    pub fn run_pdfs(&self, run_id: &str) -> Result<Vec<(i64, Option<String>)>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, pdf_hash FROM documents JOIN run_documents ON document_id = documents.id \
                 WHERE run_documents.run_id = ?1",
            )?;
            let found = statement.query_map([run_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// The first document of a kind in a run, by team and subject; of one subject where it is named.
    pub fn first_in_run(&self, run_id: &str, kind: DocumentKind, subject: Option<&str>) -> Result<Option<Document>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT * FROM documents WHERE id = (SELECT document_id FROM run_documents \
                 WHERE run_id = ?1 AND kind = ?2 AND (CAST(?3 AS TEXT) IS NULL OR subject = ?3) \
                 ORDER BY team, subject LIMIT 1)",
            )?;
            let found = statement.query_map(params![run_id, kind, subject], read_document)?;
            Ok(found.collect::<store::Result<Vec<_>>>()?.pop())
        })
    }
}

fn find_latest(
    connection: &Connection,
    job: &str,
    period: &Period,
    kind: DocumentKind,
    subject: &str,
) -> Result<Option<Document>> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM documents WHERE job = ?1 AND period = ?2 AND kind = ?3 AND subject = ?4 \
         ORDER BY edition DESC LIMIT 1",
    )?;
    Ok(statement.query_row(params![job, Label(*period), kind, subject], read_document).optional()?)
}

fn find_document(connection: &Connection, id: i64) -> Result<Option<Document>> {
    let mut statement = connection.prepare_cached("SELECT * FROM documents WHERE id = ?1")?;
    Ok(statement.query_row([id], read_document).optional()?)
}

fn issue_one(
    transaction: &Connection,
    run_id: &str,
    new: &NewDocument,
    now: DateTime<Utc>,
) -> Result<(Document, bool)> {
    let latest = find_latest(transaction, &new.job, &new.period, new.kind, &new.subject)?;
    let (document, is_new) = match latest {
        Some(latest) if latest.content_hash == new.content_hash => (latest, false),
        latest => {
            let edition = latest.map_or(1, |latest| latest.edition + 1);
            (insert_document(transaction, run_id, edition, new, now)?, true)
        }
    };
    transaction.execute(
        "INSERT INTO run_documents (run_id, kind, subject, document_id, team, issued) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (run_id, kind, subject) DO UPDATE \
         SET document_id = excluded.document_id, team = excluded.team, issued = excluded.issued",
        params![run_id, new.kind, new.subject, document.id, document.team, document.run_id == run_id],
    )?;
    if let Some(proposals) = &new.proposals {
        reconcile(transaction, run_id, &document, proposals, now)?;
    }
    Ok((document, is_new))
}

fn insert_document(
    connection: &Connection,
    run_id: &str,
    edition: u32,
    new: &NewDocument,
    now: DateTime<Utc>,
) -> Result<Document> {
    let id: i64 = connection.query_row(
        "INSERT INTO documents (job, period, kind, subject, edition, run_id, name, team, content_hash, data, total, \
         rank, rank_of, grade, changed, created_at, grade_id, marks) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18) RETURNING id",
        params![
            new.job,
            Label(new.period),
            new.kind,
            new.subject,
            edition,
            run_id,
            new.name,
            new.team,
            new.content_hash,
            new.data,
            new.total.clone().map(Fraction),
            new.rank,
            new.of,
            new.grade,
            new.changed,
            At(now),
            new.grade_id,
            new.marks.join("\n"),
        ],
        |row| row.get(0),
    )?;
    let document = find_document(connection, id)?.context("the document was not kept")?;
    seal_row(connection, &document)?;
    Ok(document)
}

/// Reads a row of `documents`.
pub(super) fn read_document(row: &Row<'_>) -> store::Result<Document> {
    Ok(Document {
        id: row.get("id")?,
        edition: row.get("edition")?,
        run_id: row.get("run_id")?,
        pdf_hash: row.get("pdf_hash")?,
        created_at: row.get::<_, At>("created_at")?.0,
        kind: row.get("kind")?,
        job: row.get("job")?,
        period: row.get::<_, Label>("period")?.0,
        subject: row.get("subject")?,
        name: row.get("name")?,
        team: row.get("team")?,
        content_hash: row.get("content_hash")?,
        data: row.get("data")?,
        total: row.get::<_, Option<Fraction>>("total")?.map(|total| total.0),
        rank: row.get("rank")?,
        of: row.get("rank_of")?,
        grade: row.get("grade")?,
        changed: row.get("changed")?,
    })
}

#[cfg(test)]
mod tests;
