//! A named person answers an appeal; what is accepted becomes an adjustment and asks for a run.

use std::fmt;

use anyhow::{Result, bail};
use chrono::{DateTime, Utc};

use super::open::written;
use super::{Appeal, AppealState, Sets, find};
use crate::exact::Exact;
use crate::ledger::audit::append;
use crate::ledger::leads::led_by;
use crate::ledger::people::find_user;
use crate::ledger::requests;
use crate::ledger::store::{Connection, params};
use crate::ledger::stored::{At, Fraction, Label};
use crate::ledger::{Bar, Ledger, NewRequest, Request, RequestKind, Scope, said};

/// What is set on the line of an accepted appeal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// What.
    pub sets: Sets,
    /// To what.
    pub amount: Exact,
}

/// What a person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// The line is set anew.
    Accept(Correction),
    /// The line stands.
    Refuse,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    /// What is decided.
    pub ruling: Ruling,
    /// The user who decides.
    pub by: &'a str,
    /// What the agent is told.
    pub reason: &'a str,
    /// Where it was said, for the audit, such as `console`.
    pub through: &'a str,
    /// Whether the letter with the new edition goes as soon as it is ready, as the job releases.
    pub send: bool,
}

/// Why an answer was not taken; nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAnswered {
    /// There is no such appeal.
    NoSuchAppeal(i64),
    /// There is no such user.
    NoSuchPerson(String),
    /// Nothing was said, or too much.
    NoReason,
    /// The person may not answer this one.
    Barred(i64, Bar),
    /// It has ended before.
    Over(i64, AppealState),
}

impl fmt::Display for NotAnswered {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchAppeal(id) => write!(out, "there is no appeal `{id}`; `scorepost appeals list` lists them"),
            Self::NoSuchPerson(name) => write!(out, "there is no user `{name}`; `scorepost user list` lists them"),
            Self::NoReason => write!(out, "an answer needs a reason of at most {} letters: say why", said::LONGEST),
            Self::Barred(id, bar) => write!(out, "appeal `{id}` was not answered: {bar}"),
            Self::Over(id, state) => write!(out, "appeal `{id}` is {state} already; `scorepost appeals show {id}`"),
        }
    }
}

impl std::error::Error for NotAnswered {}

impl Ledger {
    /// Answers an open appeal; accepting writes the adjustment and asks for a run of that agent in the same step.
    ///
    /// # Errors
    /// With a [`NotAnswered`] when this person may not answer it, or nobody may any more.
    pub fn answer_appeal(&self, id: i64, answer: &Answer<'_>) -> Result<Appeal> {
        let now = self.now();
        self.write(|transaction| {
            let appeal = find(transaction, id)?.ok_or(NotAnswered::NoSuchAppeal(id))?;
            let reason = check(transaction, &appeal, answer, now)?;
            let state = match &answer.ruling {
                Ruling::Accept(correction) => {
                    adjust(transaction, &appeal, correction, (answer.by, &reason), now)?;
                    requests::insert(transaction, &rerun(&appeal, answer), now)?;
                    AppealState::Accepted
                }
                Ruling::Refuse => AppealState::Refused,
            };
            let sql = "UPDATE appeals SET state = ?2, answer = ?3, answered_by = ?4, answered_at = ?5 WHERE id = ?1";
            transaction.execute(sql, params![id, state, reason, answer.by, At(now)])?;
            record(transaction, &appeal, answer, &reason, now)?;
            written(transaction, id)
        })
    }
}

impl Ledger {
    /// The asking for the run that followed from an accepted appeal.
    pub fn rerun_of_appeal(&self, id: i64) -> Result<Option<Request>> {
        self.read(|connection| requests::find_by_key(connection, &key(id)))
    }
}

/// The key of that request.
fn key(appeal: i64) -> String {
    format!("appeal {appeal}")
}

/// The reason as it is kept, if this person may answer.
fn check(connection: &Connection, appeal: &Appeal, answer: &Answer<'_>, now: DateTime<Utc>) -> Result<String> {
    let person = find_user(connection, answer.by)?;
    let person = person.ok_or_else(|| NotAnswered::NoSuchPerson(answer.by.to_owned()))?;
    let led = led_by(connection, &person, now.date_naive())?;
    if let Some(bar) = appeal.bar(&person, &led) {
        bail!(NotAnswered::Barred(appeal.id, bar));
    }
    if appeal.state != AppealState::Open {
        bail!(NotAnswered::Over(appeal.id, appeal.state));
    }
    Ok(said::said(answer.reason).ok_or(NotAnswered::NoReason)?)
}

fn adjust(
    connection: &Connection,
    appeal: &Appeal,
    correction: &Correction,
    (author, reason): (&str, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    connection.execute(
        "INSERT INTO adjustments (appeal_id, job, period, agent, line, sets, amount, author, reason, at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            appeal.id,
            appeal.job,
            Label(appeal.period),
            appeal.agent,
            appeal.line,
            correction.sets,
            Fraction(correction.amount.clone()),
            author,
            reason,
            At(now)
        ],
    )?;
    Ok(())
}

/// The run that gives the agent the new edition.
fn rerun(appeal: &Appeal, answer: &Answer<'_>) -> NewRequest {
    NewRequest {
        key: key(appeal.id),
        kind: RequestKind::Run,
        job: appeal.job.clone(),
        period: appeal.period.to_string(),
        scope: Scope { team: Some(appeal.team.clone()), agent: Some(appeal.agent.clone()) },
        refresh: false,
        send: answer.send,
        run_id: None,
        requested_by: answer.by.to_owned(),
    }
}

fn record(
    connection: &Connection,
    appeal: &Appeal,
    answer: &Answer<'_>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let (action, set) = match &answer.ruling {
        Ruling::Accept(Correction { sets, amount }) => ("accept-appeal", format!("{sets} {}; ", amount.trimmed(6))),
        Ruling::Refuse => ("refuse-appeal", String::new()),
    };
    let detail = format!("{}; {set}{reason}; through {}", appeal.called(), answer.through);
    append(connection, now, answer.by, action, &format!("appeal {}", appeal.id), &detail)
}
