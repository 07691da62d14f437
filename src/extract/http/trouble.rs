//! Why a try failed, and whether another may succeed.

use std::fmt;
use std::time::Duration;

/// Why a try failed.
#[derive(Clone, Debug)]
pub(super) enum Trouble {
    /// It may pass: the same request is sent again, a limited number of times.
    Passing {
        /// What happened.
        why: String,
        /// How long the server asks to wait.
        wait: Option<Duration>,
    },
    /// The server is asked too often: it is waited out, however often that takes until the deadline.
    RateLimited {
        /// What happened.
        why: String,
        /// How long the server asks to wait.
        wait: Option<Duration>,
    },
    /// The token is no longer taken.
    StaleToken(String),
    /// No repetition helps.
    Last(String),
}

impl Trouble {
    pub(super) fn passing(why: impl Into<String>) -> Self {
        Self::Passing { why: why.into(), wait: None }
    }

    pub(super) fn last(why: impl Into<String>) -> Self {
        Self::Last(why.into())
    }

    /// Whether another try may succeed.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Passing { .. } | Self::RateLimited { .. })
    }

    /// The wait before the next try: what the server asks, up to the cap, else the growing wait; `None` gives up.
    pub(super) fn wait(&self, growing: Option<Duration>, cap: Duration) -> Option<Duration> {
        match self {
            Self::Passing { wait, .. } => growing.map(|growing| wait.map_or(growing, |wait| wait.min(cap))),
            // Whoever still refuses after all tries is asked at the slowest pace only.
            Self::RateLimited { wait, .. } => Some(growing.map_or(cap, |growing| wait.unwrap_or(growing).min(cap))),
            Self::StaleToken(_) | Self::Last(_) => None,
        }
    }

    /// The error that ends a request which was tried so often.
    pub(super) fn into_error(self, tries: u32) -> anyhow::Error {
        match self {
            Self::Last(why) | Self::StaleToken(why) => anyhow::Error::msg(why),
            passing => anyhow::anyhow!("{passing}; tried {tries} times, pull again later to go on from here"),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passing { why, .. } | Self::RateLimited { why, .. } => out.write_str(why),
            Self::StaleToken(why) | Self::Last(why) => out.write_str(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_decides_the_wait_up_to_the_cap() {
        let second = Duration::from_secs(1);
        let asked = |seconds| Trouble::Passing { why: String::new(), wait: Some(Duration::from_secs(seconds)) };
        assert_eq!(asked(3).wait(Some(second), 10 * second), Some(3 * second));
        assert_eq!(asked(86_400).wait(Some(second), 10 * second), Some(10 * second));
        assert_eq!(asked(3).wait(None, 10 * second), None);
        assert_eq!(Trouble::passing("").wait(Some(second), 10 * second), Some(second));
    }

    #[test]
    fn a_rate_limit_is_waited_out_beyond_the_number_of_tries_at_the_slowest_pace() {
        let limited = Trouble::RateLimited { why: String::new(), wait: Some(Duration::from_secs(5)) };
        let minute = Duration::from_secs(60);
        assert_eq!(limited.wait(Some(Duration::from_secs(1)), minute), Some(Duration::from_secs(5)));
        assert_eq!(limited.wait(None, minute), Some(minute));
    }
}
