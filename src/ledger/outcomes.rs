//! How an attempt to deliver ended, and what a person decides about those that did not arrive for certain.

use anyhow::{Result, bail};
use chrono::{DateTime, Utc};

use super::Ledger;
use super::advice::lost_its_line;
use super::audit::append;
use super::claims::{doubt, give_back, is_claimed_by, release};
use super::deliveries::{Resolution, delivery_state, move_delivery};
use super::delivery_state::DeliveryState;
use super::fence::{steadily, warn_of_cut};
use super::store::{self, Connection, params};
use super::stored::At;

/// One thing that happened to a mail that a worker has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Its last byte is about to go out.
    InDoubt,
    /// The server took it.
    Sent {
        /// What it said, with its queue id.
        reply: String,
    },
    /// The server put it off, or the line broke before the last byte.
    Deferred {
        /// It is not tried before this.
        not_before: DateTime<Utc>,
        /// Why.
        reason: String,
    },
    /// The server refused it, or there is no more time to try.
    Failed {
        /// Why.
        reason: String,
    },
    /// Its last byte went out and no whole answer came.
    Unknown {
        /// What was seen last.
        reason: String,
    },
    /// Its claim is given back before anything was sent.
    GivenBack,
}

/// Whether a note may have been written before, by a try whose line was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    First,
    Again,
}

impl Ledger {
    /// Notes several things in their order with one sync for all of them, all or none; on the disk when this returns.
    ///
    /// Marks of doubt may share a sync because none of their mails goes before it: each waits for this to return.
    pub fn note_deliveries(&self, worker: &str, notes: &[(i64, Note)]) -> Result<()> {
        let now = self.now();
        let write = |time: Time| {
            self.write_rows(|transaction| {
                let mut marks = None;
                for (id, note) in notes {
                    marks = apply(transaction, *id, worker, note, now, time)?.or(marks);
                }
                Ok(marks)
            })
        };
        let marks = match write(Time::First) {
            Err(error) if lost_its_line(&error) => steadily(|| write(Time::Again)),
            written => written,
        }?;
        if let Some(marks) = marks {
            self.note_marks(marks);
        }
        for (id, _) in notes.iter().filter(|(_, note)| *note != Note::InDoubt) {
            self.forget_claim(*id);
        }
        Ok(())
    }

    /// The server took it; `reply` is what it said, with its queue id.
    pub fn mark_sent(&self, id: i64, reply: &str) -> Result<()> {
        let now = self.now();
        self.end_claim(id, |transaction| took(transaction, id, reply, now))
    }

    /// The server put it off, or the line broke before the last byte; it is not tried before `not_before`.
    pub fn mark_deferred(&self, id: i64, not_before: DateTime<Utc>, reason: &str) -> Result<()> {
        self.end_claim(id, |transaction| put_off(transaction, id, not_before, reason))
    }

    /// The server refused it, or there is no more time to try.
    pub fn mark_failed(&self, id: i64, reason: &str) -> Result<()> {
        self.end_claim(id, |transaction| release(transaction, id, DeliveryState::Failed, Some(reason)))
    }

    /// Its last byte went out and no whole answer came.
    pub fn mark_unknown(&self, id: i64, reason: &str) -> Result<()> {
        self.end_claim(id, |transaction| release(transaction, id, DeliveryState::Unknown, Some(reason)))
    }

