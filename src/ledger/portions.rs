//! What a run consists of, without reading its documents whole: how many each team has, and one team's at a time.

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::Ledger;
use super::cards::CardSummary;
use super::deliveries::{Delivery, RecipientRole, SELECT as LETTERS, read_delivery};
use super::delivery_state::DeliveryState;
use super::documents::DocumentKind;
use super::store::{self, Connection, OptionalExtension, Params, Row, params};
use super::stored::{At, Fraction, Label};
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

/// A letter of a run as far as its place in a list needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterMark {
    /// The ledger's number for it.
    pub id: i64,
    /// As what the recipient gets it.
    pub role: RecipientRole,
    /// How far it is.
    pub state: DeliveryState,
    /// What its document is.
    pub kind: DocumentKind,
    /// The team of its document.
    pub team: String,
    /// The agent or team that its document is about.
    pub subject: String,
    /// Whether the run issued its document, and did not find it unchanged.
    pub is_issued: bool,
    /// Whether no later edition stands in its document's place.
    pub is_latest: bool,
}

const HEAD: &str = "documents.id, documents.edition, documents.run_id, documents.pdf_hash, documents.kind, documents.job, \
     documents.period, documents.subject, documents.name, documents.team, documents.total, documents.rank, \
     documents.rank_of, documents.created_at, documents.grade, documents.changed FROM run_documents JOIN documents ON documents.id = run_documents.document_id \
     WHERE run_documents.run_id = ?1";

impl Ledger {
    /// What a run consists of, by kind and team.
    pub fn portions(&self, run_id: &str) -> Result<Vec<Portion>> {
        let sql = "SELECT kind, team, count(*) AS documents, count(CASE WHEN issued = 1 THEN 1 END) AS issued \
                   FROM run_documents WHERE run_id = ?1 GROUP BY kind, team ORDER BY kind, team";
        let count = |row: &Row<'_>, column: &str| row.get::<_, i64>(column).map(|count| count.unsigned_abs() as usize);
        let read = |row: &Row<'_>| {
            let (documents, issued) = (count(row, "documents")?, count(row, "issued")?);
            Ok(Portion { kind: row.get("kind")?, team: row.get("team")?, documents, issued })
        };
        self.read(|connection| all(connection, sql, [run_id], read))
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

    /// The ids of those of a team about whom a run has cards.
    pub fn carded_of_team(&self, run_id: &str, team: &str) -> Result<Vec<String>> {
        let sql = "SELECT subject FROM run_documents WHERE run_id = ?1 AND kind = 'card' AND team = ?2";
        self.read(|connection| all(connection, sql, params![run_id, team], |row| row.get("subject")))
    }

