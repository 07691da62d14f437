//! How long is waited after an attempt that did not end well.

use chrono::TimeDelta;

/// Minutes after the first attempt, the second, and so on; the last one counts for all that follow.
const MINUTES: [i64; 5] = [1, 2, 5, 10, 30];

/// The wait after so many attempts.
pub(super) fn after(attempts: u32) -> TimeDelta {
    let place = (attempts.saturating_sub(1) as usize).min(MINUTES.len() - 1);
    TimeDelta::minutes(MINUTES[place])
}

/// The longest wait there is; an instant further away was written before the clock was set back.
pub(super) fn longest() -> TimeDelta {
    after(u32::MAX)
}
