//! Deliveries one by one: claimed before sending, in doubt before the last byte, and given back after a crash.

use anyhow::{Context, Result, bail};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::Ledger;
use super::deliveries::{Delivery, delivery_state, find_delivery, move_delivery};
use super::delivery_state::DeliveryState;
use super::send_marks::count_mark;
use super::stored::At;

/// No mail is put off for longer: one that seems to be was put off before the clock was set back, and is due.
const LONGEST_WAIT: TimeDelta = TimeDelta::days(1);

/// What was found of workers that are gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Claimed ones, of which nothing can have arrived: they are pending again.
    pub to_pending: u32,
    /// Ones in doubt: they are unknown and wait for a person.
    pub to_unknown: u32,
}

impl Ledger {
    /// Gives back what workers left behind for which `alive` is false; call it before claiming after a start.
    pub fn recover_deliveries(&self, alive: impl Fn(&str) -> bool) -> Result<Recovery> {
        let left = self.read(held_deliveries)?;
        let left: Vec<_> = left.into_iter().filter(|(_, _, worker)| !alive(worker)).collect();
        self.write(|transaction| {
            let mut recovery = Recovery::default();
            for (id, state, worker) in &left {
                // Another process may have recovered it since, and a new worker may have claimed it.
                let sql = "SELECT 1 FROM deliveries WHERE id = ?1 AND state = ?2 AND claimed_by = ?3";
                if transaction.query_row(sql, params![id, state, worker], |_| Ok(())).optional()?.is_none() {
                    continue;
                }
                if *state == DeliveryState::Claimed {
                    release(transaction, *id, DeliveryState::Pending, None)?;
                    recovery.to_pending += 1;
                } else {
                    let reason = "the sender stopped before the server answered";
                    release(transaction, *id, DeliveryState::Unknown, Some(reason))?;
                    recovery.to_unknown += 1;
                }
            }
            Ok(recovery)
        })
    }

    /// Claims the next mail of a run's documents for `worker`: pending, to be sent again, or deferred and due.
    ///
    /// In the order in which they were planned, and never an edition that has a newer one; `None` when nothing is to be done now (see [`Ledger::next_due`]).
    /// Refused while the ledger is older than the last mail that went out (see `send_marks`).
    pub fn claim_delivery(&self, run_id: &str, worker: &str) -> Result<Option<Delivery>> {
        self.refuse_older_than_marks()?;
        let (now, never) = (At(self.now()), At(self.now() + LONGEST_WAIT));
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "SELECT deliveries.id FROM deliveries \
                 JOIN run_documents ON run_documents.document_id = deliveries.document_id \
                 WHERE run_documents.run_id = ?1 AND (state IN ('pending', 'resolved-resend') \
                     OR (state = 'deferred' AND (not_before IS NULL OR not_before <= ?2 OR not_before > ?3))) \
                 AND NOT EXISTS (SELECT 1 FROM documents AS newer JOIN documents AS own ON own.id = deliveries.document_id \
                     WHERE newer.job = own.job AND newer.period = own.period AND newer.kind = own.kind \
                     AND newer.subject = own.subject AND newer.edition > own.edition) \
                 ORDER BY deliveries.id LIMIT 1",
            )?;
            let Some(id) = statement.query_row(params![run_id, now, never], |row| row.get::<_, i64>(0)).optional()? else {
                return Ok(None);
            };
            move_delivery(transaction, id, DeliveryState::Claimed)?;
            let sql = "UPDATE deliveries SET claimed_by = ?2, attempts = attempts + 1, not_before = NULL, \
                       in_doubt_at = NULL WHERE id = ?1";
            transaction.execute(sql, params![id, worker])?;
            find_delivery(transaction, id)
        })
    }

    /// Notes that the last byte is about to go out; on the disk when this returns.
    ///
    /// Fails unless `worker` holds the claim, and then nothing may be sent.
    pub fn mark_in_doubt(&self, id: i64, worker: &str) -> Result<()> {
        let now = At(self.now());
        let marks = self.write(|transaction| {
            let delivery =
                find_delivery(transaction, id)?.with_context(|| format!("the ledger has no delivery `{id}`"))?;
            if delivery.state == DeliveryState::Claimed && delivery.claimed_by.as_deref() != Some(worker) {
                bail!("delivery `{id}` is claimed by another worker: nothing may be sent");
            }
            move_delivery(transaction, id, DeliveryState::InDoubt)?;
            transaction.execute("UPDATE deliveries SET in_doubt_at = ?2 WHERE id = ?1", params![id, now])?;
            count_mark(transaction)
        })?;
        self.note_marks(marks);
        Ok(())
    }

    /// Gives a claim back before anything was sent.
    pub fn unclaim(&self, id: i64) -> Result<()> {
        self.write(|transaction| {
            let state = delivery_state(transaction, id)?;
            if state != DeliveryState::Claimed {
                bail!("delivery `{id}` is {state}, so there is no claim to give back");
            }
            release(transaction, id, DeliveryState::Pending, None)
        })
    }

    /// When the first deferred mail of the run's documents may be tried again.
    pub fn next_due(&self, run_id: &str) -> Result<Option<DateTime<Utc>>> {
        self.read(|connection| {
            let sql = "SELECT min(not_before) FROM deliveries \
                       JOIN run_documents ON run_documents.document_id = deliveries.document_id \
                       WHERE run_documents.run_id = ?1 AND state = 'deferred'";
            let due: Option<At> = connection.query_row(sql, [run_id], |row| row.get(0))?;
            Ok(due.map(|at| at.0))
        })
    }
}

/// Ends a claim: the delivery moves to `next` and no worker has it any more.
pub(super) fn release(connection: &Connection, id: i64, next: DeliveryState, reason: Option<&str>) -> Result<()> {
    move_delivery(connection, id, next)?;
    let sql = "UPDATE deliveries SET claimed_by = NULL, reason = ?2 WHERE id = ?1";
    connection.execute(sql, params![id, reason])?;
    Ok(())
}

/// Every delivery that a worker has, with the worker.
fn held_deliveries(connection: &Connection) -> Result<Vec<(i64, DeliveryState, String)>> {
    let sql = "SELECT id, state, claimed_by FROM deliveries WHERE state IN ('claimed', 'in-doubt') ORDER BY id";
    let mut statement = connection.prepare_cached(sql)?;
    let held = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(held.collect::<rusqlite::Result<_>>()?)
}