    /// The team, the subject and its name of every document on which a run stands.
    pub fn names_in_run(&self, run_id: &str) -> Result<Vec<(String, String, String)>> {
        let sql = "SELECT documents.team, documents.subject, documents.name FROM run_documents \
                   JOIN documents ON documents.id = run_documents.document_id WHERE run_documents.run_id = ?1";
        self.read(|connection| all(connection, sql, [run_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))))
    }

    /// A team's letters about documents on which a run stands, also those that an earlier run planned or sent.
    pub fn letters_of_team(&self, run_id: &str, team: &str) -> Result<Vec<Delivery>> {
        let sql = format!(
            "{LETTERS} JOIN run_documents ON run_documents.document_id = documents.id \
             WHERE run_documents.run_id = ?1 AND run_documents.team = ?2 \
             ORDER BY documents.kind, documents.subject, role, recipient"
        );
        self.read(|connection| all(connection, &sql, params![run_id, team], read_delivery))
    }

    /// The letters of a run that failed, came back, or of which nobody knows, and those to be sent again.
    pub fn troubled_letters(&self, run_id: &str) -> Result<Vec<Delivery>> {
        // Few letters are in such a state, and a run may have thousands: the letters are looked at first.
        let sql = format!(
            "{} WHERE deliveries.state <> 'sent' AND deliveries.state IN ('failed', 'bounced', 'unknown', \
             'resolved-resend') AND run_documents.document_id = deliveries.document_id AND run_documents.run_id = ?1 \
             ORDER BY documents.team, documents.kind, documents.subject, role, recipient",
            LETTERS.replace("FROM deliveries JOIN", "FROM deliveries CROSS JOIN run_documents JOIN")
        );
        self.read(|connection| all(connection, &sql, [run_id], read_delivery))
    }

    /// How many letters of a run are in each state, team by team.
    pub fn count_letters(&self, run_id: &str) -> Result<Vec<(String, DeliveryState, usize)>> {
        let sql = "SELECT run_documents.team, deliveries.state, count(*) FROM run_documents \
                   JOIN deliveries ON deliveries.document_id = run_documents.document_id \
                   WHERE run_documents.run_id = ?1 GROUP BY run_documents.team, deliveries.state \
                   ORDER BY run_documents.team, deliveries.state";
        let count = |row: &Row<'_>| row.get::<_, i64>(2).map(|count| count.unsigned_abs() as usize);
        self.read(|connection| all(connection, sql, [run_id], |row| Ok((row.get(0)?, row.get(1)?, count(row)?))))
    }

    /// Every letter of a run with what its place in a list depends on, by subject.
    pub fn letter_marks(&self, run_id: &str) -> Result<Vec<LetterMark>> {
        let sql = "SELECT deliveries.id, deliveries.role, deliveries.state, run_documents.kind, run_documents.team, \
                   run_documents.subject, run_documents.issued AS is_issued, NOT EXISTS (SELECT 1 FROM documents AS newer \
                   WHERE newer.job = documents.job AND newer.kind = documents.kind \
                   AND newer.subject = documents.subject AND newer.period = documents.period \
                   AND newer.edition > documents.edition) AS is_latest \
                   FROM run_documents JOIN documents ON documents.id = run_documents.document_id \
                   JOIN deliveries ON deliveries.document_id = run_documents.document_id \
                   WHERE run_documents.run_id = ?1 ORDER BY run_documents.subject, deliveries.id";
        self.read(|connection| all(connection, sql, [run_id], read_mark))
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

fn all<T>(
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
        total: row.get::<_, Option<Fraction>>("total")?.map(|total| total.0),
        rank: row.get("rank")?,
        of: row.get("rank_of")?,
        grade: row.get("grade")?,
        created_at: row.get::<_, At>("created_at")?.0,
        changed: row.get("changed")?,
    })
}

fn read_mark(row: &Row<'_>) -> store::Result<LetterMark> {
    Ok(LetterMark {
        id: row.get("id")?,
        role: row.get("role")?,
        state: row.get("state")?,
        kind: row.get("kind")?,
        team: row.get("team")?,
        subject: row.get("subject")?,
        is_issued: row.get("is_issued")?,
        is_latest: row.get("is_latest")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::NewDocument;
    use crate::ledger::bench::{card, ledger, new_run, planned};

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
            let all = ledger.portions(run).expect("portions").into_iter();
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
        assert_eq!(ledger.carded_of_team(&first, "T0").expect("agents"), ["A009"]);
    }

    #[test]
    fn the_letters_of_a_run_are_counted_and_the_troubled_ones_found() {
        let (ledger, _) = ledger();
        let run = planned(&ledger, &["A001", "A002"]);
        let letter = ledger.claim_delivery(&run, "w").expect("a claim").expect("a letter");
        ledger.mark_in_doubt(letter.id, "w").expect("a mark");
        ledger.mark_unknown(letter.id, "?").expect("a mark");
        let troubled = ledger.troubled_letters(&run).expect("letters");
        assert_eq!(troubled.iter().map(|one| one.id).collect::<Vec<_>>(), [letter.id]);
        let states: Vec<(DeliveryState, usize)> =
            ledger.count_letters(&run).expect("counts").into_iter().map(|(_, state, count)| (state, count)).collect();
        assert_eq!(states, [(DeliveryState::Pending, 1), (DeliveryState::Unknown, 1)]);
        let team = card("A001", "1").team;
        assert_eq!(ledger.letters_of_team(&run, &team).expect("letters").len(), 2);
        let marks = ledger.letter_marks(&run).expect("marks");
        assert!(marks.iter().all(|mark| mark.is_latest && mark.is_issued), "{marks:?}");
        ledger.acknowledge(letter.document_id, "A001", "link").expect("a word");
        assert_eq!(ledger.count_acknowledged(&run).expect("counts"), [(team, 1)]);
    }
}
