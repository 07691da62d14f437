//! Appeals (申诉): an agent disputes one line of a card within its window, a named person answers, and what was accepted
//! is set by a dated adjustment that later runs take in.

mod acknowledgements;
mod adjustments;
mod answer;
mod links;
mod open;
mod rates;
mod refusals;
mod windows;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::Ledger;
use super::proposals::Bar;
use super::store::{self, Connection, OptionalExtension, Row, params};
use super::stored::{At, Fraction, Label, stored_words};
use crate::exact::Exact;
use crate::period::Period;

use super::leads::Led;
use super::people::User;

pub use super::said::LONGEST as LONGEST_REASON;
pub use adjustments::{Adjustment, Sets};
pub use answer::{Answer, Correction, NotAnswered, Ruling};
pub use open::{NewAppeal, NotOpened};
pub use rates::{Rate, rates};

stored_words! {
    /// How far an appeal is.
    pub enum AppealState {
        /// Nobody answered it yet.
        Open = "open",
        /// The line was set anew.
        Accepted = "accepted",
        /// The line stands.
        Refused = "refused",
        /// The agent took it back.
        Withdrawn = "withdrawn",
    }
}

/// Who ended an appeal, when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The user who answered, or the agent who took it back.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What they said.
    pub reason: String,
    /// What was set, where it was accepted.
    pub correction: Option<Correction>,
}

/// An appeal as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appeal {
    /// The ledger's number for it.
    pub id: i64,
    /// The card.
    pub document_id: i64,
    /// The job's id.
    pub job: String,
    /// The period that was scored.
    pub period: Period,
    /// The agent's staff number.
    pub agent: String,
    /// The agent's name.
    pub name: String,
    /// The id of the team in which the agent was scored.
    pub team: String,
    /// The edition of the card.
    pub edition: u32,
    /// The id of the disputed line.
    pub line: String,
    /// What the card calls it.
    pub label: String,
    /// What the agent says.
    pub reason: String,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// How far it is.
    pub state: AppealState,
    /// How it ended; `None` while it is open.
    pub answered: Option<Answered>,
}

impl Appeal {
    /// What keeps a user from answering it: operators and HR answer all, managers their teams', and nobody their own.
    pub fn bar(&self, user: &User, led: &Led) -> Option<Bar> {
        let theirs = led.commands(&self.job, &self.period, &self.team);
        Bar::about(user, (&self.agent, &self.name), theirs)
    }

    /// What it is about, for the audit.
    fn called(&self) -> String {
        let Self { job, period, agent, edition, line, .. } = self;
        format!("{job} {period} {agent} edition {edition}, line {line}")
    }
}

/// Which appeals are wanted; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this job.
    pub job: Option<String>,
    /// Of this period.
    pub period: Option<Period>,
    /// In this state.
    pub state: Option<AppealState>,
    /// About this agent's cards.
    pub agent: Option<String>,
}

const SELECT: &str = "SELECT appeals.*, documents.job, documents.period, documents.subject, documents.name, \
     documents.team, documents.edition, adjustments.sets, adjustments.amount \
     FROM appeals JOIN documents ON documents.id = appeals.document_id \
     LEFT JOIN adjustments ON adjustments.appeal_id = appeals.id";

impl Ledger {
    /// The appeals that are wanted, as they came.
    pub fn appeals(&self, wanted: &Wanted) -> Result<Vec<Appeal>> {
        self.read(|connection| {
            let sql = format!(
                "{SELECT} WHERE (CAST(?1 AS TEXT) IS NULL OR documents.job = ?1) \
                 AND (CAST(?2 AS TEXT) IS NULL OR documents.period = ?2) \
                 AND (CAST(?3 AS TEXT) IS NULL OR appeals.state = ?3) \
                 AND (CAST(?4 AS TEXT) IS NULL OR documents.subject = ?4) ORDER BY appeals.id"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let wanted = params![wanted.job, wanted.period.map(Label), wanted.state, wanted.agent];
            let found = statement.query_map(wanted, read_appeal)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// The appeal of that number.
    pub fn appeal(&self, id: i64) -> Result<Option<Appeal>> {
        self.read(|connection| find(connection, id))
    }
}

fn find(connection: &Connection, id: i64) -> Result<Option<Appeal>> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE appeals.id = ?1"))?;
    Ok(statement.query_row([id], read_appeal).optional()?)
}

fn read_appeal(row: &Row<'_>) -> store::Result<Appeal> {
    Ok(Appeal {
        id: row.get("id")?,
        document_id: row.get("document_id")?,
        job: row.get("job")?,
        period: row.get::<_, Label>("period")?.0,
        agent: row.get("subject")?,
        name: row.get("name")?,
        team: row.get("team")?,
        edition: row.get("edition")?,
        line: row.get("line")?,
        label: row.get("label")?,
        reason: row.get("reason")?,
        opened_at: row.get::<_, At>("opened_at")?.0,
        state: row.get("state")?,
        answered: read_answer(row)?,
    })
}

fn read_answer(row: &Row<'_>) -> store::Result<Option<Answered>> {
    let Some(at) = row.get::<_, Option<At>>("answered_at")? else { return Ok(None) };
    let amount: Option<Exact> = row.get::<_, Option<Fraction>>("amount")?.map(|amount| amount.0);
    let correction = row.get::<_, Option<Sets>>("sets")?.zip(amount);
    Ok(Some(Answered {
        by: row.get("answered_by")?,
        at: at.0,
        reason: row.get("answer")?,
        correction: correction.map(|(sets, amount)| Correction { sets, amount }),
    }))
}

#[cfg(test)]
mod tests;
