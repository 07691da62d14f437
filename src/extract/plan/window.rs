//! How the days that are asked for are cut into windows that the interface allows.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use chrono_tz::Tz;

use super::Circumstance;
use crate::period::{Period, midnight};
use crate::source::resource::{Step, Today, Window};

/// One window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its days, half open.
    pub days: (NaiveDate, NaiveDate),
    /// Its first instant and the first after it, on the clocks of the source.
    pub instants: (DateTime<Tz>, DateTime<Tz>),
}

/// Days of the period that cannot be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The interface no longer answers for these days.
    TooOld {
        /// The first day.
        from: NaiveDate,
        /// The day after the last.
        to: NaiveDate,
    },
    /// These days are not over, or not yet there.
    NotYet {
        /// The first day.
        from: NaiveDate,
        /// The day after the last.
        to: NaiveDate,
    },
}

/// The windows for the period, widened and limited, and what of the period itself is not covered.
pub(super) fn spans(window: &Window, circumstance: &Circumstance) -> (Vec<Span>, Vec<Cut>) {
    let period = circumstance.period;
    let today = circumstance.begun.with_timezone(&circumstance.zone).date_naive();
    let limit = match window.today {
        Today::Refused => today,
        Today::Allowed => today + Days::new(1),
    };
    // A whole day more than the limit says, because the limit counts from the present minute.
    let oldest = window.max_age.map(|age| today - Days::new(age) + Days::new(1));
    let from = period.start - Days::new(window.before);
    let to = period.end + Days::new(window.after);
    let start = oldest.map_or(from, |oldest| from.max(oldest));
    let end = to.min(limit);

    let mut cuts = Vec::new();
    if start > period.start {
        cuts.push(Cut::TooOld { from: period.start, to: start.min(period.end) });
    }
    if end < period.end {
        cuts.push(Cut::NotYet { from: end.max(period.start), to: period.end });
    }
    let days = cut(window.step, start, end);
    (days.into_iter().map(|days| Span { days, instants: instants(days, circumstance.zone) }).collect(), cuts)
}

/// The days of the period itself that a pull begun at that instant could no longer ask for.
pub fn too_old(window: &Window, period: Period, zone: Tz, begun: DateTime<Utc>) -> Option<Cut> {
    let tables = BTreeMap::new();
    let (_, cuts) = spans(window, &Circumstance { period, zone, begun, tables: &tables, parents: None });
    cuts.into_iter().find(|cut| matches!(cut, Cut::TooOld { .. }))
}

fn cut(step: Step, start: NaiveDate, end: NaiveDate) -> Vec<(NaiveDate, NaiveDate)> {
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

fn instants(days: (NaiveDate, NaiveDate), zone: Tz) -> (DateTime<Tz>, DateTime<Tz>) {
    (midnight(zone, days.0).with_timezone(&zone), midnight(zone, days.1).with_timezone(&zone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect(text)
    }

    fn plan(window: &Window, begun: &str) -> (Vec<(NaiveDate, NaiveDate)>, Vec<Cut>) {
        let begun = Utc.from_utc_datetime(&day(begun).and_hms_opt(1, 0, 0).expect("a time"));
        let period = Period::parse("2026-10").expect("a period");
        let tables = BTreeMap::new();
        let zone = chrono_tz::Asia::Shanghai;
        let circumstance = Circumstance { period, zone, begun, tables: &tables, parents: None };
        let (spans, cuts) = spans(window, &circumstance);
        (spans.into_iter().map(|span| span.days).collect(), cuts)
    }

    fn weeks() -> Window {
        Window { step: Step::Days(7), max_age: Some(90), today: Today::Refused, before: 1, ..Window::default() }
    }

    #[test]
    fn a_month_is_cut_into_weeks_from_the_day_before() {
        let (windows, cuts) = plan(&weeks(), "2026-11-09");
        assert_eq!(windows.first(), Some(&(day("2026-09-30"), day("2026-10-07"))));
        assert_eq!(windows.last(), Some(&(day("2026-10-28"), day("2026-11-01"))));
        assert_eq!((windows.len(), cuts.len()), (5, 0));
    }

    #[test]
    fn today_is_not_asked_for_and_the_rest_is_named() {
        let (windows, cuts) = plan(&weeks(), "2026-10-20");
        assert_eq!(windows.last().map(|window| window.1), Some(day("2026-10-20")));
        assert_eq!(cuts, [Cut::NotYet { from: day("2026-10-20"), to: day("2026-11-01") }]);
    }

    #[test]
    fn days_that_the_interface_forgot_are_named() {
        let (windows, cuts) = plan(&weeks(), "2027-01-10");
        assert_eq!(windows.first().map(|window| window.0), Some(day("2026-10-13")));
        assert_eq!(cuts, [Cut::TooOld { from: day("2026-10-01"), to: day("2026-10-13") }]);
        let (windows, cuts) = plan(&weeks(), "2027-06-10");
        assert_eq!(windows, []);
        assert_eq!(cuts, [Cut::TooOld { from: day("2026-10-01"), to: day("2026-11-01") }]);
    }

    #[test]
    fn a_period_in_the_future_has_no_windows() {
        let (windows, cuts) = plan(&weeks(), "2026-08-01");
        assert_eq!(windows, []);
        assert_eq!(cuts, [Cut::NotYet { from: day("2026-10-01"), to: day("2026-11-01") }]);
    }

    #[test]
    fn months_follow_the_calendar() {
        let months = Window { step: Step::Month, before: 1, ..Window::default() };
        let (windows, _) = plan(&months, "2026-11-09");
        assert_eq!(windows, [(day("2026-09-01"), day("2026-10-01")), (day("2026-10-01"), day("2026-11-01"))]);
    }
}
