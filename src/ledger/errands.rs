//! Messages beside the documents' letters, such as notices of robots and reminders: claimed, in doubt and ended alike,
//! each kind in a table of its own.

use std::fmt;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};

use super::Ledger;
use super::audit::append;
use super::deliveries::Resolution;
use super::delivery_state::DeliveryState;
use super::outcomes::Note;
use super::store::{self, Connection, OptionalExtension, params};
use super::stored::At;

/// A kind of message beside the documents' letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// What a robot says in a chat.
    Notice,
    /// A letter that reminds somebody.
    Reminder,
}

impl Errand {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Notice, Self::Reminder];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Reminder => "reminder",
        }
    }

    fn table(self) -> &'static str {
        match self {
            Self::Notice => "notices",
            Self::Reminder => "reminders",
        }
    }
}

impl fmt::Display for Errand {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// A message of which nobody knows whether it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownErrand {
    /// Its kind.
    pub errand: Errand,
    /// The ledger's number for it, of its kind.
    pub id: i64,
    /// The run of a notice, the job of a reminder.
    pub about: String,
    /// The channel and team of a notice, the recipient of a reminder.
    pub to: String,
    /// The Message-ID of a reminder.
    pub message_id: Option<String>,
    /// Since when.
    pub in_doubt_at: Option<DateTime<Utc>>,
    /// What was seen last.
    pub reason: Option<String>,
}

impl Ledger {
    /// Every notice and reminder that waits for a person's word, each kind the oldest first.
    pub fn unknown_errands(&self) -> Result<Vec<UnknownErrand>> {
        let notices = "SELECT id, run_id AS about, channel || ' ' || team AS recipient, CAST(NULL AS TEXT) AS message_id, \
                       in_doubt_at, reason FROM notices WHERE state = 'unknown' ORDER BY id";
        let reminders = "SELECT id, job AS about, recipient, message_id, in_doubt_at, reason \
                         FROM reminders WHERE state = 'unknown' ORDER BY id";
        self.read(|connection| {
            let mut found = Vec::new();
            for (errand, sql) in [(Errand::Notice, notices), (Errand::Reminder, reminders)] {
                let mut statement = connection.prepare_cached(sql)?;
                let rows = statement.query_map([], |row| {
                    Ok(UnknownErrand {
                        errand,
                        id: row.get("id")?,
                        about: row.get("about")?,
                        to: row.get("recipient")?,
                        message_id: row.get("message_id")?,
                        in_doubt_at: row.get::<_, Option<At>>("in_doubt_at")?.map(|at| at.0),
                        reason: row.get("reason")?,
                    })
                })?;
                found.extend(rows.collect::<store::Result<Vec<_>>>()?);
            }
            Ok(found)
        })
    }

    /// Records what a named person decided about an unknown notice or reminder, and why; audited.
    ///
    /// One that is to go again goes with the next look at what is due.
    pub fn resolve_errand(
        &self,
        errand: Errand,
        id: i64,
        resolution: Resolution,
        who: &str,
        reason: &str,
    ) -> Result<()> {
        if who.trim().is_empty() || reason.trim().is_empty() {
            bail!("{errand} `{id}` is unknown: say who decides and why");
        }
        let next = match resolution {
            Resolution::Arrived => DeliveryState::ResolvedSent,
            Resolution::SendAgain => DeliveryState::ResolvedResend,
        };
        let now = self.now();
        self.write(|transaction| {
            move_to(transaction, errand, id, next)?;
            let sql = format!("UPDATE {} SET reason = ?2, attempts = 0 WHERE id = ?1", errand.table());
            transaction.execute(&sql, params![id, reason])?;
            let detail = format!("{resolution}: {reason}");
            append(transaction, now, who, "resolve-delivery", &format!("{errand} {id}"), &detail)
        })
    }

    /// Notes what happened to a claimed message; on the disk when this returns.
    pub fn note_errand(&self, errand: Errand, id: i64, note: &Note) -> Result<()> {
        let (now, table) = (self.now(), errand.table());
        self.write(|transaction| {
            match note {
                Note::InDoubt => {
                    move_to(transaction, errand, id, DeliveryState::InDoubt)?;
                    let sql = format!("UPDATE {table} SET in_doubt_at = ?2 WHERE id = ?1");
                    transaction.execute(&sql, params![id, At(now)])?;
                }
                Note::Sent { reply } => end(transaction, errand, id, DeliveryState::Sent, Some(reply))?,
                Note::Failed { reason } => end(transaction, errand, id, DeliveryState::Failed, Some(reason))?,
                Note::Unknown { reason } => end(transaction, errand, id, DeliveryState::Unknown, Some(reason))?,
                Note::GivenBack => end(transaction, errand, id, DeliveryState::Pending, None)?,
                Note::Deferred { not_before, reason } => {
                    end(transaction, errand, id, DeliveryState::Deferred, Some(reason))?;
                    let sql = format!("UPDATE {table} SET not_before = ?2 WHERE id = ?1");
                    transaction.execute(&sql, params![id, At(*not_before)])?;
                }
            }
            Ok(())
        })
    }

    /// Gives back what workers left for which `alive` is false: claimed ones wait again, those in doubt are unknown.
    pub fn recover_errands(&self, errand: Errand, alive: impl Fn(&str) -> bool) -> Result<()> {
        let sql = format!(
            "SELECT id, state, claimed_by FROM {} WHERE state IN ('claimed', 'in-doubt') ORDER BY id",
            errand.table()
        );
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(&sql)?;
            let held = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            let held = held.collect::<store::Result<Vec<(i64, DeliveryState, String)>>>()?;
            for (id, state, _) in held.into_iter().filter(|(_, _, worker)| !alive(worker)) {
                match state {
                    DeliveryState::Claimed => end(transaction, errand, id, DeliveryState::Pending, None)?,
                    _ => {
                        let reason = "the sender stopped before there was an answer";
                        end(transaction, errand, id, DeliveryState::Unknown, Some(reason))?;
                    }
                }
            }
            Ok(())
        })
    }
}

/// Gives a message to a worker, inside a caller's transaction.
pub(super) fn claim(connection: &Connection, errand: Errand, id: i64, worker: &str) -> Result<()> {
    move_to(connection, errand, id, DeliveryState::Claimed)?;
    let sql = format!(
        "UPDATE {} SET claimed_by = ?2, attempts = attempts + 1, not_before = NULL WHERE id = ?1",
        errand.table()
    );
    connection.execute(&sql, params![id, worker])?;
    Ok(())
}

/// Ends a claim.
fn end(connection: &Connection, errand: Errand, id: i64, next: DeliveryState, reason: Option<&str>) -> Result<()> {
    move_to(connection, errand, id, next)?;
    let sql = format!("UPDATE {} SET claimed_by = NULL, reason = ?2 WHERE id = ?1", errand.table());
    connection.execute(&sql, params![id, reason])?;
    Ok(())
}

fn move_to(connection: &Connection, errand: Errand, id: i64, next: DeliveryState) -> Result<()> {
    let table = errand.table();
    let state = connection.query_row(&format!("SELECT state FROM {table} WHERE id = ?1"), [id], |row| row.get(0));
    let state: Option<DeliveryState> = state.optional()?;
    let state = state.with_context(|| format!("the ledger has no {errand} `{id}`"))?;
    if !state.followers().contains(&next) {
        bail!("{errand} `{id}` is {state} and cannot become {next}");
    }
    connection.execute(&format!("UPDATE {table} SET state = ?2 WHERE id = ?1"), params![id, next])?;
    Ok(())
}
