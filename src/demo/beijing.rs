//! The shop's clock on the wall: GMT+8, without summer time.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

const AHEAD: TimeDelta = TimeDelta::hours(8);

/// What the wall clock shows at an instant.
pub(super) fn local(at: DateTime<Utc>) -> NaiveDateTime {
    (at + AHEAD).naive_utc()
}

/// Milliseconds since 1970 UTC of a time on the wall clock.
pub(super) fn epoch_ms(local: NaiveDateTime) -> i64 {
    (local - AHEAD).and_utc().timestamp_millis()
}

/// Seconds since 1970 UTC of a time on the wall clock.
pub(super) fn epoch(local: NaiveDateTime) -> i64 {
    (local - AHEAD).and_utc().timestamp()
}

/// The time on the wall clock so many milliseconds after 1970 UTC.
pub(super) fn from_epoch_ms(ms: i64) -> Option<NaiveDateTime> {
    Some(local(DateTime::from_timestamp_millis(ms)?))
}

/// The time on the wall clock so many seconds after 1970 UTC.
pub(super) fn from_epoch(seconds: i64) -> Option<NaiveDateTime> {
    Some(local(DateTime::from_timestamp(seconds, 0)?))
}

/// Reads `yyyy-MM-dd HH:mm:ss`.
pub(super) fn parse(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok().filter(|_| text.len() == 19)
}

/// Writes `yyyy-MM-dd HH:mm:ss`.
pub(super) fn text(at: NaiveDateTime) -> String {
    at.with_nanosecond(0).unwrap_or(at).to_string()
}

/// Midnight at the start of a day.
pub(super) fn midnight(day: NaiveDate) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN)
}

/// A time of a day given in seconds after midnight; it may lie on a later day.
pub(super) fn at(day: NaiveDate, second: i64) -> NaiveDateTime {
    midnight(day) + TimeDelta::seconds(second)
}

/// The first day of the month in which `day` lies.
pub(super) fn month_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// The days of the month that starts on `first`.
pub(super) fn days_of(first: NaiveDate) -> impl Iterator<Item = NaiveDate> + Clone {
    days_between(first, first + Months::new(1) - Days::new(1))
}

/// The days from `first` to `last`, both included.
pub(super) fn days_between(first: NaiveDate, last: NaiveDate) -> impl DoubleEndedIterator<Item = NaiveDate> + Clone {
    (0..=(last - first).num_days().max(-1)).map(move |offset| first + TimeDelta::days(offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_work_day_has_the_documented_milliseconds() {
        let day = NaiveDate::from_ymd_opt(2022, 10, 20).expect("a day");
        assert_eq!(epoch_ms(midnight(day)), 1_666_195_200_000);
    }

    #[test]
    fn only_the_documented_form_is_read() {
        assert!(parse("2026-10-01 00:00:00").is_some());
        for wrong in ["2026-10-01", "2026-10-01T00:00:00", "2026-10-1 00:00:00", "20261001000000", ""] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_month_has_its_days() {
        let february = NaiveDate::from_ymd_opt(2028, 2, 1).expect("a day");
        assert_eq!(days_of(february).count(), 29);
        assert_eq!(days_between(february, february - Days::new(3)).count(), 0);
    }
}
