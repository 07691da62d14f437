//! How far this machine's clock is from the source's: signatures carry the time, and a wrong one is refused.

use chrono::{DateTime, TimeDelta, Utc};

/// Platforms that look at the time forgive about ten minutes; from half of it on the clock may be the reason.
const WORTH_SAYING: TimeDelta = TimeDelta::minutes(5);

/// What to tell the operator; `None` when the clocks agree or the answer does not say its time.
pub(super) fn note(date: Option<&str>, now: DateTime<Utc>) -> Option<String> {
    let theirs: DateTime<Utc> = httpdate::parse_http_date(date?.trim()).ok()?.into();
    let difference = now - theirs;
    if difference.abs() < WORTH_SAYING {
        return None;
    }
    let way = if difference > TimeDelta::zero() { "ahead of" } else { "behind" };
    Some(format!(
        "this machine's clock is {} {way} the source's, and signatures carry the time: set it",
        length(difference)
    ))
}

fn length(difference: TimeDelta) -> String {
    let minutes = difference.num_minutes().abs();
    match minutes {
        0..120 => format!("{minutes} minutes"),
        120..2880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_told_with_its_direction() {
        let now: DateTime<Utc> = "2026-11-09T08:00:00Z".parse().expect("an instant");
        let told = |date| note(Some(date), now);
        let behind = "this machine's clock is 12 minutes behind the source's, and signatures carry the time: set it";
        assert_eq!(told("Mon, 09 Nov 2026 08:12:00 GMT").as_deref(), Some(behind));
        assert!(told("Mon, 09 Nov 2026 00:00:00 GMT").is_some_and(|text| text.contains("8 hours ahead of")));
        assert!(told("Mon, 02 Nov 2026 08:00:00 GMT").is_some_and(|text| text.contains("7 days ahead of")));
        assert_eq!(told("Mon, 09 Nov 2026 08:04:00 GMT"), None);
        assert_eq!((told("yesterday"), note(None, now)), (None, None));
    }
}
