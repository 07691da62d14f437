//! Spans of time on local clocks in microseconds, half open; lists of them are sorted and do not touch.

use std::collections::{BTreeMap, BTreeSet};

/// A day in microseconds.
pub const DAY: i64 = 86_400_000_000;

/// From an instant up to, not with, another.
pub type Span = (i64, i64);

/// The spans between something going on and off; events of one instant end before they begin.
///
/// What is never seen to end lasts until the day of its last event is over: nobody knows more. What is seen to end but
/// not to begin is nothing.
pub fn of_events(events: &BTreeSet<(i64, bool)>) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut since = None;
    for (at, on) in events {
        match (since, on) {
            (None, true) => since = Some(*at),
            (Some(start), false) => {
                spans.push((start, *at));
                since = None;
            }
            _ => {}
        }
    }
    if let (Some(start), Some((last, _))) = (since, events.last()) {
        spans.push((start, (last.div_euclid(DAY) + 1) * DAY));
    }
    union(spans)
}

/// All that lies in any of the spans.
pub fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|(start, end)| start < end);
    spans.sort_unstable();
    let mut whole: Vec<Span> = Vec::new();
    for (start, end) in spans {
        match whole.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => whole.push((start, end)),
        }
    }
    whole
}

/// What lies in the first list and not in the second.
pub fn minus(spans: &[Span], less: &[Span]) -> Vec<Span> {
    let mut rest = Vec::new();
    for (start, end) in spans {
        let mut from = *start;
        for (cut, until) in less.iter().filter(|(cut, until)| cut < end && until > start) {
            if from < *cut {
                rest.push((from, *cut));
            }
            from = from.max(*until);
        }
        if from < *end {
            rest.push((from, *end));
        }
    }
    rest
}

/// What lies in both lists.
pub fn both(one: &[Span], other: &[Span]) -> Vec<Span> {
    minus(one, &minus(one, other))
}

/// How many whole minutes lie in each day since 1970.
pub fn minutes_by_day(spans: &[Span]) -> BTreeMap<i64, i64> {
    let mut days: BTreeMap<i64, i64> = BTreeMap::new();
    for (start, end) in spans {
        let mut from = *start;
        while from < *end {
            let day = from.div_euclid(DAY);
            let to = ((day + 1) * DAY).min(*end);
            *days.entry(day).or_default() += to - from;
            from = to;
        }
    }
    days.into_iter().map(|(day, micros)| (day, micros / 60_000_000)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_united_and_cut() {
        assert_eq!(union(vec![(5, 7), (1, 3), (2, 5), (9, 9)]), [(1, 7)]);
        assert_eq!(minus(&[(0, 10), (20, 30)], &[(2, 3), (5, 25)]), [(0, 2), (3, 5), (25, 30)]);
        assert_eq!(both(&[(0, 10), (20, 30)], &[(5, 25)]), [(5, 10), (20, 25)]);
        assert_eq!(minus(&[(0, 10)], &[(0, 10)]), []);
    }

    #[test]
    fn events_that_do_not_pair_make_no_time() {
        let spans = |events: &[(i64, bool)]| of_events(&events.iter().copied().collect());
        assert_eq!(spans(&[(5, false), (7, true), (8, true), (9, false), (9, false)]), [(7, 9)]);
        assert_eq!(spans(&[(DAY + 5, true)]), [(DAY + 5, 2 * DAY)]);
        assert_eq!(spans(&[(5, true), (DAY + 7, true)]), [(5, 2 * DAY)]);
        assert_eq!(spans(&[(5, true), (6, false), (6, true), (9, false)]), [(5, 9)]);
    }

    #[test]
    fn days_are_cut_at_midnight() {
        let minutes = minutes_by_day(&[(DAY - 90_000_000, DAY + 60_000_000)]);
        assert_eq!(minutes, BTreeMap::from([(0, 1), (1, 1)]));
    }
}
