//! A named person approves or refuses.

use std::collections::BTreeSet;
use std::fmt;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::{Bar, Proposal, ProposalState, find};
use crate::ledger::Ledger;
use crate::ledger::audit::append;
use crate::ledger::leads::{Led, led_by};
use crate::ledger::people::{User, find_user};
use crate::ledger::releases::is_same_person;
use crate::ledger::store::{Connection, params};
use crate::ledger::stored::{At, stored_words};

stored_words! {
    /// What a person says to a proposal.
    pub enum Verdict {
        /// It is to happen.
        Approve = "approve",
        /// It is not to happen.
        Refuse = "refuse",
    }
}

impl Verdict {
    /// The state of what was decided so.
    pub fn state(self) -> ProposalState {
        match self {
            Self::Approve => ProposalState::Approved,
            Self::Refuse => ProposalState::Refused,
        }
    }
}

/// One decision about one or several proposals.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    /// What is said.
    pub verdict: Verdict,
    /// The user who decides.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Where it was said, for the audit, such as `console`.
    pub through: &'a str,
    /// The jobs whose proposals two persons approve; the second is not the first.
    pub two_persons: &'a BTreeSet<String>,
}

/// Why a decision was not taken; nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undecided {
    /// There is no such proposal.
    NoSuchProposal(i64),
    /// There is no such user.
    NoSuchPerson(String),
    /// No reason was given.
    NoReason,
    /// The person may not decide about this one.
    Barred(i64, Bar),
    /// It was decided or withdrawn before.
    Over(i64, ProposalState),
    /// The person said the first of two words, and the second is another person's.
    SamePerson(i64, String),
    /// The run behind its card is not finished, or is held.
    Unsettled(i64, String),
}

impl fmt::Display for Undecided {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchProposal(id) => {
                write!(out, "there is no proposal `{id}`; `scorepost proposals` lists them")
            }
            Self::NoSuchPerson(name) => write!(out, "there is no user `{name}`; `scorepost user list` lists them"),
            Self::NoReason => out.write_str("a decision needs a reason: say why"),
            Self::Barred(id, bar) => write!(out, "proposal `{id}` was not decided: {bar}"),
            Self::Over(id, state) => {
                write!(out, "proposal `{id}` is {state} already; `scorepost proposals` says by whom")
            }
            Self::SamePerson(id, first) => {
                write!(out, "`{first}` approved proposal `{id}` already; the second word must be another person's")
            }
            Self::Unsettled(id, run) => write!(
                out,
                "proposal `{id}` cannot be decided yet: run `{run}` behind it is held or did not finish; see \
                 `scorepost show {run}`, mend it and run it again"
            ),
        }
    }
}

impl std::error::Error for Undecided {}

impl Ledger {
    /// Decides about all these proposals or, with an [`Undecided`] in the error, about none; returns them as they are then.
    pub fn decide_proposals(&self, ids: &[i64], decision: Decision<'_>) -> Result<Vec<Proposal>> {
        let now = self.now();
        self.write(|transaction| {
            let person = find_user(transaction, decision.by)?;
            let person = person.ok_or_else(|| Undecided::NoSuchPerson(decision.by.to_owned()))?;
            if decision.reason.trim().is_empty() {
                return Err(Undecided::NoReason.into());
            }
            let led = led_by(transaction, &person, now.date_naive())?;
            let mut once = ids.to_vec();
            once.sort_unstable();
            once.dedup();
            once.into_iter().map(|id| decide(transaction, id, (&person, &led), decision, now)).collect()
        })
    }
}

fn decide(
    connection: &Connection,
    id: i64,
    (person, led): (&User, &Led),
    decision: Decision<'_>,
    now: DateTime<Utc>,
) -> Result<Proposal> {
    let proposal = find(connection, id)?.ok_or(Undecided::NoSuchProposal(id))?;
    check(person, led, &proposal)?;
    let reason = decision.reason.trim();
    let needs_two = decision.verdict == Verdict::Approve && decision.two_persons.contains(&proposal.job);
    let before = match &proposal.first_word {
        None if needs_two => return first_of_two(connection, &proposal, person, decision, now),
        Some(first) if needs_two && is_same_person(&first.by, &person.name) => {
            return Err(Undecided::SamePerson(id, first.by.clone()).into());
        }
        Some(first) if needs_two => format!("; the second of two, the first was {}", first.by),
        _ => String::new(),
    };
    connection.execute(
        "UPDATE proposals SET state = ?2, decided_by = ?3, decided_at = ?4, reason = ?5 WHERE id = ?1",
        params![id, decision.verdict.state(), person.name, At(now), reason],
    )?;
    let detail = format!("{}; {reason}; through {}{before}", proposal.called(), decision.through);
    let action = format!("{}-proposal", decision.verdict);
    append(connection, now, &person.name, &action, &format!("proposal {id}"), &detail)?;
    find(connection, id)?.ok_or_else(|| Undecided::NoSuchProposal(id).into())
}

/// Keeps the first of two words; nothing follows from it yet.
fn first_of_two(
    connection: &Connection,
    proposal: &Proposal,
    person: &User,
    decision: Decision<'_>,
    now: DateTime<Utc>,
) -> Result<Proposal> {
    let (id, reason) = (proposal.id, decision.reason.trim());
    let sql = "UPDATE proposals SET first_by = ?2, first_at = ?3, first_reason = ?4 WHERE id = ?1";
    connection.execute(sql, params![id, person.name, At(now), reason])?;
    let detail = format!("{}; {reason}; through {}; the first of two", proposal.called(), decision.through);
    append(connection, now, &person.name, "approve-proposal-first", &format!("proposal {id}"), &detail)?;
    find(connection, id)?.ok_or_else(|| Undecided::NoSuchProposal(id).into())
}

fn check(person: &User, led: &Led, proposal: &Proposal) -> Result<(), Undecided> {
    if let Some(bar) = Bar::of(person, led, proposal) {
        return Err(Undecided::Barred(proposal.id, bar));
    }
    if proposal.state != ProposalState::Pending {
        return Err(Undecided::Over(proposal.id, proposal.state));
    }
    if !proposal.is_settled {
        return Err(Undecided::Unsettled(proposal.id, proposal.run_id.clone()));
    }
    Ok(())
}
