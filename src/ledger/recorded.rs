//! Events that people wrote down about agents: what happened, on which day, what shows it, by whom; withdrawn with a reason
//! and never erased by it.

use std::collections::BTreeSet;
use std::fmt;

use anyhow::{Result, bail};
use chrono::{DateTime, NaiveDate, Utc};

use super::audit::append;
use super::leads::led_by;
use super::people::find_user;
use super::proposals::Bar;
use super::store::{self, Connection, OptionalExtension, Row, params};
use super::stored::{At, Day, Fraction, Label};
use super::{Ledger, said};
use crate::exact::Exact;
use crate::period::Period;

mod listed;

pub use listed::RecordedTally;

/// An event to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecordedEvent {
    /// What makes a form that is sent twice count once.
    pub key: String,
    /// The job's id.
    pub job: String,
    /// The period in which it counts.
    pub period: Period,
    /// The id of the team to which the agent belongs now.
    pub team: String,
    /// The agent's staff number.
    pub agent: String,
    /// The agent's name.
    pub name: String,
    /// The day on which it happened.
    pub day: NaiveDate,
    /// Its type, as the scheme calls it.
    pub kind: String,
    /// Its cause, where the scheme asks for one.
    pub cause: Option<String>,
    /// Its points, where the scheme takes them from the event.
    pub points: Option<Exact>,
    /// How many it stands for.
    pub count: u32,
    /// What shows it.
    pub evidence: String,
    /// The user who writes it down.
    pub author: String,
}

/// An event that was written down.
#[derive(Clone, Debug)]
pub struct RecordedEvent {
    /// The ledger's number for it.
    pub id: i64,
    /// What was written down, and by whom.
    pub what: NewRecordedEvent,
    /// When.
    pub at: DateTime<Utc>,
    /// Who withdrew it, when and why; `None` while it counts.
    pub withdrawn: Option<Withdrawn>,
}

/// Who withdrew an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The user.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// The word by which an event counts no more.
#[derive(Clone, Copy, Debug)]
pub struct Withdrawal<'a> {
    /// The user who says it.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// The id of the team to which the agent belongs now, whose leader may say it.
    pub team: &'a str,
}

/// Why nothing was written down or withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRecorded {
    /// There is no such event.
    NoSuchEvent(i64),
    /// There is no such user.
    NoSuchPerson(String),
    /// Nothing was said, or too much.
    NoReason,
    /// The form came without the key that makes it count once.
    NoKey,
    /// Another event was written down under this key.
    OtherUnderKey,
    /// The person may not do this.
    Barred(Bar),
}

impl fmt::Display for NotRecorded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchEvent(id) => write!(out, "there is no recorded event `{id}`"),
            Self::NoSuchPerson(name) => write!(out, "there is no user `{name}`; `scorepost user list` lists them"),
            Self::NoReason => write!(out, "it needs a word of at most {} letters: say what shows it", said::LONGEST),
            Self::NoKey => {
                out.write_str("an event needs a key of its own, so that it counts once: open the form again")
            }
            Self::OtherUnderKey => {
                out.write_str("another event was written down under this key: open the form again and send this one")
            }
            Self::Barred(bar) => write!(out, "nothing was written down: {bar}"),
        }
    }
}

impl std::error::Error for NotRecorded {}

impl Ledger {
    /// Writes an event down; the same one that is there under this key already is returned as it is.
    ///
    /// # Errors
    /// With a [`NotRecorded`] when this person may not, nothing shows it, or the key is another event's.
    pub fn record_event(&self, new: &NewRecordedEvent) -> Result<RecordedEvent> {
        let now = self.now();
        self.write(|transaction| {
            let evidence = said::said(&new.evidence).ok_or(NotRecorded::NoReason)?;
            let new = &NewRecordedEvent { evidence, ..new.clone() };
            if new.key.is_empty() {
                bail!(NotRecorded::NoKey);
            }
            refuse_barred(transaction, new, (&new.author, &new.team), now)?;
            if let Some(known) = find_by_key(transaction, &new.key)? {
                return if known.what == *new { Ok(known) } else { Err(NotRecorded::OtherUnderKey.into()) };
            }
            let sql = "INSERT INTO recorded_events (key, job, period, team, agent, name, day, kind, cause, points, count, \
                       evidence, author, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) \
                       RETURNING id";
            let values = params![
                new.key,
                new.job,
                Label(new.period),
                new.team,
                new.agent,
                new.name,
                Day(new.day),
                new.kind,
                new.cause,
                new.points.clone().map(Fraction),
                new.count,
                new.evidence,
                new.author,
                At(now)
            ];
            let id: i64 = transaction.query_row(sql, values, |row| row.get("id"))?;
            let event = written(transaction, id)?;
            append(transaction, now, &new.author, "record-event", &format!("event {id}"), &event.called())?;
            Ok(event)
        })
    }

    /// Withdraws an event, which then counts no more; one that was withdrawn before stays as it is.
    ///
    /// # Errors
    /// With a [`NotRecorded`] when this person may not, or no reason is given.
    pub fn withdraw_event(&self, id: i64, word: Withdrawal<'_>) -> Result<RecordedEvent> {
        let (now, Withdrawal { by, reason, team }) = (self.now(), word);
        self.write(|transaction| {
            let event = written(transaction, id)?;
            let reason = said::said(reason).ok_or(NotRecorded::NoReason)?;
            refuse_barred(transaction, &event.what, (by, team), now)?;
            if event.withdrawn.is_some() {
                return Ok(event);
            }
            let sql = "UPDATE recorded_events SET withdrawn_by = ?2, withdrawn_at = ?3, reason = ?4 WHERE id = ?1";
            transaction.execute(sql, params![id, by, At(now), reason])?;
            append(transaction, now, by, "withdraw-event", &format!("event {id}"), &event.called())?;
            written(transaction, id)
        })
    }

