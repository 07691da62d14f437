//! What becomes of a message beside the documents' letters: tried again for a while, given up, or left to a person.

use std::time::Duration;

use chrono::TimeDelta;

use crate::deliver::Outcome;
use crate::ledger::Note;

use super::Pipeline;

/// After so many tries a message is given up.
const TRIES: u32 = 10;
/// However often one was put off, it is tried again after at most this long.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// What the ledger is to know of one that was claimed for the so-manieth time.
pub(super) fn note_of(pipeline: &Pipeline, attempts: u32, outcome: Outcome) -> Note {
    match outcome {
        Outcome::Sent { reply } => Note::Sent { reply },
        Outcome::Unknown { reason } => Note::Unknown { reason },
        Outcome::Refused { reason } | Outcome::Halt { reason } => Note::Failed { reason },
        Outcome::TryLater { reason, .. } | Outcome::Away { reason, .. } if attempts >= TRIES => {
            Note::Failed { reason: format!("tried {TRIES} times, at last: {reason}") }
        }
        Outcome::TryLater { reason, wait } | Outcome::Away { reason, wait } => {
            let wait = TimeDelta::from_std(wait.max(Duration::from_secs(1))).unwrap_or(LONGEST_WAIT);
            let wait = (wait * (1 << attempts.saturating_sub(1).min(6))).min(LONGEST_WAIT);
            Note::Deferred { not_before: pipeline.settings.clock.now() + wait, reason }
        }
    }
}
