//! Which occasions are due: pure functions of rule, calendar, time zone, policy and instants.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use super::when::Rule;
use crate::job::{CatchUp, Earliest, Job, Schedule, When};
use crate::period::{Period, midnight};

/// More occasions than this were never missed by accident; the latest are kept.
const MOST: usize = 1000;

/// One time at which something of a job is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Occasion {
    /// When.
    pub(super) due: DateTime<Utc>,
    /// For which period.
    pub(super) period: Period,
}

/// What becomes of one occasion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is run.
    Run,
    /// It is left out, with the reason.
    Skip(&'static str),
}

/// One rule of a job, and how long the job's data takes to be final.
pub(super) struct Timing<'a> {
    job: &'a Job,
    rule: Rule<'a>,
    /// Days after a period's last until its data is final, for a rule that waits for that.
    matures: Option<u32>,
}

impl<'a> Timing<'a> {
    /// The job's own schedule, whose data is final after so many days.
    pub(super) fn of_schedule(job: &'a Job, schedule: &'a Schedule, matures: u32) -> Self {
        let matures = (schedule.earliest == Earliest::Mature).then_some(matures);
        Self { matures, ..Self::of_milestone(job, &schedule.when) }
    }

    /// A milestone, which waits for nothing.
    pub(super) fn of_milestone(job: &'a Job, when: &'a When) -> Self {
        Self { job, rule: Rule::new(when, job.time_zone, &job.calendar), matures: None }
    }

    /// The next occasion after an instant.
    pub(super) fn next(&self, after: DateTime<Utc>) -> Option<Occasion> {
        self.after(after).next()
    }

    /// The occasions after an instant, in order of time.
    fn after(&self, since: DateTime<Utc>) -> impl Iterator<Item = Occasion> {
        // Data is never final so many days after an occasion that the occasion would wait longer than that.
        let slack = TimeDelta::days(self.matures.map_or(0, |days| i64::from(days) + 1));
        let named = std::iter::successors(self.rule.after(since - slack), |one| self.rule.after(*one));
        let mut last = None;
        named.map(|named| self.occasion(named)).filter(move |one| {
            // Of several that waited for the same data, one is enough.
            let is_new = one.due > since && last.as_ref() != Some(one);
            last = Some(one.clone());
            is_new
        })
    }

    /// What an instant that the rule names is about; it waits until the data of its period is final.
    fn occasion(&self, named: DateTime<Utc>) -> Occasion {
        let period = self.job.period_on(named.with_timezone(&self.job.time_zone).date_naive());
        let Some(days) = self.matures else { return Occasion { due: named, period } };
        let mature = midnight(self.job.time_zone, period.last_day() + chrono::Days::new(days.into()));
        Occasion { due: named.max(mature), period }
    }

    /// The occasions after `since` and up to `now`, oldest first, the latest [`MOST`] of them.
    fn latest(&self, since: DateTime<Utc>, now: DateTime<Utc>) -> VecDeque<Occasion> {
        let mut occasions = VecDeque::new();
        for one in self.after(since).take_while(|one| one.due <= now) {
            if occasions.len() == MOST {
                occasions.pop_front();
            }
            occasions.push_back(one);
        }
        occasions
    }
}