    /// The event of that number.
    pub fn recorded_event(&self, id: i64) -> Result<Option<RecordedEvent>> {
        self.read(|connection| find_by_id(connection, id))
    }

    /// What was written down for a job's period, the newest first, withdrawn events too.
    pub fn recorded_events(&self, job: &str, period: &Period) -> Result<Vec<RecordedEvent>> {
        let sql = "SELECT * FROM recorded_events WHERE job = ?1 AND period = ?2 ORDER BY id DESC";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map(params![job, Label(*period)], read)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// What was written down about an agent, as it came.
    pub fn recorded_about(&self, agent: &str) -> Result<Vec<RecordedEvent>> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT * FROM recorded_events WHERE agent = ?1 ORDER BY id")?;
            let found = statement.query_map([agent], read)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }
}

/// The jobs and periods of events that are about an agent or, by `mentions`, say something of them.
pub(super) fn places_about(
    connection: &Connection,
    agent: &str,
    mentions: impl Fn(&str) -> bool,
) -> Result<BTreeSet<(String, Period)>> {
    let mut statement = connection.prepare_cached("SELECT * FROM recorded_events ORDER BY id")?;
    let mut places = BTreeSet::new();
    for event in statement.query_map([], read)? {
        let what = event?.what;
        if what.agent == agent || [&what.evidence, &what.author].into_iter().any(|text| mentions(text)) {
            places.insert((what.job, what.period));
        }
    }
    Ok(places)
}

/// Removes what was written down about an agent.
pub(super) fn forget_about(connection: &Connection, agent: &str) -> Result<()> {
    connection.execute("DELETE FROM recorded_events WHERE agent = ?1", [agent])?;
    Ok(())
}

/// Removes what was written down before `cutoff`; gives the jobs and periods of it.
pub(super) fn forget_before(connection: &Connection, cutoff: DateTime<Utc>) -> Result<BTreeSet<(String, Period)>> {
    let sql = "SELECT DISTINCT job, period FROM recorded_events WHERE at < ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map([At(cutoff)], |row| Ok((row.get("job")?, row.get::<_, Label>("period")?.0)))?;
    let places = found.collect::<store::Result<_>>()?;
    connection.execute("DELETE FROM recorded_events WHERE at < ?1", [At(cutoff)])?;
    Ok(places)
}

impl RecordedEvent {
    /// What it is, in the words of the audit, which is kept for ever: what people said of it stays in the event alone.
    fn called(&self) -> String {
        let NewRecordedEvent { job, period, agent, kind, day, count, points, .. } = &self.what;
        let points = points.as_ref().map(|points| format!(" {} points", points.trimmed(6))).unwrap_or_default();
        format!("{job} {period} {agent}: {count} × {kind}{points} on {day}")
    }
}

/// Whoever acts for the agent's team, HR and operators write about everybody but themselves.
fn refuse_barred(
    connection: &Connection,
    event: &NewRecordedEvent,
    (by, team): (&str, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    let person = find_user(connection, by)?.ok_or_else(|| NotRecorded::NoSuchPerson(by.to_owned()))?;
    let led = led_by(connection, &person, now.date_naive())?;
    let theirs = led.commands(&event.job, &event.period, team);
    match Bar::about(&person, (&event.agent, &event.name), theirs) {
        Some(bar) => bail!(NotRecorded::Barred(bar)),
        None => Ok(()),
    }
}

fn written(connection: &Connection, id: i64) -> Result<RecordedEvent> {
    Ok(find_by_id(connection, id)?.ok_or(NotRecorded::NoSuchEvent(id))?)
}

fn find_by_id(connection: &Connection, id: i64) -> Result<Option<RecordedEvent>> {
    Ok(connection.query_row("SELECT * FROM recorded_events WHERE id = ?1", [id], read).optional()?)
}

fn find_by_key(connection: &Connection, key: &str) -> Result<Option<RecordedEvent>> {
    Ok(connection.query_row("SELECT * FROM recorded_events WHERE key = ?1", [key], read).optional()?)
}

fn read(row: &Row<'_>) -> store::Result<RecordedEvent> {
    let withdrawn = match row.get("withdrawn_by")? {
        Some(by) => Some(Withdrawn { by, at: row.get::<_, At>("withdrawn_at")?.0, reason: row.get("reason")? }),
        None => None,
    };
    Ok(RecordedEvent {
        id: row.get("id")?,
        what: NewRecordedEvent {
            key: row.get("key")?,
            job: row.get("job")?,
            period: row.get::<_, Label>("period")?.0,
            team: row.get("team")?,
            agent: row.get("agent")?,
            name: row.get("name")?,
            day: row.get::<_, Day>("day")?.0,
            kind: row.get("kind")?,
            cause: row.get("cause")?,
            points: row.get::<_, Option<Fraction>>("points")?.map(|points| points.0),
            count: row.get("count")?,
            evidence: row.get("evidence")?,
            author: row.get("author")?,
        },
        at: row.get::<_, At>("at")?.0,
        withdrawn,
    })
}

#[cfg(test)]
mod tests;
