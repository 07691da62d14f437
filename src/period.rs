//! Appraisal periods (考核周期): which days count, and what the period is called.

use std::fmt;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cycle {
    /// A calendar month, `2026-10`.
    Month,
    /// A calendar quarter, `2026-Q3`.
    Quarter,
    /// An ISO week, Monday to Sunday, `2026-W41`.
    Week,
    /// One day, `2026-10-05`.
    Day,
}

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
        };
        let end = match cycle {
            Cycle::Month => start + Months::new(1),
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

    /// Reads `2026-10`, `2026-Q3`, `2026-W41` or `2026-10-05`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            return Some(Self::containing(Cycle::Day, day));
        }
        let (year, rest) = text.split_once('-')?;
        let year: i32 = if year.len() == 4 { year.parse().ok()? } else { return None };
        if let Some(quarter) = rest.strip_prefix('Q') {
            let quarter: u32 = quarter.parse().ok().filter(|quarter| (1..=4).contains(quarter))?;
            return Some(Self::containing(Cycle::Quarter, first_of_month(year, quarter * 3 - 2)));
        }
        if let Some(week) = rest.strip_prefix('W') {
            let monday = NaiveDate::from_isoywd_opt(year, week.parse().ok()?, Weekday::Mon)?;
            return Some(Self::containing(Cycle::Week, monday));
        }
        let month: u32 = if rest.len() == 2 { rest.parse().ok()? } else { return None };
        Some(Self::containing(Cycle::Month, NaiveDate::from_ymd_opt(year, month, 1)?))
    }

    /// The last day.
    pub fn last_day(&self) -> NaiveDate {
        self.end - Days::new(1)
    }

    /// The months that a plan or a budget has for it, such as `2026-10`: one, or the three of a quarter.
    pub fn months(&self) -> Vec<String> {
        let count = if self.cycle == Cycle::Quarter { 3 } else { 1 };
        (0..count).map(|later| (self.start + Months::new(later)).format("%Y-%m").to_string()).collect()
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

/// `2026-10`, `2026-Q3`, `2026-W41` or `2026-10-05`.
impl fmt::Display for Period {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cycle {
            Cycle::Month => write!(out, "{}", self.start.format("%Y-%m")),
            Cycle::Quarter => write!(out, "{}-Q{}", self.start.year(), self.start.month0() / 3 + 1),
            Cycle::Week => write!(out, "{}", self.start.format("%G-W%V")),
            Cycle::Day => write!(out, "{}", self.start),
        }
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

fn first_of_month(year: i32, month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_back() {
        for label in ["2026-10", "2026-Q3", "2026-W41", "2026-10-05", "1999-01"] {
            assert_eq!(Period::parse(label).expect(label).to_string(), label);
        }
        for wrong in ["2026", "2026-13", "2026-Q5", "2026-W60", "26-10", "last", "2026-1", "2026-02-30"] {
            assert!(Period::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn the_last_full_month_crosses_the_year() {
        let day = NaiveDate::from_ymd_opt(2027, 1, 31).expect("a day");
        assert_eq!(Period::last_before(Cycle::Month, day).to_string(), "2026-12");
        assert_eq!(Period::last_before(Cycle::Quarter, day).to_string(), "2026-Q4");
    }

    #[test]
    fn midnight_exists_where_clocks_skip_it() {
        // In Chile clocks jumped from 24:00 to 01:00 on 2024-09-08.
        let day = NaiveDate::from_ymd_opt(2024, 9, 8).expect("a day");
        assert_eq!(midnight(chrono_tz::America::Santiago, day).to_rfc3339(), "2024-09-08T04:00:00+00:00");
    }
}
