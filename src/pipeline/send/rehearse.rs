//! A rehearsal: every letter of a run goes to one address, marked as a test, and the run stays where it is.

use crate::deliver::{self, Address, Outcome};
use crate::job::Job;
use crate::ledger::{Delivery, DeliveryState, Run};
use crate::pipeline::Pipeline;

use super::guard::Guard;
use super::postmen;

/// Who gets everything, in test mode.
pub(super) fn tester(pipeline: &Pipeline) -> anyhow::Result<Option<Address>> {
    let Some(text) = &pipeline.settings.mail.test_to else { return Ok(None) };
    let address = Address::parse(text);
    address.map(Some).map_err(|fault| anyhow::anyhow!("the address for tests cannot be used: {}", fault.text().en))
}

/// Sends a test of each letter that has not gone out; returns how many were taken.
///
/// The same letter goes to the same address once, so that a scheduler that comes back every minute is no nuisance. The
/// letter itself is neither claimed nor moved: whatever becomes of its test, it still waits.
pub(super) async fn rehearse(pipeline: &Pipeline, job: &Job, run: &Run, to: &Address) -> anyhow::Result<u64> {
    let (guard, address) = (Guard::new(pipeline, job, run)?, to.to_string());
    let mut postmen = postmen(pipeline)?;
    let postman = &mut postmen[0];
    let mut taken = 0;
    for delivery in pipeline.ledger.deliveries(&run.id)?.iter().filter(|one| waits(one)) {
        if pipeline.ledger.was_tested(delivery, &address)? {
            continue;
        }
        let letter = deliver::rehearsal(&guard.sealed(delivery)?, &delivery.recipient, to, delivery.id)?;
        // Nobody is mailed a card by a test, so a doubtful one is no more than a test that may come twice.
        match postman.deliver(&letter, &mut async || Ok(())).await {
            Outcome::Sent { reply } => pipeline.ledger.record_test(delivery, &address, &reply)?,
            Outcome::TryLater { reason, .. }
            | Outcome::Away { reason, .. }
            | Outcome::Refused { reason }
            | Outcome::Unknown { reason }
            | Outcome::Halt { reason } => anyhow::bail!("after {taken} test letters one was not taken: {reason}"),
        }
        taken += 1;
    }
    postman.close().await;
    Ok(taken)
}

fn waits(delivery: &Delivery) -> bool {
    let waits = matches!(
        delivery.state,
        DeliveryState::Pending | DeliveryState::Deferred | DeliveryState::ResolvedResend | DeliveryState::Failed
    );
    waits && delivery.latest_edition == delivery.edition
}
