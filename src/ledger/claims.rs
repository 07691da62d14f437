//! Deliveries one by one: claimed before sending, in doubt before the last byte, and given back after a crash.

use anyhow::{Result, bail};
use chrono::{DateTime, TimeDelta, Utc};

use super::Ledger;
use super::choices::MAY_GO;
use super::deliveries::{Delivery, delivery_state, find_delivery, move_delivery};
use super::delivery_state::DeliveryState;
use super::fence::steadily;
use super::outcomes::Note;
use super::send_marks::count_mark;
use super::store::{self, Connection, Row, params};
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
        self.give_back(&left.into_iter().filter(|(_, _, worker)| !alive(worker)).collect::<Vec<_>>())
    }

    /// Gives back what `worker` has of a run's mails and forgot, because its line was cut while it claimed or ended them.
    ///
    /// Only for a worker that has none of them in hand.
    pub fn give_back_forgotten(&self, run_id: &str, worker: &str) -> Result<Recovery> {
        let forgotten = self.read(|connection| {
            let sql = "SELECT id, state, claimed_by FROM deliveries WHERE state IN ('claimed', 'in-doubt') \
                       AND claimed_by = ?2 AND document_id IN \
                       (SELECT document_id FROM run_documents WHERE run_id = ?1) ORDER BY id";
            let mut statement = connection.prepare_cached(sql)?;
            let held = statement.query_map(params![run_id, worker], read_held)?;
            Ok(held.collect::<store::Result<Vec<Held>>>()?)
        })?;
        self.give_back(&forgotten)
    }

    fn give_back(&self, left: &[Held]) -> Result<Recovery> {
        if left.is_empty() {
            return Ok(Recovery::default());
        }
        self.write(|transaction| {
            let mut recovery = Recovery::default();
            for (id, state, worker) in left {
                // Another process may have recovered it since, and a new worker may have claimed it.
                if delivery_state(transaction, *id)? != *state || !is_claimed_by(transaction, *id, worker)? {
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
        Ok(self.claim_deliveries(run_id, worker, 1)?.pop())
    }

    /// Claims the next few at once, at most `most`, with one sync for all; see [`Ledger::claim_delivery`].
    pub fn claim_deliveries(&self, run_id: &str, worker: &str, most: u32) -> Result<Vec<Delivery>> {
        self.claim_deliveries_after(run_id, worker, most, 0)
    }

    /// The same among those behind the delivery of number `after`, so that of very many none is looked at twice.
    ///
    /// A claim promises nothing about the mail itself, so that a group of them may be lost together: all are pending
    /// again when their worker is gone.
    pub fn claim_deliveries_after(&self, run_id: &str, worker: &str, most: u32, after: i64) -> Result<Vec<Delivery>> {
        self.refuse_older_than_marks()?;
        self.keep_rights()?;
        let now = self.now();
        let claim = || {
            self.write_rows(|transaction| {
                let mut claimed = Vec::new();
                for id in next_to_go(transaction, run_id, now, (most, after))? {
                    move_delivery(transaction, id, DeliveryState::Claimed)?;
                    // When it was last in doubt stays: it counts for the pace until it is in doubt again.
                    let sql =
                        "UPDATE deliveries SET claimed_by = ?2, attempts = attempts + 1, not_before = NULL WHERE id = ?1";
                    transaction.execute(sql, params![id, worker])?;
                    claimed.extend(find_delivery(transaction, id)?);
                }
                Ok(claimed)
            })
        };
        // What a try claimed whose line was lost is given back before the next round.
        let claimed = steadily(claim)?;
        for delivery in &claimed {
            self.note_claim(delivery.id, worker);
        }
        Ok(claimed)
    }

    /// Notes that the last byte is about to go out; on the disk when this returns.
    ///
    /// Fails unless `worker` holds the claim, and then nothing may be sent.
    pub fn mark_in_doubt(&self, id: i64, worker: &str) -> Result<()> {
        self.note_deliveries(worker, &[(id, Note::InDoubt)])
    }

    /// The workers that have a mail of the run's documents in hand, each once.
    pub fn workers_at(&self, run_id: &str) -> Result<Vec<String>> {
        self.read(|connection| {
            let sql = "SELECT DISTINCT claimed_by FROM deliveries WHERE state IN ('claimed', 'in-doubt') \
                       AND claimed_by IS NOT NULL AND EXISTS (SELECT 1 FROM run_documents \
                       WHERE run_documents.document_id = deliveries.document_id AND run_documents.run_id = ?1) \
                       ORDER BY claimed_by";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map([run_id], |row| row.get(0))?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// Gives a claim back before anything was sent.
    pub fn unclaim(&self, id: i64) -> Result<()> {
        self.end_claim(id, |transaction| give_back(transaction, id))
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

/// The deliveries of a run that may go now, at most so many behind a number; asked for state by state, because each is
/// then found in its order without looking at the others.
fn next_to_go(
    connection: &Connection,
    run_id: &str,
    now: DateTime<Utc>,
    (most, after): (u32, i64),
) -> Result<Vec<i64>> {
    let mut next: Vec<i64> = Vec::new();
    for state in [DeliveryState::ResolvedResend, DeliveryState::Deferred, DeliveryState::Pending] {
        let due = match state {
            DeliveryState::Deferred => "AND (not_before IS NULL OR not_before <= ?5 OR not_before > ?6)",
            _ => "AND CAST(?5 AS TEXT) <> CAST(?6 AS TEXT)",
        };
        let mut statement = connection.prepare_cached(&format!(
            "SELECT deliveries.id FROM deliveries WHERE state = ?2 AND deliveries.id > ?4 \
             AND EXISTS (SELECT 1 FROM run_documents \
                 WHERE run_documents.document_id = deliveries.document_id AND run_documents.run_id = ?1) \
             AND NOT EXISTS (SELECT 1 FROM documents AS newer JOIN documents AS own ON own.id = deliveries.document_id \
                 WHERE newer.job = own.job AND newer.period = own.period AND newer.kind = own.kind \
                 AND newer.subject = own.subject AND newer.edition > own.edition) \
             {due} AND {MAY_GO} ORDER BY deliveries.id LIMIT ?3{}",
            connection.held_unless_taken()
        ))?;
        let left = i64::from(most) - next.len() as i64;
        let values = params![run_id, state, left, after, At(now), At(now + LONGEST_WAIT)];
        let found = statement.query_map(values, |row| row.get::<_, i64>(0))?;
        next.extend(found.collect::<store::Result<Vec<i64>>>()?);
    }
    next.sort_unstable();
    Ok(next)
}

/// Puts a claimed delivery in doubt; returns how many were put in doubt in all.
pub(super) fn doubt(connection: &Connection, id: i64, worker: &str, now: &At) -> Result<u64> {
    if delivery_state(connection, id)? == DeliveryState::Claimed && !is_claimed_by(connection, id, worker)? {
        bail!("delivery `{id}` is claimed by another worker: nothing may be sent");
    }
    move_delivery(connection, id, DeliveryState::InDoubt)?;
    connection.execute("UPDATE deliveries SET in_doubt_at = ?2 WHERE id = ?1", params![id, now])?;
    count_mark(connection)
}

/// Makes a claimed delivery pending again.
pub(super) fn give_back(connection: &Connection, id: i64) -> Result<()> {
    let state = delivery_state(connection, id)?;
    if state != DeliveryState::Claimed {
        bail!("delivery `{id}` is {state}, so there is no claim to give back");
    }
    release(connection, id, DeliveryState::Pending, None)
}

/// Ends a claim: the delivery moves to `next` and no worker has it any more.
pub(super) fn release(connection: &Connection, id: i64, next: DeliveryState, reason: Option<&str>) -> Result<()> {
    move_delivery(connection, id, next)?;
    let sql = "UPDATE deliveries SET claimed_by = NULL, reason = ?2 WHERE id = ?1";
    connection.execute(sql, params![id, reason])?;
    Ok(())
}

/// Whether that worker has the delivery.
pub(super) fn is_claimed_by(connection: &Connection, id: i64, worker: &str) -> Result<bool> {
    let sql = "SELECT count(*) FROM deliveries WHERE id = ?1 AND claimed_by = ?2";
    Ok(connection.query_row(sql, params![id, worker], |row| row.get::<_, i64>(0))? > 0)
}

/// A delivery that a worker has: its number, how far it is, and the worker.
type Held = (i64, DeliveryState, String);

fn read_held(row: &Row<'_>) -> store::Result<Held> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

/// Every delivery that a worker has.
fn held_deliveries(connection: &Connection) -> Result<Vec<Held>> {
    let sql = "SELECT id, state, claimed_by FROM deliveries WHERE state IN ('claimed', 'in-doubt') ORDER BY id";
    let mut statement = connection.prepare_cached(sql)?;
    let held = statement.query_map([], read_held)?;
    Ok(held.collect::<store::Result<_>>()?)
}
