//! A budget of requests that is kept before the call: the server never has to refuse.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

use crate::source::client::Budget;

/// A little more than a second and a minute, because requests do not all take the same time to arrive.
const SECOND: Duration = Duration::from_millis(1_050);
const MINUTE: Duration = Duration::from_millis(60_050);

/// What one host was asked lately. Every request is counted, and each source keeps its own budget over all of them.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    lately: Mutex<Lately>,
}

#[derive(Debug, Default)]
struct Lately {
    /// When requests of the last minute were sent, oldest first.
    sent: VecDeque<Instant>,
    /// Until when the host wants to be left alone.
    closed_until: Option<Instant>,
}

impl Throttle {
    /// Waits until one more request is within the budget, and counts it.
    pub(super) async fn turn(&self, budget: Budget) {
        // Nothing is reserved while waiting: a patient source does not stand in the way of another.
        while let Some(later) = self.take(budget) {
            tokio::time::sleep_until(later).await;
        }
    }

    /// Leaves the host alone for a while, because it said that it is asked too often.
    pub(super) fn close(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut lately = self.lately();
        lately.closed_until = lately.closed_until.max(Some(until));
    }

    /// Counts a request, or says when to ask again.
    fn take(&self, budget: Budget) -> Option<Instant> {
        self.lately().take(budget, Instant::now()).err()
    }

    fn lately(&self) -> MutexGuard<'_, Lately> {
        self.lately.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Lately {
    /// Counts a request that may be sent now, or says when to ask again.
    fn take(&mut self, budget: Budget, now: Instant) -> Result<(), Instant> {
        while self.sent.front().is_some_and(|first| *first + MINUTE <= now) {
            self.sent.pop_front();
        }
        match self.earliest(budget).filter(|earliest| *earliest > now) {
            Some(later) => Err(later),
            None => {
                self.sent.push_back(now);
                Ok(())
            }
        }
    }

    /// The first instant at which the budget has room; `None` for any.
    fn earliest(&self, budget: Budget) -> Option<Instant> {
        let of_second = self.freed(budget.per_second, SECOND);
        let of_minute = self.freed(budget.per_minute, MINUTE);
        of_second.max(of_minute).max(self.closed_until)
    }

    /// When a span that holds as many requests as it may has room for one more.
    fn freed(&self, most: Option<u32>, span: Duration) -> Option<Instant> {
        let first_of_them = self.sent.len().checked_sub(most?.max(1) as usize)?;
        self.sent.get(first_of_them).map(|first| *first + span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(per_second: Option<u32>, per_minute: Option<u32>) -> Budget {
        Budget { per_second, per_minute }
    }

    /// When a request is let through that is willing to wait.
    fn through(lately: &mut Lately, budget: Budget, mut now: Instant) -> Instant {
        while let Err(later) = lately.take(budget, now) {
            now = later;
        }
        now
    }

    #[test]
    fn no_second_and_no_minute_ever_holds_too_many() {
        let start = Instant::now();
        let both = budget(Some(2), Some(5));
        let mut lately = Lately::default();
        let mut now = start;
        let mut next = || {
            now = through(&mut lately, both, now);
            now - start
        };
        let at: Vec<Duration> = (0..8).map(|_| next()).collect();
        let zero = Duration::ZERO;
        assert_eq!(at, [zero, zero, SECOND, SECOND, SECOND * 2, MINUTE, MINUTE, MINUTE + SECOND]);
    }

    #[test]
    fn sources_share_what_a_host_was_asked_but_each_keeps_its_own_budget() {
        let start = Instant::now();
        let mut lately = Lately::default();
        for _ in 0..10 {
            assert_eq!(through(&mut lately, Budget::default(), start), start, "no budget, no wait");
        }
        assert_eq!(lately.take(budget(None, Some(10)), start), Err(start + MINUTE), "the ten of the other count");
        assert_eq!(lately.take(budget(None, Some(11)), start), Ok(()));
        assert_eq!(lately.take(budget(Some(2), None), start), Err(start + SECOND));
    }

    #[test]
    fn a_host_that_was_asked_too_often_is_left_alone_by_all() {
        let start = Instant::now();
        let mut lately = Lately { closed_until: Some(start + SECOND), ..Lately::default() };
        assert_eq!(lately.take(Budget::default(), start), Err(start + SECOND));
        assert_eq!(lately.take(Budget::default(), start + SECOND), Ok(()));
    }
}
