//! Deliveries (投递): one mail to one recipient of one edition.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};

use super::Ledger;
use super::delivery_state::DeliveryState;
use super::documents::DocumentKind;
use super::store::{self, Connection, OptionalExtension, Row, params};
use super::stored::{At, Label, stored_words};
use crate::period::Period;

stored_words! {
    /// As what a recipient gets a document.
    pub enum RecipientRole {
        /// The agent whose card it is.
        Agent = "agent",
        /// The manager of the team.
        Manager = "manager",
        /// Somebody whom the job names by address.
        Reader = "reader",
    }
}

stored_words! {
    /// What a person decided about a delivery of which nobody knows whether it arrived.
    pub enum Resolution {
        /// It arrived; it is not sent again.
        Arrived = "arrived",
        /// It is sent again, under the same Message-ID.
        SendAgain = "send-again",
    }
}

/// A mail that is to go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// The document that it carries.
    pub document_id: i64,
    /// The run that plans it.
    pub run_id: String,
    /// The recipient's staff number; the address of a reader who has none.
    pub recipient: String,
    /// As what the recipient gets it.
    pub role: RecipientRole,
    /// The mail address; never logged.
    pub address: String,
    /// The same for every attempt.
    pub message_id: String,
    /// The hash of the exact message.
    pub mime_hash: String,
}

/// A delivery as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The ledger's number for it.
    pub id: i64,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was claimed since it was planned, or since a person had it sent again.
    pub attempts: u32,
    /// A deferred one is not tried before this.
    pub not_before: Option<DateTime<Utc>>,
    /// What the server said when it took it, with its queue id.
    pub reply: Option<String>,
    /// Why it was deferred, failed or is unknown; or why a person resolved it.
    pub reason: Option<String>,
    /// The worker that has it, while claimed or in doubt.
    pub claimed_by: Option<String>,
    /// When it last became in doubt.
    pub in_doubt_at: Option<DateTime<Utc>>,
    /// When the server took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// The job of its document.
    pub job: String,
    /// The period of its document.
    pub period: Period,
    /// The kind of its document.
    pub kind: DocumentKind,
    /// The agent or team that its document is about.
    pub subject: String,
    /// The edition of its document.
    pub edition: u32,
    /// The newest edition of that document; above `edition` when this one is out of date.
    pub latest_edition: u32,
    /// The document that it carries.
    pub document_id: i64,
    /// The run that planned it.
    pub run_id: String,
    /// The recipient's staff number; the address of a reader who has none.
    pub recipient: String,
    /// As what the recipient gets it.
    pub role: RecipientRole,
    /// The mail address; never logged.
    pub address: String,
    /// The same for every attempt.
    pub message_id: String,
    /// The hash of the exact message.
    pub mime_hash: String,
}

impl Ledger {
    /// Plans mails, all or none, and returns how many are new.
    ///
    /// A recipient gets an edition once: where there is a delivery already, in whatever state, it is left as it is.
    pub fn plan_deliveries(&self, new: &[NewDelivery]) -> Result<usize> {
        let planned = self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "INSERT INTO deliveries (document_id, recipient, run_id, role, address, message_id, mime_hash, state) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (document_id, recipient) DO NOTHING",
            )?;
            let mut planned = 0;
            for one in new {
                planned += statement.execute(params![
                    one.document_id,
                    one.recipient,
                    one.run_id,
                    one.role,
                    one.address,
                    one.message_id,
                    one.mime_hash,
                    DeliveryState::Pending
                ])?;
            }
            Ok(planned)
        })?;
        self.on_the_line(|connection| Ok(connection.count_rows_anew()?))?;
        Ok(planned)
    }

    /// Makes the mails of a run's documents that are not under way agree with what is planned now, all or none.
    ///
    /// One that is no longer planned is withdrawn; one that is planned again is pending again; one whose address was
    /// corrected gets the new message, also when the old address had failed or sent it back. Nothing changes of a mail that is under
    /// way, or of which anything may have arrived; nor of those that are `left`, by document and recipient, because they
    /// had gone out when the plan was made, whatever came back since.
    pub fn amend_deliveries(&self, run_id: &str, planned: &[NewDelivery], left: &HashSet<(i64, String)>) -> Result<()> {
        self.write(|transaction| {
            hold_deliveries_of(transaction, run_id)?;
            let planned: HashMap<(i64, &str), &NewDelivery> =
                planned.iter().map(|new| ((new.document_id, new.recipient.as_str()), new)).collect();
            for delivery in deliveries_of(transaction, run_id)? {
                if !delivery.state.is_at_rest() || left.contains(&(delivery.document_id, delivery.recipient.clone())) {
                    continue;
                }
                match planned.get(&(delivery.document_id, delivery.recipient.as_str())) {
                    None if delivery.state != DeliveryState::Withdrawn => {
                        move_delivery(transaction, delivery.id, DeliveryState::Withdrawn)?;
                    }
                    None => {}
                    Some(new) => amend(transaction, &delivery, new)?,
                }
            }
            Ok(())
        })
    }

    /// Every delivery of the documents that a run stands on, also those that an earlier run planned or sent.
    pub fn deliveries(&self, run_id: &str) -> Result<Vec<Delivery>> {
        self.read(|connection| deliveries_of(connection, run_id))
    }

    /// Every delivery of one document.
    pub fn document_deliveries(&self, document_id: i64) -> Result<Vec<Delivery>> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("{SELECT} WHERE documents.id = ?1 ORDER BY recipient"))?;
            let found = statement.query_map([document_id], read_delivery)?;
            Ok(found.collect::<store::Result<_>>()?)
        })
    }

    /// The delivery of that number.
    pub fn delivery(&self, id: i64) -> Result<Option<Delivery>> {
        self.read(|connection| find_delivery(connection, id))
    }
}

