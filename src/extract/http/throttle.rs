//! A budget of requests a second, kept before the call: the server never has to refuse.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// Lets requests through one after the other, evenly spaced.
pub(super) struct Throttle {
    gap: Duration,
    next: Mutex<Option<Instant>>,
}

impl Throttle {
    /// At most so many requests a second; `None` for no limit.
    pub(super) fn new(per_second: Option<u32>) -> Self {
        let gap = per_second.map_or(Duration::ZERO, |rate| Duration::from_secs(1) / rate.max(1));
        Self { gap, next: Mutex::new(None) }
    }

    /// Waits for its turn.
    pub(super) async fn turn(&self) {
        if self.gap.is_zero() {
            return;
        }
        let mine = {
            let mut next = self.next.lock().await;
            let now = Instant::now();
            let mine = next.map_or(now, |next| next.max(now));
            *next = Some(mine + self.gap);
            mine
        };
        tokio::time::sleep_until(mine).await;
    }
}
