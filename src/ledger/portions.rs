//! What a run consists of, without reading its documents whole: how many each team has, and one team's at a time.

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::Ledger;
use super::cards::CardSummary;
use super::documents::{Document, DocumentKind};
use super::store::{self, Connection, OptionalExtension, Params, Row, ToValue, params};
use super::stored::{At, Fraction, Label};
use super::whose::{Whose, places};
use crate::exact::Exact;
use crate::period::Period;

/// How many documents of one kind a run has of one team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portion {
    /// What they are.
    pub kind: DocumentKind,
    /// The team's id; empty for reports about all teams.
    pub team: String,
    /// How many there are.
    pub documents: usize,
    /// How many of them the run issued; the others it found unchanged.
    pub issued: usize,
}

/// One edition without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentHead {
    /// The ledger's number for it.
    pub id: i64,
    /// Which issue it is, from one.
    pub edition: u32,
    /// The run that issued it.
    pub run_id: String,
    /// The hash of its PDF, once rendered.
    pub pdf_hash: Option<String>,
    /// What it is.
    pub kind: DocumentKind,
    /// The job's id.
    pub job: String,
    /// The period that was scored.
    pub period: Period,
    /// The agent's or team's id, or that of the whole shop.
    pub subject: String,
    /// The agent's or team's name.
    pub name: String,
    /// The team's id; empty for a report about all teams.
    pub team: String,
    /// Says whether two editions are the same: equal hashes are one edition.
    pub content_hash: String,
    /// The total of a scored card.
    pub total: Option<Exact>,
    /// The rank of a ranked card, from one.
    pub rank: Option<u32>,
    /// How many are ranked.
    pub of: Option<u32>,
    /// The grade of a graded card.
    pub grade: Option<String>,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
    /// The difference to the edition before, as JSON.
    pub changed: Option<String>,
}

const HEAD: &str = "documents.id, documents.edition, documents.run_id, documents.pdf_hash, documents.kind, documents.job, \
     documents.period, documents.subject, documents.name, documents.team, documents.content_hash, documents.total, documents.rank, \
     documents.rank_of, documents.created_at, documents.grade, documents.changed FROM run_documents JOIN documents ON documents.id = run_documents.document_id \
     WHERE run_documents.run_id = ?1";

impl Ledger {
    /// What a run consists of, by kind and team.
    pub fn portions(&self, run_id: &str, whose: Whose<'_>) -> Result<Vec<Portion>> {
        let sql = format!(
            "SELECT kind, team, count(*) AS documents, count(CASE WHEN issued = 1 THEN 1 END) AS issued \
             FROM run_documents WHERE run_id = ?1 AND {} GROUP BY kind, team ORDER BY kind, team",
            of_teams(whose, 2)
        );
        let count = |row: &Row<'_>, column: &str| row.get::<_, i64>(column).map(|count| count.unsigned_abs() as usize);
        let read = |row: &Row<'_>| {
            let (documents, issued) = (count(row, "documents")?, count(row, "issued")?);
            Ok(Portion { kind: row.get("kind")?, team: row.get("team")?, documents, issued })
        };
        self.read(|connection| all(connection, &sql, whose.after(&[&run_id]).as_slice(), read))
    }

    /// The editions that a run stands on, new and unchanged, by team, kind and subject.
    pub fn run_heads(&self, run_id: &str) -> Result<Vec<DocumentHead>> {
        let sql = format!("SELECT {HEAD} ORDER BY documents.team, documents.kind, documents.subject");
        self.read(|connection| all(connection, &sql, [run_id], read_head))
    }

    /// The editions that a run issued and that have no PDF yet, by team, kind and subject.
    pub fn unrendered(&self, run_id: &str) -> Result<Vec<DocumentHead>> {
        let sql = format!(
            "SELECT {HEAD} AND documents.run_id = ?1 AND documents.pdf_hash IS NULL \
             ORDER BY documents.team, documents.kind, documents.subject"
        );
        self.read(|connection| all(connection, &sql, [run_id], read_head))
    }

    /// A team's documents of one kind on which a run stands: best rank first, those without a rank last.
    pub fn heads_of_team(&self, run_id: &str, kind: DocumentKind, team: &str) -> Result<Vec<DocumentHead>> {
        let sql = format!(
            "SELECT {HEAD} AND run_documents.kind = ?2 AND run_documents.team = ?3 \
             ORDER BY coalesce(documents.rank, 1000000000), documents.subject"
        );
        self.read(|connection| all(connection, &sql, params![run_id, kind, team], read_head))
    }

    /// The document of one kind about one subject on which a run stands.
    pub fn head_about(&self, run_id: &str, kind: DocumentKind, subject: &str) -> Result<Option<DocumentHead>> {
        let sql = format!("SELECT {HEAD} AND run_documents.kind = ?2 AND run_documents.subject = ?3");
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_row(params![run_id, kind, subject], read_head).optional()?)
        })
    }

    /// The document of that number if the run stands on it.
    pub fn head(&self, run_id: &str, document_id: i64) -> Result<Option<DocumentHead>> {
        let sql = format!("SELECT {HEAD} AND run_documents.document_id = ?2");
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_row(params![run_id, document_id], read_head).optional()?)
        })
    }

    /// Those of the documents of these numbers on which a run stands.
    pub(super) fn heads(&self, run_id: &str, document_ids: &[i64]) -> Result<Vec<DocumentHead>> {
        if document_ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!("SELECT {HEAD} AND run_documents.document_id IN ({})", places(2, document_ids.len()));
        let ids = document_ids.iter().map(|id| id as &dyn ToValue);
        let values: Vec<&dyn ToValue> = std::iter::once(&run_id as &dyn ToValue).chain(ids).collect();
        self.read(|connection| all(connection, &sql, values.as_slice(), read_head))
    }

    /// How many of a run's cards of each team their agents said to have read.
    pub fn count_acknowledged(&self, run_id: &str) -> Result<Vec<(String, usize)>> {
        let sql = "SELECT run_documents.team, count(*) FROM acknowledgements CROSS JOIN run_documents \
                   WHERE run_documents.document_id = acknowledgements.document_id AND run_documents.kind = 'card' \
                   AND run_documents.run_id = ?1 GROUP BY run_documents.team";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs() as usize));
        self.read(|connection| all(connection, sql, [run_id], read))
    }
}