/// Every column of a delivery with those of its document.
pub(super) const SELECT: &str = "SELECT deliveries.*, documents.job, documents.period, documents.kind, documents.subject, \
     documents.edition, (SELECT max(edition) FROM documents AS newer WHERE newer.job = documents.job \
     AND newer.period = documents.period AND newer.kind = documents.kind AND newer.subject = documents.subject) \
     AS latest_edition FROM deliveries JOIN documents ON documents.id = deliveries.document_id";

/// Every delivery of the documents that a run stands on, inside a caller's transaction.
pub(super) fn deliveries_of(connection: &Connection, run_id: &str) -> Result<Vec<Delivery>> {
    let mut statement = connection.prepare_cached(&format!(
        "{SELECT} JOIN run_documents ON run_documents.document_id = documents.id \
         WHERE run_documents.run_id = ?1 \
         ORDER BY documents.team, documents.kind, documents.subject, role, recipient"
    ))?;
    let found = statement.query_map([run_id], read_delivery)?;
    Ok(found.collect::<store::Result<_>>()?)
}

/// Lets nobody claim a mail of the run's documents before the caller's transaction ends.
fn hold_deliveries_of(connection: &Connection, run_id: &str) -> Result<()> {
    let sql = format!(
        "SELECT id FROM deliveries WHERE document_id IN (SELECT document_id FROM run_documents WHERE run_id = ?1) \
         ORDER BY id{}",
        connection.held()
    );
    connection.prepare_cached(&sql)?.query_map([run_id], |_| Ok(()))?;
    Ok(())
}

/// Brings one mail at rest up to what is planned now.
fn amend(connection: &Connection, delivery: &Delivery, new: &NewDelivery) -> Result<()> {
    let corrected = delivery.address != new.address;
    let again = delivery.state == DeliveryState::Withdrawn
        || (matches!(delivery.state, DeliveryState::Failed | DeliveryState::Bounced) && corrected);
    if again {
        move_delivery(connection, delivery.id, DeliveryState::Pending)?;
        connection.execute("UPDATE deliveries SET attempts = 0, reason = NULL WHERE id = ?1", [delivery.id])?;
    }
    if corrected {
        let sql = "UPDATE deliveries SET address = ?2, message_id = ?3, mime_hash = ?4 WHERE id = ?1";
        connection.execute(sql, params![delivery.id, new.address, new.message_id, new.mime_hash])?;
    }
    Ok(())
}

/// The delivery of that number, inside a caller's transaction.
pub(super) fn find_delivery(connection: &Connection, id: i64) -> Result<Option<Delivery>> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE deliveries.id = ?1"))?;
    Ok(statement.query_row([id], read_delivery).optional()?)
}

/// Moves a delivery to `next`, or refuses when nothing leads there from where it is.
pub(super) fn move_delivery(connection: &Connection, id: i64, next: DeliveryState) -> Result<()> {
    let state = delivery_state(connection, id)?;
    if !state.followers().contains(&next) {
        bail!("delivery `{id}` is {state} and cannot become {next}: look at it with `scorepost show`");
    }
    connection.execute("UPDATE deliveries SET state = ?2 WHERE id = ?1", params![id, next])?;
    Ok(())
}

/// How far the delivery of that number is; it stays there until the caller's transaction ends.
pub(super) fn delivery_state(connection: &Connection, id: i64) -> Result<DeliveryState> {
    let sql = format!("SELECT state FROM deliveries WHERE id = ?1{}", connection.held());
    let state = connection.query_row(&sql, [id], |row| row.get(0)).optional()?;
    state.with_context(|| format!("the ledger has no delivery `{id}`"))
}

/// Reads a row of [`SELECT`].
pub(super) fn read_delivery(row: &Row<'_>) -> store::Result<Delivery> {
    let instant = |column| row.get::<_, Option<At>>(column).map(|at| at.map(|at| at.0));
    Ok(Delivery {
        id: row.get("id")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        not_before: instant("not_before")?,
        reply: row.get("reply")?,
        reason: row.get("reason")?,
        claimed_by: row.get("claimed_by")?,
        in_doubt_at: instant("in_doubt_at")?,
        sent_at: instant("sent_at")?,
        job: row.get("job")?,
        period: row.get::<_, Label>("period")?.0,
        kind: row.get("kind")?,
        subject: row.get("subject")?,
        edition: row.get("edition")?,
        latest_edition: row.get("latest_edition")?,
        document_id: row.get("document_id")?,
        run_id: row.get("run_id")?,
        recipient: row.get("recipient")?,
        role: row.get("role")?,
        address: row.get("address")?,
        message_id: row.get("message_id")?,
        mime_hash: row.get("mime_hash")?,
    })
}

#[cfg(test)]
mod tests;
