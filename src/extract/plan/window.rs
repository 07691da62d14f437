//! How the days that are asked for are cut into windows that the interface allows.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate};
use chrono_tz::Tz;

use crate::period::midnight;
use crate::source::resource::Step;

/// The windows of days, half open.
pub(super) fn cut(step: Step, start: NaiveDate, end: NaiveDate) -> Vec<(NaiveDate, NaiveDate)> {
    let mut windows = Vec::new();
    let mut from = if step == Step::Month { start.with_day(1).unwrap_or(start) } else { start };
    while from < end {
        let to = match step {
            Step::Whole => end,
            Step::Days(days) => (from + Days::new(days)).min(end),
            Step::Month => from + Months::new(1),
        };
        windows.push((from, to));
        from = to;
    }
    windows
}

/// The first instant of a window and the first after it, on the clocks of the source.
pub(super) fn instants(days: (NaiveDate, NaiveDate), zone: Tz) -> (DateTime<Tz>, DateTime<Tz>) {
    (midnight(zone, days.0).with_timezone(&zone), midnight(zone, days.1).with_timezone(&zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect(text)
    }

    #[test]
    fn days_are_cut_from_the_first_and_months_follow_the_calendar() {
        let weeks = cut(Step::Days(7), day("2026-09-30"), day("2026-11-01"));
        assert_eq!(weeks.first(), Some(&(day("2026-09-30"), day("2026-10-07"))));
        assert_eq!((weeks.last(), weeks.len()), (Some(&(day("2026-10-28"), day("2026-11-01"))), 5));
        let months = cut(Step::Month, day("2026-09-30"), day("2026-11-01"));
        assert_eq!(months, [(day("2026-09-01"), day("2026-10-01")), (day("2026-10-01"), day("2026-11-01"))]);
        assert_eq!(cut(Step::Whole, day("2026-10-02"), day("2026-10-05")), [(day("2026-10-02"), day("2026-10-05"))]);
        assert_eq!(cut(Step::Whole, day("2026-10-05"), day("2026-10-05")), []);
    }
}
