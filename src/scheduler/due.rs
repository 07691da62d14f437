//! Which occasions are due: pure functions of cron line, time zone, policy and instants.

use std::collections::VecDeque;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;

use crate::job::{CatchUp, Schedule};

/// More occasions than this were never missed by accident; the latest are kept.
const MOST: usize = 1000;

/// What becomes of one occasion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is run.
    Run,
    /// It is left out, with the reason.
    Skip(&'static str),
}

/// The next occasion after an instant.
pub(super) fn next(schedule: &Schedule, zone: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let cron = Cron::from_str(&schedule.cron).ok()?;
    let next = cron.find_next_occurrence(&after.with_timezone(&zone), false).ok()?;
    Some(next.with_timezone(&Utc))
}

/// Every occasion after `since` and up to `now`, oldest first, with what becomes of it.
///
/// An occasion less than two minutes old is on time; older ones were missed and fall under the job's policy.
pub(super) fn due(
    schedule: &Schedule,
    zone: Tz,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<(DateTime<Utc>, Fate)> {
    let occasions = latest(schedule, zone, since, now);
    let last = occasions.len().saturating_sub(1);
    let fate = |(index, due): (usize, DateTime<Utc>)| {
        let missed = now - due > chrono::TimeDelta::minutes(2);
        let fate = match schedule.catch_up {
            _ if !missed => Fate::Run,
            _ if now - due > schedule.start_deadline => Fate::Skip("older than the start deadline"),
            CatchUp::None => Fate::Skip("missed, and the job catches up on none"),
            CatchUp::Latest if index < last => Fate::Skip("missed, and a later occasion is made up for"),
            CatchUp::Latest | CatchUp::All => Fate::Run,
        };
        (due, fate)
    };
    occasions.into_iter().enumerate().map(fate).collect()
}

/// The occasions after `since` and up to `now`, oldest first, the latest [`MOST`] of them.
fn latest(schedule: &Schedule, zone: Tz, since: DateTime<Utc>, now: DateTime<Utc>) -> VecDeque<DateTime<Utc>> {
    let Ok(cron) = Cron::from_str(&schedule.cron) else { return VecDeque::new() };
    let after = |instant: &DateTime<Utc>| {
        let next = cron.find_next_occurrence(&instant.with_timezone(&zone), false).ok()?.with_timezone(&Utc);
        (next <= now).then_some(next)
    };
    let mut occasions = VecDeque::with_capacity(MOST);
    for due in std::iter::successors(after(&since), after) {
        if occasions.len() == MOST {
            occasions.pop_front();
        }
        occasions.push_back(due);
    }
    occasions
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn schedule(cron: &str, catch_up: CatchUp) -> Schedule {
        Schedule { cron: cron.to_owned(), catch_up, start_deadline: TimeDelta::days(40) }
    }

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("an instant").with_timezone(&Utc)
    }

    const SHANGHAI: Tz = chrono_tz::Asia::Shanghai;

    #[test]
    fn an_occasion_is_due_once_on_the_clocks_of_its_zone() {
        let monthly = schedule("0 9 9 * *", CatchUp::Latest);
        let due = due(&monthly, SHANGHAI, at("2026-11-01T00:00:00Z"), at("2026-11-09T01:00:30Z"));
        assert_eq!(due, [(at("2026-11-09T01:00:00Z"), Fate::Run)]);
        assert!(super::due(&monthly, SHANGHAI, at("2026-11-09T01:00:00Z"), at("2026-11-09T05:00:00Z")).is_empty());
    }

    #[test]
    fn missed_occasions_follow_the_policy() {
        let fates = |catch_up| -> Vec<bool> {
            let monthly = schedule("0 9 9 * *", catch_up);
            due(&monthly, SHANGHAI, at("2026-10-01T00:00:00Z"), at("2026-11-15T00:00:00Z"))
                .into_iter()
                .map(|(_, fate)| fate == Fate::Run)
                .collect()
        };
        assert_eq!(fates(CatchUp::Latest), [false, true]);
        assert_eq!(fates(CatchUp::All), [true, true]);
        assert_eq!(fates(CatchUp::None), [false, false]);
    }

    #[test]
    fn an_occasion_past_its_deadline_is_left_out() {
        let monthly = Schedule { start_deadline: TimeDelta::days(2), ..schedule("0 9 9 * *", CatchUp::All) };
        let due = due(&monthly, SHANGHAI, at("2026-11-01T00:00:00Z"), at("2026-11-15T00:00:00Z"));
        assert_eq!(due, [(at("2026-11-09T01:00:00Z"), Fate::Skip("older than the start deadline"))]);
    }

    #[test]
    fn of_very_many_missed_occasions_the_latest_is_made_up_for() {
        let often = schedule("*/5 * * * *", CatchUp::Latest);
        let due = due(&often, SHANGHAI, at("2026-11-01T00:00:00Z"), at("2026-11-06T00:04:00Z"));
        assert_eq!(due.len(), MOST);
        assert_eq!(due.last(), Some(&(at("2026-11-06T00:00:00Z"), Fate::Run)));
        assert_eq!(due.iter().filter(|(_, fate)| *fate == Fate::Run).count(), 1);
    }

    #[test]
    fn a_skipped_or_doubled_hour_makes_one_occasion_a_day() {
        // London: clocks jump from 01:00 to 02:00 on 2026-03-29, and fall back from 02:00 to 01:00 on 2026-10-25.
        let daily = schedule("30 1 * * *", CatchUp::All);
        for (from, to) in
            [("2026-03-28T02:00:00Z", "2026-03-30T12:00:00Z"), ("2026-10-24T02:00:00Z", "2026-10-26T12:00:00Z")]
        {
            let due = due(&daily, chrono_tz::Europe::London, at(from), at(to));
            assert_eq!(due.len(), 2, "{from}: {due:?}");
        }
    }
}
