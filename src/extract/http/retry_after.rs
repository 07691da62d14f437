//! `Retry-After` and its like: how long a server asks to be left alone.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// A larger number of seconds is an instant: it counts from 1970.
const INSTANT: u64 = 1_000_000_000;

/// Seconds, seconds since 1970, or an HTTP date; an instant in the past means at once.
pub(super) fn read(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let at: DateTime<Utc> = match text.trim().parse::<u64>() {
        Ok(seconds) if seconds < INSTANT => return Some(Duration::from_secs(seconds)),
        Ok(instant) => DateTime::from_timestamp(i64::try_from(instant).ok()?, 0)?,
        Err(_) => httpdate::parse_http_date(text.trim()).ok()?.into(),
    };
    Some((at - now).to_std().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_seconds_or_a_date() {
        let now: DateTime<Utc> = "2026-11-09T08:00:00Z".parse().expect("an instant");
        let wait = |text| read(text, now);
        assert_eq!(wait("120"), Some(Duration::from_secs(120)));
        assert_eq!(wait("Mon, 09 Nov 2026 08:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(wait("Mon, 09 Nov 2026 07:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("1794211230"), Some(Duration::from_secs(30)), "until a second since 1970");
        assert_eq!(wait("soon"), None);
    }
}
