//! Appraisal periods (考核周期): which days count, and what the period is called.

mod cycle;
mod label;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;

pub use cycle::Cycle;

/// A span of days, half open: `start` counts, `end` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    /// How long it is.
    pub cycle: Cycle,
    /// The first day.
    pub start: NaiveDate,
    /// The day after the last.
    pub end: NaiveDate,
}

impl Period {
    /// The period of this cycle in which `day` lies.
    pub fn containing(cycle: Cycle, day: NaiveDate) -> Self {
        let start = match cycle {
            Cycle::Month => first_of_month(day.year(), day.month()),
            Cycle::Quarter => first_of_month(day.year(), (day.month0() / 3) * 3 + 1),
            Cycle::Week => day - Days::new(day.weekday().num_days_from_monday().into()),
            Cycle::Day => day,
            Cycle::MonthFrom(first) => month_from(first, day),
        };
        let end = match cycle {
            Cycle::Month | Cycle::MonthFrom(_) => start + Months::new(1),
            Cycle::Quarter => start + Months::new(3),
            Cycle::Week => start + Days::new(7),
            Cycle::Day => start + Days::new(1),
        };
        Self { cycle, start, end }
    }

    /// The last period that was over when `today` began.
    pub fn last_before(cycle: Cycle, today: NaiveDate) -> Self {
        Self::containing(cycle, today).previous()
    }

    /// The period before this one.
    pub fn previous(&self) -> Self {
        Self::containing(self.cycle, self.start - Days::new(1))
    }

    /// The period after this one.
    pub fn next(&self) -> Self {
        Self::containing(self.cycle, self.end)
    }

    /// The last day.
    pub fn last_day(&self) -> NaiveDate {
        self.end - Days::new(1)
    }

    /// The months that a plan or a budget has for it, such as `2026-10`: one, or the three of a quarter. What begins
    /// inside a month has the month in which it ends.
    pub fn months(&self) -> Vec<String> {
        let (first, count) = match self.cycle {
            Cycle::Quarter => (self.start, 3),
            Cycle::MonthFrom(_) => (self.last_day(), 1),
            Cycle::Month | Cycle::Week | Cycle::Day => (self.start, 1),
        };
        (0..count).map(|later| (first + Months::new(later)).format("%Y-%m").to_string()).collect()
    }

    /// Whether `day` counts.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.start <= day && day < self.end
    }

    /// Its first instant and the first instant after it, on the clocks of `zone`.
    pub fn bounds(&self, zone: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
        (midnight(zone, self.start), midnight(zone, self.end))
    }
}

/// The first instant of a day; where a clock change skips midnight, the first instant that exists.
pub fn midnight(zone: Tz, day: NaiveDate) -> DateTime<Utc> {
    let naive = day.and_time(chrono::NaiveTime::MIN);
    (0..=6)
        .find_map(|half_hours| {
            zone.from_local_datetime(&(naive + chrono::TimeDelta::minutes(30 * half_hours))).earliest()
        })
        .map_or_else(|| naive.and_utc(), |local| local.with_timezone(&Utc))
}

/// The last `first` of a month that was not after `day`.
fn month_from(first: u8, day: NaiveDate) -> NaiveDate {
    let here = first_of_month(day.year(), day.month()) + Days::new(u64::from(first) - 1);
    if here <= day { here } else { here - Months::new(1) }
}

fn first_of_month(year: i32, month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_full_month_crosses_the_year() {
        let day = NaiveDate::from_ymd_opt(2027, 1, 31).expect("a day");
        assert_eq!(Period::last_before(Cycle::Month, day).to_string(), "2026-12");
        assert_eq!(Period::last_before(Cycle::Quarter, day).to_string(), "2026-Q4");
    }

    #[test]
    fn a_month_from_the_21st_is_named_by_the_month_in_which_it_ends() {
        let day = |text: &str| text.parse::<NaiveDate>().expect(text);
        let of = |text: &str| Period::containing(Cycle::MonthFrom(21), day(text));
        for (inside, first, last, name) in [
            ("2026-10-20", "2026-09-21", "2026-10-20", "2026-10"),
            ("2026-10-21", "2026-10-21", "2026-11-20", "2026-11"),
            ("2026-12-31", "2026-12-21", "2027-01-20", "2027-01"),
            ("2027-01-01", "2026-12-21", "2027-01-20", "2027-01"),
            ("2028-02-29", "2028-02-21", "2028-03-20", "2028-03"),
        ] {
            let period = of(inside);
            assert_eq!((period.start, period.last_day()), (day(first), day(last)), "{inside}");
            assert_eq!((period.name(), period.months()), (name.to_owned(), vec![name.to_owned()]));
            assert!(period.contains(day(inside)));
            assert_eq!((period.next().previous(), period.previous().next()), (period, period));
        }
        let february = Period::containing(Cycle::MonthFrom(28), day("2027-02-28"));
        assert_eq!((february.start, february.last_day()), (day("2027-02-28"), day("2027-03-27")));
        assert_eq!(Period::last_before(Cycle::MonthFrom(21), day("2026-10-21")), of("2026-10-20"));
    }

    #[test]
    fn a_quarter_has_the_plans_of_three_months() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 30).expect("a day");
        assert_eq!(Period::containing(Cycle::Quarter, day).months(), ["2026-10", "2026-11", "2026-12"]);
        assert_eq!(Period::containing(Cycle::Week, day).months(), ["2026-11"]);
    }

    #[test]
    fn midnight_exists_where_clocks_skip_it() {
        // In Chile clocks jumped from 24:00 to 01:00 on 2024-09-08.
        let day = NaiveDate::from_ymd_opt(2024, 9, 8).expect("a day");
        assert_eq!(midnight(chrono_tz::America::Santiago, day).to_rfc3339(), "2024-09-08T04:00:00+00:00");
    }
}
