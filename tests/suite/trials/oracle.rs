//! What the ledger says against what the mailboxes hold.

use std::path::Path;

use scorepost::clock::Clock;
use scorepost::ledger::{Delivery, DeliveryState, Ledger, Resolution};
use scorepost::pipeline::{self, Pipeline};

use super::mailboxes::Copies;
use crate::bench::morning;

/// The letters of some runs, by how they stand.
#[derive(Default)]
pub struct Standing {
    pub sent: usize,
    pub failed: usize,
    pub unknown: Vec<Delivery>,
    /// On their way, or still to go.
    pub open: usize,
}

impl Standing {
    /// All of them.
    pub fn letters(&self) -> usize {
        self.sent + self.failed + self.unknown.len() + self.open
    }
}

/// sent ⇒ one copy; unknown ⇒ none or one; anything else ⇒ none; nobody two, and each letter with its own recipient.
pub fn check(folder: &Path, runs: &[String], copies: &Copies) -> Standing {
    let ledger = Ledger::open(&folder.join("ledger.sqlite"), Clock::fixed(morning(9))).expect("the ledger");
    check_in(&ledger, runs, copies)
}

/// The same of a ledger that is open.
pub fn check_in(ledger: &Ledger, runs: &[String], copies: &Copies) -> Standing {
    let mut standing = Standing::default();
    let mut accounted = 0;
    for delivery in runs.iter().flat_map(|run| ledger.deliveries(run).expect("deliveries")) {
        let found = copies.get(delivery.message_id.trim_matches(['<', '>']));
        let count = found.map_or(0, |(_, count)| *count);
        accounted += usize::from(found.is_some());
        let what = format!("letter {} to {} is {}", delivery.id, delivery.recipient, delivery.state);
        assert!(count <= 1, "{what} and lies in a mailbox {count} times");
        assert!(found.is_none_or(|(to, _)| *to == delivery.address), "{what}, but another got it");
        match delivery.state {
            DeliveryState::Sent | DeliveryState::ResolvedSent => {
                assert_eq!(count, 1, "{what} without a copy");
                standing.sent += 1;
            }
            DeliveryState::Unknown | DeliveryState::InDoubt => standing.unknown.push(delivery),
            state => {
                assert_eq!(count, 0, "{what} with a copy");
                match state {
                    DeliveryState::Failed => standing.failed += 1,
                    _ => standing.open += 1,
                }
            }
        }
    }
    assert_eq!(accounted, copies.len(), "a letter lies in a mailbox that no ledger knows");
    standing
}

/// A person says of every unknown letter what its mailbox says; gives what was said.
pub fn resolve(pipeline: &Pipeline, unknown: &[Delivery], copies: &Copies) -> Vec<String> {
    pipeline::recover(pipeline).expect("recovered");
    let say = |letter: &Delivery| {
        let arrived = copies.contains_key(letter.message_id.trim_matches(['<', '>']));
        let verdict = if arrived { Resolution::Arrived } else { Resolution::SendAgain };
        pipeline.ledger.resolve_unknown(letter.id, verdict, "trial", "the mailbox says so").expect("resolved");
        format!("resolved {}: {verdict:?}", letter.id)
    };
    unknown.iter().map(say).collect()
}
