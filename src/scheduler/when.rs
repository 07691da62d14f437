//! The instants that a rule names: pure functions of cron line or day, calendar and time zone.

use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use croner::Cron;

use crate::job::{Calendar, DayRule, Holidays, OnDay, When};

/// How many months are looked through for one that the rule names.
const MONTHS: u32 = 24;

/// A rule with the clocks and the calendar by which it is read.
pub(super) struct Rule<'a> {
    when: &'a When,
    cron: Option<Cron>,
    zone: Tz,
    calendar: &'a Calendar,
}

impl<'a> Rule<'a> {
    /// Reads a rule; one that cannot be read, which a check has told, names no instant.
    pub(super) fn new(when: &'a When, zone: Tz, calendar: &'a Calendar) -> Self {
        let cron = match when {
            When::Cron(line) => Cron::from_str(line).ok(),
            When::Day(_) => None,
        };
        Self { when, cron, zone, calendar }
    }

    /// The first instant after another.
    pub(super) fn after(&self, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self.when {
            When::Cron(_) => {
                let next = self.cron.as_ref()?.find_next_occurrence(&instant.with_timezone(&self.zone), false);
                Some(next.ok()?.with_timezone(&Utc))
            }
            When::Day(rule) => self.day_after(rule, instant),
        }
    }

    /// A day may be moved out of its month, so that of the month before is looked at too.
    fn day_after(&self, rule: &DayRule, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let here = instant.with_timezone(&self.zone).date_naive().with_day(1)?.checked_sub_months(Months::new(1))?;
        let months = (0..MONTHS).filter_map(|later| here.checked_add_months(Months::new(later)));
        let named = months.filter(|month| rule.months.is_empty() || rule.months.contains(&month.month()));
        let instants = named.filter_map(|month| self.day(rule, month)).map(|day| first_at(self.zone, day, rule.at));
        // Only neighbours can change places.
        instants.filter(|one| *one > instant).take(2).min()
    }

    /// The day of the month that begins on `first`.
    fn day(&self, rule: &DayRule, first: NaiveDate) -> Option<NaiveDate> {
        let last = first.checked_add_months(Months::new(1))?.pred_opt()?;
        let works = |day: &NaiveDate| self.calendar.works(*day);
        let day = match rule.on {
            OnDay::Day(number) => first.with_day(number)?,
            OnDay::Last => last,
            OnDay::Working(number) => {
                let days = first.iter_days().take_while(|day| *day <= last);
                days.filter(works).nth(number as usize - 1).or_else(|| last_working(last, &works))?
            }
            OnDay::LastWorking => last_working(last, &works)?,
        };
        match rule.holidays {
            Holidays::AsIs => Some(day),
            Holidays::Before => last_working(day, &works),
            Holidays::After => day.iter_days().take(MOST_FREE).find(works),
        }
    }
}

/// Nobody is free for so many days running.
const MOST_FREE: usize = 40;

fn last_working(day: NaiveDate, works: &impl Fn(&NaiveDate) -> bool) -> Option<NaiveDate> {
    let before = std::iter::successors(Some(day), |day| day.checked_sub_days(Days::new(1)));
    before.take(MOST_FREE).find(works)
}