/// Every occasion after `since` and up to `now`, oldest first, with what becomes of it.
///
/// An occasion less than two minutes old is on time; older ones were missed and fall under the job's policy.
pub(super) fn due(
    schedule: &Schedule,
    timing: &Timing<'_>,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<(Occasion, Fate)> {
    let occasions = timing.latest(since, now);
    let last = occasions.len().saturating_sub(1);
    let fate = |(index, one): (usize, Occasion)| {
        let missed = now - one.due > TimeDelta::minutes(2);
        let fate = match schedule.catch_up {
            _ if !missed => Fate::Run,
            _ if now - one.due > schedule.start_deadline => Fate::Skip("older than the start deadline"),
            CatchUp::None => Fate::Skip("missed, and the job catches up on none"),
            CatchUp::Latest if index < last => Fate::Skip("missed, and a later occasion is made up for"),
            CatchUp::Latest | CatchUp::All => Fate::Run,
        };
        (one, fate)
    };
    occasions.into_iter().enumerate().map(fate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Tz;

    use crate::diag::AuthoredFile;

    /// A monthly job in a zone with a schedule, written as in a file.
    fn job(zone: Tz, schedule: &str) -> Job {
        let text = format!(
            "id = \"job\"\ntitle = \"t\"\ncycle = \"month\"\ntime-zone = \"{zone}\"\nsources = [\"x\"]\nscheme = \"s\"\n\
             [schedule]\nstart-deadline = \"40d\"\n{schedule}\n[letters]\nfrom = \"a@example.test\"\n\
             from-name = \"a\"\nto = []\n"
        );
        Job::parse(&AuthoredFile::from_text("job.toml", &text)).unwrap_or_else(|found| panic!("{found}"))
    }

    /// When the job is due between two instants, whose data is final after four days, and what becomes of it.
    fn due(job: &Job, since: &str, now: &str) -> Vec<(DateTime<Utc>, Fate)> {
        let schedule = job.schedule.as_ref().expect("a schedule");
        let all = super::due(schedule, &Timing::of_schedule(job, schedule, 4), at(since), at(now));
        all.into_iter().map(|(one, fate)| (one.due, fate)).collect()
    }

    fn monthly(catch_up: &str) -> Job {
        job(SHANGHAI, &format!("cron = \"0 9 9 * *\"\ncatch-up = \"{catch_up}\""))
    }

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("an instant").with_timezone(&Utc)
    }

    const SHANGHAI: Tz = chrono_tz::Asia::Shanghai;

    #[test]
    fn an_occasion_is_due_once_on_the_clocks_of_its_zone() {
        let monthly = monthly("latest");
        let once = due(&monthly, "2026-11-01T00:00:00Z", "2026-11-09T01:00:30Z");
        assert_eq!(once, [(at("2026-11-09T01:00:00Z"), Fate::Run)]);
        assert!(due(&monthly, "2026-11-09T01:00:00Z", "2026-11-09T05:00:00Z").is_empty());
    }

    #[test]
    fn missed_occasions_follow_the_policy() {
        let fates = |catch_up| -> Vec<bool> {
            let all = due(&monthly(catch_up), "2026-10-01T00:00:00Z", "2026-11-15T00:00:00Z");
            all.into_iter().map(|(_, fate)| fate == Fate::Run).collect()
        };
        assert_eq!(fates("latest"), [false, true]);
        assert_eq!(fates("all"), [true, true]);
        assert_eq!(fates("none"), [false, false]);
    }

    #[test]
    fn an_occasion_past_its_deadline_is_left_out() {
        let all = due(&monthly("all"), "2026-09-01T00:00:00Z", "2026-11-15T00:00:00Z");
        assert_eq!(all[0], (at("2026-09-09T01:00:00Z"), Fate::Skip("older than the start deadline")));
        assert_eq!(all[1], (at("2026-10-09T01:00:00Z"), Fate::Run));
    }

    #[test]
    fn of_very_many_missed_occasions_the_latest_is_made_up_for() {
        let often = job(SHANGHAI, "cron = \"*/5 * * * *\"");
        let all = due(&often, "2026-11-01T00:00:00Z", "2026-11-06T00:04:00Z");
        assert_eq!(all.len(), MOST);
        assert_eq!(all.last(), Some(&(at("2026-11-06T00:00:00Z"), Fate::Run)));
        assert_eq!(all.iter().filter(|(_, fate)| *fate == Fate::Run).count(), 1);
    }

    #[test]
    fn a_skipped_or_doubled_hour_makes_one_occasion_a_day() {
        // London: clocks jump from 01:00 to 02:00 on 2026-03-29, and fall back from 02:00 to 01:00 on 2026-10-25.
        let daily = job(chrono_tz::Europe::London, "cron = \"30 1 * * *\"\ncatch-up = \"all\"");
        for (from, to) in
            [("2026-03-28T02:00:00Z", "2026-03-30T12:00:00Z"), ("2026-10-24T02:00:00Z", "2026-10-26T12:00:00Z")]
        {
            let all = due(&daily, from, to);
            assert_eq!(all.len(), 2, "{from}: {all:?}");
        }
    }

    #[test]
    fn an_occasion_waits_until_its_data_is_final() {
        let at_once = job(SHANGHAI, "on = \"day-1\"\nat = \"09:00\"");
        let waits = job(SHANGHAI, "on = \"day-1\"\nat = \"09:00\"\nearliest = \"mature\"");
        let span = ("2026-10-20T00:00:00Z", "2026-11-20T00:00:00Z");
        assert_eq!(due(&at_once, span.0, span.1)[0].0, at("2026-11-01T01:00:00Z"));
        // Rows of 31 October are final when 4 November has come.
        assert_eq!(due(&waits, span.0, span.1), [(at("2026-11-03T16:00:00Z"), Fate::Run)]);
        for (since, now, count) in [
            ("2026-11-02T00:00:00Z", "2026-11-03T15:59:59Z", 0),
            ("2026-11-02T00:00:00Z", "2026-11-03T16:00:00Z", 1),
            ("2026-11-03T16:00:00Z", "2026-11-30T00:00:00Z", 0),
        ] {
            assert_eq!(due(&waits, since, now).len(), count, "{since} to {now}");
        }
    }

    #[test]
    fn several_occasions_that_wait_for_the_same_data_are_one() {
        let daily = job(SHANGHAI, "cron = \"0 9 1-6 * *\"\nearliest = \"mature\"\ncatch-up = \"all\"");
        let all: Vec<_> =
            due(&daily, "2026-10-20T00:00:00Z", "2026-11-20T00:00:00Z").into_iter().map(|one| one.0).collect();
        let expected = ["2026-11-03T16:00:00Z", "2026-11-04T01:00:00Z", "2026-11-05T01:00:00Z", "2026-11-06T01:00:00Z"];
        assert_eq!(all, expected.map(at));
    }
}
