//! The fence around claims: a worker that was taken for dead, because its line was cut, changes nothing when it comes back.
//!
//! What it had claimed may be another's by then. That it was still its own is seen in the same transaction.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

use anyhow::Result;

use super::Ledger;
use super::claims::is_claimed_by;
use super::deliveries::delivery_state;
use super::delivery_state::DeliveryState;
use super::store::Transaction;

impl Ledger {
    /// Remembers which worker made a claim.
    pub(super) fn note_claim(&self, id: i64, worker: &str) {
        self.claims().insert(id, worker.to_owned());
    }

    /// Ends a claim by `end`, unless it was taken back meanwhile: then whoever took it says how the delivery ended.
    pub(super) fn end_claim(&self, id: i64, end: impl FnOnce(&Transaction<'_>) -> Result<()>) -> Result<()> {
        let worker = self.claims().get(&id).cloned();
        self.write_rows(|transaction| {
            let state = delivery_state(transaction, id)?;
            if let Some(worker) = &worker
                && !is_claimed_by(transaction, id, worker)?
            {
                warn_of_cut(id, state);
                return Ok(());
            }
            end(transaction)
        })?;
        self.claims().remove(&id);
        Ok(())
    }

    fn claims(&self) -> MutexGuard<'_, HashMap<i64, String>> {
        self.shared.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells why nothing is noted of a delivery.
pub(super) fn warn_of_cut(id: i64, state: DeliveryState) {
    tracing::warn!(
        delivery = id,
        state = state.word(),
        "how a letter ended is not noted: the line to the ledger was cut and its claim was taken back"
    );
}