/// The instant at which clocks show this time of a day: the first where they show it twice, and where they skip it the
/// first instant after.
fn first_at(zone: Tz, day: NaiveDate, at: NaiveTime) -> DateTime<Utc> {
    let naive = day.and_time(at);
    let shown = |minutes| zone.from_local_datetime(&(naive + TimeDelta::minutes(minutes))).earliest();
    // Clocks skip an hour at most, but where the date line was crossed a whole day.
    (0..=26 * 60).find_map(shown).map_or_else(|| naive.and_utc(), |local| local.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::diag::AuthoredFile;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("an instant").with_timezone(&Utc)
    }

    fn china() -> Calendar {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("jobs/calendars/china.toml");
        Calendar::parse(&AuthoredFile::read(&path).expect("the file")).expect("a calendar")
    }

    fn rule(on: OnDay, holidays: Holidays) -> When {
        When::Day(DayRule { on, at: NaiveTime::from_hms_opt(9, 0, 0).expect("a time"), months: Vec::new(), holidays })
    }

    /// The days named in the first months of 2026, in Shanghai.
    fn days(when: &When, calendar: &Calendar, count: usize) -> Vec<String> {
        let zone = chrono_tz::Asia::Shanghai;
        let rule = Rule::new(when, zone, calendar);
        let all = std::iter::successors(rule.after(at("2025-12-31T16:00:00Z")), |one| rule.after(*one));
        all.take(count).map(|one| one.with_timezone(&zone).format("%m-%d %H:%M").to_string()).collect()
    }

    #[test]
    fn days_of_a_month_follow_its_length() {
        assert_eq!(
            days(&rule(OnDay::Last, Holidays::AsIs), &Calendar::default(), 3),
            ["01-31 09:00", "02-28 09:00", "03-31 09:00"]
        );
        assert_eq!(
            days(&rule(OnDay::Day(28), Holidays::AsIs), &Calendar::default(), 2),
            ["01-28 09:00", "02-28 09:00"]
        );
    }

    #[test]
    fn working_days_know_holidays_and_the_weekends_that_make_up_for_them() {
        let china = china();
        // The last of February 2026 is a Saturday on which people work; the first of October to the seventh are free.
        assert_eq!(days(&rule(OnDay::LastWorking, Holidays::AsIs), &china, 2), ["01-30 09:00", "02-28 09:00"]);
        assert_eq!(
            days(&rule(OnDay::LastWorking, Holidays::AsIs), &Calendar::default(), 2),
            ["01-30 09:00", "02-27 09:00"]
        );
        let third = days(&rule(OnDay::Working(3), Holidays::AsIs), &china, 10);
        assert_eq!((third[0].as_str(), third[9].as_str()), ("01-06 09:00", "10-10 09:00"));
        assert_eq!(days(&rule(OnDay::Working(1), Holidays::AsIs), &china, 1), ["01-04 09:00"]);
    }

    #[test]
    fn a_day_is_moved_off_a_holiday_as_told() {
        let china = china();
        // 21 February 2026 lies in the Spring Festival, which ends on the 23rd; the 14th is worked.
        assert_eq!(days(&rule(OnDay::Day(21), Holidays::AsIs), &china, 2)[1], "02-21 09:00");
        assert_eq!(days(&rule(OnDay::Day(21), Holidays::After), &china, 2)[1], "02-24 09:00");
        assert_eq!(days(&rule(OnDay::Day(21), Holidays::Before), &china, 2)[1], "02-14 09:00");
        // 31 January is a Saturday: moved on, it falls into February, and is not lost.
        assert_eq!(days(&rule(OnDay::Last, Holidays::After), &china, 3), ["02-02 09:00", "02-28 09:00", "03-31 09:00"]);
    }

    #[test]
    fn only_the_named_months_count() {
        let When::Day(rule) = rule(OnDay::Day(9), Holidays::AsIs) else { panic!("a day") };
        let quarterly = When::Day(DayRule { months: vec![4, 10], ..rule });
        assert_eq!(days(&quarterly, &Calendar::default(), 3), ["04-09 09:00", "10-09 09:00", "04-09 09:00"]);
    }

    #[test]
    fn a_time_that_clocks_skip_or_show_twice_names_one_instant() {
        let half_past_one = NaiveTime::from_hms_opt(1, 30, 0).expect("a time");
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let london = chrono_tz::Europe::London;
        assert_eq!(first_at(london, day("2026-03-29"), half_past_one), at("2026-03-29T01:00:00Z"), "skipped");
        assert_eq!(first_at(london, day("2026-10-25"), half_past_one), at("2026-10-25T00:30:00Z"), "shown twice");
        // Samoa had no 30 December 2011.
        let samoa = chrono_tz::Pacific::Apia;
        assert_eq!(first_at(samoa, day("2011-12-30"), half_past_one), at("2011-12-30T10:00:00Z"));
    }
}
