//! Proposals (建议): consequences that a scheme derives and a person must approve; nothing pays or dismisses by itself.

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::Ledger;
use super::releases::is_same_person;
use super::runs::RunState;
use super::stored::{At, Fraction, Label, stored_words};
use crate::exact::Exact;
use crate::ledger::store::{self, Connection, OptionalExtension, Row, params};
use crate::period::Period;
use crate::words::Bilingual;

mod decide;
mod reconcile;
mod rights;

pub use decide::{Decision, Through, Undecided, Verdict};
pub(super) use reconcile::reconcile;
pub use rights::Bar;

stored_words! {
    /// How far a proposal is.
    pub enum ProposalState {
        /// Nobody has decided; nothing follows from it.
        Pending = "pending",
        /// A person agreed.
        Approved = "approved",
        /// A person said no.
        Refused = "refused",
        /// A later edition of the card no longer proposes it; nobody needs to decide.
        Withdrawn = "withdrawn",
    }
}

/// What a card proposes; two that are equal in all of it are the same proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProposal {
    /// The rule that proposes it.
    pub rule: String,
    /// Its kind, such as `demote`.
    pub kind: String,
    /// What is proposed.
    pub text: Bilingual,
    /// The numbers that led to it.
    pub evidence: Bilingual,
    /// Yuan, where it is about money.
    pub amount: Option<Exact>,
}

impl NewProposal {
    /// Its kind and its rule, or the one where they are the same.
    pub fn origin(&self) -> String {
        if self.kind == self.rule { self.rule.clone() } else { format!("{} · {}", self.kind, self.rule) }
    }
}

/// Who said a word that counts about a proposal, when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The user who said it, or who asked for the run that withdrew the proposal.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// The first of two words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstWord {
    /// Who said it, when and why.
    pub said: Said,
    /// Where, as the audit calls it.
    pub through: String,
}

impl FirstWord {
    /// Whether it is the word of the user of that name.
    pub fn is_of(&self, name: &str) -> bool {
        is_same_person(&self.said.by, name)
    }
}

/// A proposal as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The ledger's number for it.
    pub id: i64,
    /// The job's id.
    pub job: String,
    /// The period that was scored.
    pub period: Period,
    /// The agent's staff number.
    pub agent: String,
    /// The agent's name.
    pub name: String,
    /// The team's id.
    pub team: String,
    /// The newest edition of the card that proposes it, or the one on which it was decided.
    pub edition: u32,
    /// The newest run that stands on that edition.
    pub run_id: String,
    /// Whether that run is finished and holds neither everything nor this card: only then may anybody decide.
    pub is_settled: bool,
    /// What is proposed, by which rule, on which evidence.
    pub what: NewProposal,
    /// How far it is.
    pub state: ProposalState,
    /// The proposal that it replaces, or the decided one from which it differs.
    pub earlier: Option<i64>,
    /// When it was first proposed.
    pub created_at: DateTime<Utc>,
    /// The first of two words for it, where two are asked for and one was said.
    pub first_word: Option<FirstWord>,
    /// Who ended it; `None` while it is pending.
    pub ended: Option<Said>,
}

impl Proposal {
    /// What it is about, for the audit: job, period, agent, kind, rule and amount.
    fn called(&self) -> String {
        let amount = self.what.amount.as_ref().map(|amount| format!(" of ¥{}", amount.fixed(2))).unwrap_or_default();
        let Self { job, period, agent, what, edition, .. } = self;
        format!("{job} {period} {agent} edition {edition}: {}{amount} by rule {}", what.kind, what.rule)
    }
}

/// Which proposals are wanted; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this job.
    pub job: Option<String>,
    /// Of this period.
    pub period: Option<Period>,
    /// In this state.
    pub state: Option<ProposalState>,
}