impl From<Document> for DocumentHead {
    fn from(whole: Document) -> Self {
        Self {
            id: whole.id,
            edition: whole.edition,
            run_id: whole.run_id,
            pdf_hash: whole.pdf_hash,
            kind: whole.kind,
            job: whole.job,
            period: whole.period,
            subject: whole.subject,
            name: whole.name,
            team: whole.team,
            content_hash: whole.content_hash,
            total: whole.total,
            rank: whole.rank,
            of: whole.of,
            grade: whole.grade,
            created_at: whole.created_at,
            changed: whole.changed,
        }
    }
}

impl From<DocumentHead> for CardSummary {
    fn from(card: DocumentHead) -> Self {
        Self {
            id: card.id,
            period: card.period,
            agent: card.subject,
            name: card.name,
            team: card.team,
            edition: card.edition,
            total: card.total,
            rank: card.rank,
            of: card.of,
            grade: card.grade,
            created_at: card.created_at,
        }
    }
}

/// The condition on the documents of a run, whose values are numbered from `first` on.
pub(super) fn of_teams(whose: Whose<'_>, first: usize) -> String {
    // With the kinds named, a few teams are looked up in the index and all others passed over.
    let kinds = DocumentKind::ALL.iter().map(|kind| format!("'{}'", kind.word())).collect::<Vec<_>>().join(", ");
    format!("run_documents.kind IN ({kinds}) AND {}", whose.among("run_documents.team", first))
}

/// Every row of an answer.
pub(super) fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> store::Result<T>,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params, read)?;
    Ok(rows.collect::<store::Result<_>>()?)
}

fn read_head(row: &Row<'_>) -> store::Result<DocumentHead> {
    Ok(DocumentHead {
        id: row.get("id")?,
        edition: row.get("edition")?,
        run_id: row.get("run_id")?,
        pdf_hash: row.get("pdf_hash")?,
        kind: row.get("kind")?,
        job: row.get("job")?,
        period: row.get::<_, Label>("period")?.0,
        subject: row.get("subject")?,
        name: row.get("name")?,
        team: row.get("team")?,
        content_hash: row.get("content_hash")?,
        total: row.get::<_, Option<Fraction>>("total")?.map(|total| total.0),
        rank: row.get("rank")?,
        of: row.get("rank_of")?,
        grade: row.get("grade")?,
        created_at: row.get::<_, At>("created_at")?.0,
        changed: row.get("changed")?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ledger::NewDocument;
    use crate::ledger::bench::{card, ledger, new_run};

    #[test]
    fn a_run_is_counted_by_team_and_knows_what_it_issued() {
        let (ledger, _) = ledger();
        let first = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        let other = |subject: &str| NewDocument { team: "T0".to_owned(), ..card(subject, "1") };
        for new in [card("A001", "1"), card("A002", "1"), other("A009")] {
            ledger.issue(&first, &new).expect("issued");
        }
        let second = ledger.start_run(&new_run("2026-10")).expect("a run").id;
        ledger.issue(&second, &card("A001", "1")).expect("the same");
        ledger.issue(&second, &NewDocument { rank: Some(1), ..card("A002", "2") }).expect("another edition");
        let counted = |run: &str| -> Vec<(String, usize, usize)> {
            let all = ledger.portions(run, Whose::Everybody).expect("portions").into_iter();
            all.map(|one| (one.team, one.documents, one.issued)).collect()
        };
        let team = card("A001", "1").team;
        assert_eq!(counted(&first), [("T0".to_owned(), 1, 1), (team.clone(), 2, 2)]);
        assert_eq!(counted(&second), [(team.clone(), 2, 1)]);
        let heads = ledger.heads_of_team(&second, DocumentKind::Card, &team).expect("heads");
        let told: Vec<(&str, bool)> = heads.iter().map(|head| (head.subject.as_str(), head.run_id == second)).collect();
        assert_eq!(told, [("A002", true), ("A001", false)], "who has a rank comes first");
        assert_eq!(ledger.head(&second, heads[0].id).expect("a read").as_ref(), Some(&heads[0]));
        assert_eq!(
            ledger.head(&first, heads[0].id).expect("a read"),
            None,
            "the other run stands on the first edition"
        );
        let about = ledger.head_about(&first, DocumentKind::Card, "A009").expect("a read").expect("a card");
        assert_eq!((about.team.as_str(), about.edition), ("T0", 1));
        let only = BTreeSet::from(["T0".to_owned()]);
        let of_one = ledger.portions(&first, Whose::Teams(&only)).expect("portions");
        assert_eq!(of_one.iter().map(|one| (one.team.as_str(), one.documents)).collect::<Vec<_>>(), [("T0", 1)]);
    }
}
