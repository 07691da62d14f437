//! How an attempt to deliver ended, and what a person decides about those that did not arrive for certain.

use anyhow::{Result, bail};
use chrono::{DateTime, Utc};

use super::Ledger;
use super::audit::append;
use super::claims::release;
use super::deliveries::{Resolution, move_delivery};
use super::delivery_state::DeliveryState;
use super::store::{self, params};
use super::stored::At;

impl Ledger {
    /// The server took it; `reply` is what it said, with its queue id.
    pub fn mark_sent(&self, id: i64, reply: &str) -> Result<()> {
        let now = At(self.now());
        self.end_claim(id, |transaction| {
            release(transaction, id, DeliveryState::Sent, None)?;
            let sql = "UPDATE deliveries SET reply = ?2, sent_at = ?3 WHERE id = ?1";
            transaction.execute(sql, params![id, reply, now])?;
            Ok(())
        })
    }

    /// The server put it off, or the line broke before the last byte; it is not tried before `not_before`.
    pub fn mark_deferred(&self, id: i64, not_before: DateTime<Utc>, reason: &str) -> Result<()> {
        self.end_claim(id, |transaction| {
            release(transaction, id, DeliveryState::Deferred, Some(reason))?;
            let sql = "UPDATE deliveries SET not_before = ?2 WHERE id = ?1";
            transaction.execute(sql, params![id, At(not_before)])?;
            Ok(())
        })
    }

    /// The server refused it, or there is no more time to try.
    pub fn mark_failed(&self, id: i64, reason: &str) -> Result<()> {
        self.end_claim(id, |transaction| release(transaction, id, DeliveryState::Failed, Some(reason)))
    }

    /// Its last byte went out and no whole answer came.
    pub fn mark_unknown(&self, id: i64, reason: &str) -> Result<()> {
        self.end_claim(id, |transaction| release(transaction, id, DeliveryState::Unknown, Some(reason)))
    }

    /// Makes the failed mails of a run's documents pending again, or those about or to one agent; returns how many.
    ///
    /// Touches no other state: what was sent or is unknown stays so. Each one is audited under `who`.
    pub fn retry_failed(&self, run_id: &str, agent: Option<&str>, who: &str) -> Result<u32> {
        let now = self.now();
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "SELECT deliveries.id FROM deliveries JOIN run_documents \
                 ON run_documents.document_id = deliveries.document_id \
                 WHERE run_documents.run_id = ?1 AND state = 'failed' \
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