/// A proposal with its card and the newest run that stands on that edition, or the one that issued it when a resumed run
/// went on to another.
const SELECT: &str = "SELECT proposals.*, documents.job, documents.period, documents.subject, documents.name, \
     documents.team, documents.edition, runs.id AS newest_run, runs.state AS run_state, \
     EXISTS (SELECT 1 FROM findings WHERE findings.run_id = runs.id AND findings.weight = 'hold-subject' \
             AND findings.subject = documents.subject) AS is_held \
     FROM proposals JOIN documents ON documents.id = proposals.document_id \
     JOIN runs ON runs.number = coalesce( \
         (SELECT max(number) FROM runs JOIN run_documents ON run_documents.run_id = runs.id \
          WHERE run_documents.document_id = documents.id), \
         (SELECT number FROM runs WHERE runs.id = documents.run_id))";

/// By period, team and agent, then as they came.
const ORDER: &str = "ORDER BY documents.period, documents.team, documents.subject, proposals.id";

impl Ledger {
    /// Proposals by period, team and agent, then as they came.
    pub fn proposals(&self, wanted: &Wanted) -> Result<Vec<Proposal>> {
        self.read(|connection| {
            let sql = format!(
                "{SELECT} WHERE (CAST(?1 AS TEXT) IS NULL OR documents.job = ?1) \
                 AND (CAST(?2 AS TEXT) IS NULL OR documents.period = ?2) \
                 AND (CAST(?3 AS TEXT) IS NULL OR proposals.state = ?3) {ORDER}"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let found =
                statement.query_map(params![wanted.job, wanted.period.map(Label), wanted.state], read_proposal)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// The proposal of that number.
    pub fn proposal(&self, id: i64) -> Result<Option<Proposal>> {
        self.read(|connection| find(connection, id))
    }

    /// What waits for a decision on the cards that a run stands on.
    pub fn waiting_proposals(&self, run_id: &str) -> Result<Vec<Proposal>> {
        self.read(|connection| {
            let sql = format!(
                "{SELECT} WHERE proposals.state = 'pending' AND documents.id IN \
                 (SELECT document_id FROM run_documents WHERE run_id = ?1) {ORDER}"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let found = statement.query_map([run_id], read_proposal)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}

fn find(connection: &Connection, id: i64) -> Result<Option<Proposal>> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE proposals.id = ?1"))?;
    Ok(statement.query_row([id], read_proposal).optional()?)
}

fn read_proposal(row: &Row<'_>) -> store::Result<Proposal> {
    let run_state: RunState = row.get("run_state")?;
    let is_held: bool = row.get("is_held")?;
    Ok(Proposal {
        id: row.get("id")?,
        job: row.get("job")?,
        period: row.get::<_, Label>("period")?.0,
        agent: row.get("subject")?,
        name: row.get("name")?,
        team: row.get("team")?,
        edition: row.get("edition")?,
        run_id: row.get("newest_run")?,
        is_settled: is_settled(run_state) && !is_held,
        what: NewProposal {
            rule: row.get("rule")?,
            kind: row.get("kind")?,
            text: Bilingual::new(row.get::<_, String>("text_zh")?, row.get::<_, String>("text_en")?),
            evidence: Bilingual::new(row.get::<_, String>("evidence_zh")?, row.get::<_, String>("evidence_en")?),
            amount: row.get::<_, Option<Fraction>>("amount")?.map(|amount| amount.0),
        },
        state: row.get("state")?,
        earlier: row.get("earlier")?,
        created_at: row.get::<_, At>("created_at")?.0,
        first_word: read_first_word(row)?,
        ended: read_end(row)?,
    })
}

fn read_end(row: &Row<'_>) -> store::Result<Option<Said>> {
    let Some(by) = row.get("decided_by")? else { return Ok(None) };
    Ok(Some(Said { by, at: row.get::<_, At>("decided_at")?.0, reason: row.get("reason")? }))
}

fn read_first_word(row: &Row<'_>) -> store::Result<Option<FirstWord>> {
    let Some(by) = row.get("first_by")? else { return Ok(None) };
    let said = Said { by, at: row.get::<_, At>("first_at")?.0, reason: row.get("first_reason")? };
    Ok(Some(FirstWord { said, through: row.get("first_through")? }))
}

/// Whether what a run computed may be acted on; a held, broken or stopped one may have computed on half the data.
fn is_settled(state: RunState) -> bool {
    matches!(state, RunState::Ready | RunState::Releasing | RunState::Sent | RunState::PartlySent | RunState::Done)
}

#[cfg(test)]
mod tests;
