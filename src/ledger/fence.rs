//! The fence around claims: a worker that was taken for dead, because its line was cut, changes nothing when it comes back.
//!
//! What it had claimed may be another's by then. That it was still its own is seen in the same transaction.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;

use super::Ledger;
use super::advice::lost_its_line;
use super::claims::is_claimed_by;
use super::deliveries::delivery_state;
use super::delivery_state::DeliveryState;
use super::store::Transaction;

/// A server that is started anew is back within this many tries.
const TRIES: u32 = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(250);

impl Ledger {
    /// Remembers which worker made a claim.
    pub(super) fn note_claim(&self, id: i64, worker: &str) {
        self.claims().insert(id, worker.to_owned());
    }

    /// Ends a claim by `end`, unless it was taken back meanwhile: then whoever took it says how the delivery ended.
    ///
    /// Tried again for a while when the line is cut: whatever the first try came to, the second sees whose the claim is.
    pub(super) fn end_claim(&self, id: i64, end: impl Fn(&Transaction<'_>) -> Result<()>) -> Result<()> {
        let worker = self.claims().get(&id).cloned();
        let ended = match &worker {
            Some(worker) => steadily(|| self.try_to_end(id, Some(worker), &end)),
            None => self.try_to_end(id, None, &end),
        };
        self.forget_claim(id);
        ended
    }

    /// Whatever becomes of the delivery now is no longer ours to say.
    pub(super) fn forget_claim(&self, id: i64) {
        self.claims().remove(&id);
    }

    fn try_to_end(&self, id: i64, worker: Option<&str>, end: impl Fn(&Transaction<'_>) -> Result<()>) -> Result<()> {
        self.write_rows(|transaction| {
            let state = delivery_state(transaction, id)?;
            if let Some(worker) = worker
                && !is_claimed_by(transaction, id, worker)?
            {
                warn_of_cut(id, state);
                return Ok(());
            }
            end(transaction)
        })
    }

    fn claims(&self) -> MutexGuard<'_, HashMap<i64, String>> {
        self.shared.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does it again for a while when the line is cut; it must be such that the second time finds out about the first.
pub(super) fn steadily<T>(work: impl Fn() -> Result<T>) -> Result<T> {
    let mut done = work();
    for _ in 1..TRIES {
        match &done {
            Err(error) if lost_its_line(error) => {
                std::thread::sleep(BETWEEN_TRIES);
                done = work();
            }
            _ => break,
        }
    }
    done
}

/// Tells why nothing is noted of a delivery.
pub(super) fn warn_of_cut(id: i64, state: DeliveryState) {
    tracing::warn!(
        delivery = id,
        state = state.word(),
        "how a letter ended is not noted: the line to the ledger was cut and its claim was taken back"
    );
}