    /// Makes the failed and bounced mails of a run's documents pending again, or those about or to one agent; returns
    /// how many.
    ///
    /// Touches no other state: what was sent or is unknown stays so. Each one is audited under `who`.
    pub fn retry_failed(&self, run_id: &str, agent: Option<&str>, who: &str) -> Result<u32> {
        let now = self.now();
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "SELECT deliveries.id FROM deliveries JOIN run_documents \
                 ON run_documents.document_id = deliveries.document_id \
                 WHERE run_documents.run_id = ?1 AND state IN ('failed', 'bounced') \
                 AND (CAST(?2 AS TEXT) IS NULL OR recipient = ?2 OR (kind = 'card' AND subject = ?2)) ORDER BY deliveries.id",
            )?;
            let failed = statement.query_map(params![run_id, agent], |row| row.get::<_, i64>(0))?;
            let failed = failed.collect::<store::Result<Vec<i64>>>()?;
            for id in &failed {
                move_delivery(transaction, *id, DeliveryState::Pending)?;
                transaction.execute("UPDATE deliveries SET attempts = 0 WHERE id = ?1", [id])?;
                append(transaction, now, who, "retry-delivery", &format!("delivery {id}"), run_id)?;
            }
            Ok(failed.len() as u32)
        })
    }

    /// Records what a named person decided about an unknown mail, and why; audited.
    pub fn resolve_unknown(&self, id: i64, resolution: Resolution, who: &str, reason: &str) -> Result<()> {
        if who.trim().is_empty() || reason.trim().is_empty() {
            bail!("delivery `{id}` is unknown: say who decides and why");
        }
        let next = match resolution {
            Resolution::Arrived => DeliveryState::ResolvedSent,
            Resolution::SendAgain => DeliveryState::ResolvedResend,
        };
        let now = self.now();
        self.write(|transaction| {
            move_delivery(transaction, id, next)?;
            let sql = "UPDATE deliveries SET reason = ?2, attempts = 0 WHERE id = ?1";
            transaction.execute(sql, params![id, reason])?;
            let detail = format!("{resolution}: {reason}");
            append(transaction, now, who, "resolve-delivery", &format!("delivery {id}"), &detail)
        })
    }
}

/// Applies one note; returns how many mails were put in doubt in all, if it puts one in doubt.
fn apply(
    connection: &Connection,
    id: i64,
    worker: &str,
    note: &Note,
    now: DateTime<Utc>,
    time: Time,
) -> Result<Option<u64>> {
    // Nobody but its worker puts a mail in doubt, and no byte of it went while the answer was awaited.
    if *note == Note::InDoubt
        && time == Time::Again
        && delivery_state(connection, id)? == DeliveryState::InDoubt
        && is_claimed_by(connection, id, worker)?
    {
        return Ok(None);
    }

    if *note != Note::InDoubt && !is_claimed_by(connection, id, worker)? {
        warn_of_cut(id, delivery_state(connection, id)?);
        return Ok(None);
    }
    match note {
        Note::InDoubt => return doubt(connection, id, worker, &At(now)).map(Some),
        Note::Sent { reply } => took(connection, id, reply, now)?,
        Note::Deferred { not_before, reason } => put_off(connection, id, *not_before, reason)?,
        Note::Failed { reason } => release(connection, id, DeliveryState::Failed, Some(reason))?,
        Note::Unknown { reason } => release(connection, id, DeliveryState::Unknown, Some(reason))?,
        Note::GivenBack => give_back(connection, id)?,
    }
    Ok(None)
}

/// From in doubt alone: an unknown one is settled by a person, or by a report of the mail system.
fn took(connection: &Connection, id: i64, reply: &str, now: DateTime<Utc>) -> Result<()> {
    let state = delivery_state(connection, id)?;
    if state != DeliveryState::InDoubt {
        bail!("delivery `{id}` is {state}, so that no worker can say that it was taken");
    }
    release(connection, id, DeliveryState::Sent, None)?;
    let sql = "UPDATE deliveries SET reply = ?2, sent_at = ?3 WHERE id = ?1";
    connection.execute(sql, params![id, reply, At(now)])?;
    Ok(())
}

fn put_off(connection: &Connection, id: i64, not_before: DateTime<Utc>, reason: &str) -> Result<()> {
    release(connection, id, DeliveryState::Deferred, Some(reason))?;
    connection.execute("UPDATE deliveries SET not_before = ?2 WHERE id = ?1", params![id, At(not_before)])?;
    Ok(())
}
