//! A budget of requests that is kept before the call: the server never has to refuse.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

use crate::source::client::Budget;

const MINUTE: Duration = Duration::from_secs(60);

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
        let gap = budget.per_second.map(|rate| Duration::from_secs(1) / rate.max(1));
        let spaced = gap.zip(self.sent.back()).map(|(gap, last)| *last + gap);
        let full = budget.per_minute.and_then(|most| self.sent.len().checked_sub(most.max(1) as usize));
        let freed = full.and_then(|index| self.sent.get(index)).map(|first| *first + MINUTE);
        spaced.max(freed).max(self.closed_until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

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
    fn requests_are_spaced_and_a_minute_never_holds_too_many() {
        let start = Instant::now();
        let both = budget(Some(10), Some(3));
        let mut lately = Lately::default();
        let at: Vec<Duration> = (0..7).map(|_| through(&mut lately, both, start) - start).collect();
        let tenth = SECOND / 10;
        let expected = [Duration::ZERO, tenth, tenth * 2, MINUTE, MINUTE + tenth, MINUTE + tenth * 2, MINUTE * 2];
        assert_eq!(at, expected);
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
        assert_eq!(lately.take(budget(Some(2), None), start), Err(start + SECOND / 2));
    }

    #[test]
    fn a_host_that_was_asked_too_often_is_left_alone_by_all() {
        let start = Instant::now();
        let mut lately = Lately { closed_until: Some(start + SECOND), ..Lately::default() };
        assert_eq!(lately.take(Budget::default(), start), Err(start + SECOND));
        assert_eq!(lately.take(Budget::default(), start + SECOND), Ok(()));
    }
}
