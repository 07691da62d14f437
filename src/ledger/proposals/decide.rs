//! A named person approves or refuses.

use std::collections::BTreeSet;
use std::fmt;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::{Bar, FirstWord, Proposal, ProposalState, find};
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

/// Where a word was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through<'a> {
    /// In the console, by whoever is signed in.
    Console,
    /// On a command line, by whoever has this account of the machine.
    Shell(&'a str),
}

impl fmt::Display for Through<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Console => out.write_str("console"),
            Self::Shell(account) => write!(out, "command line of {account}"),
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
    /// Where it was said, for the audit.
    pub through: Through<'a>,
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
    /// This person, by whatever name or account, said the first of two words, and the second is another person's.
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
    let before = match standing_word(connection, &proposal, now)? {
        _ if !needs_two => String::new(),
        None => return first_of_two(connection, &proposal, person, decision, now),
        Some((first, author)) => {
            if is_one_person((&first, &author), person, decision.through) {
                return Err(Undecided::SamePerson(id, first.said.by).into());
            }
            format!("; the second of two, the first was {} through {}", first.said.by, first.through)
        }
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

/// The first of two words and who said it, as long as that person might still say it.
fn standing_word(
    connection: &Connection,
    proposal: &Proposal,
    now: DateTime<Utc>,
) -> Result<Option<(FirstWord, User)>> {
    let Some(first) = &proposal.first_word else { return Ok(None) };
    let Some(author) = find_user(connection, &first.said.by)? else { return Ok(None) };
    let led = led_by(connection, &author, now.date_naive())?;
    Ok(Bar::of(&author, &led, proposal).is_none().then(|| (first.clone(), author)))
}

/// Whether the second word is of the first one's person: by name, by staff number, or by the account of a machine.
fn is_one_person((first, author): (&FirstWord, &User), person: &User, through: Through<'_>) -> bool {
    let same_number = author.staff_number.is_some() && author.staff_number == person.staff_number;
    let same_shell = through != Through::Console && first.through == through.to_string();
    is_same_person(&first.said.by, &person.name) || same_number || same_shell
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
    let sql = "UPDATE proposals SET first_by = ?2, first_at = ?3, first_reason = ?4, first_through = ?5 WHERE id = ?1";
    connection.execute(sql, params![id, person.name, At(now), reason, decision.through.to_string()])?;
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
