//! What a period is called: a label that tells its cycle, and the short name that people type and read.

use std::fmt;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::cycle::first_day;
use super::{Cycle, Period, first_of_month};

/// `2026-10`, `2026-Q3`, `2026-W41`, `2026-10-05` or `2026-10-from-21`; the ledger and the data folder keep it so.
impl fmt::Display for Period {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cycle {
            Cycle::MonthFrom(first) => write!(out, "{}-from-{first}", self.name()),
            _ => out.write_str(&self.name()),
        }
    }
}

impl Period {
    /// The name for people who know its cycle: as the label, without the day on which a month begins.
    pub fn name(&self) -> String {
        match self.cycle {
            Cycle::Month => self.start.format("%Y-%m").to_string(),
            Cycle::MonthFrom(_) => self.last_day().format("%Y-%m").to_string(),
            Cycle::Quarter => format!("{}-Q{}", self.start.year(), self.start.month0() / 3 + 1),
            Cycle::Week => self.start.format("%G-W%V").to_string(),
            Cycle::Day => self.start.to_string(),
        }
    }

    /// Reads a label; `2026-10` alone is the calendar month, and anything else is `None`.
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
        match rest.split_once("-from-") {
            Some((month, first)) => Some(month_that_ends_in(year, month, first_day(first)?)?),
            None => Some(Self::containing(Cycle::Month, first_of(year, rest)?)),
        }
    }

    /// Reads a label or a name of a period of this cycle: for months from the 21st, `2026-10` is the one that ends in
    /// October.
    pub fn parse_for(cycle: Cycle, text: &str) -> Option<Self> {
        let named = match cycle {
            Cycle::MonthFrom(first) => {
                text.split_once('-').and_then(|(year, month)| month_that_ends_in(year.parse().ok()?, month, first))
            }
            _ => None,
        };
        named.or_else(|| Self::parse(text)).filter(|period| period.cycle == cycle)
    }
}

/// The first day of a month whose number is written with two digits.
fn first_of(year: i32, month: &str) -> Option<NaiveDate> {
    let month = if month.len() == 2 { month.parse().ok()? } else { return None };
    NaiveDate::from_ymd_opt(year, month, 1)
}

/// The period from a day of the month before to the day before it in this one.
fn month_that_ends_in(year: i32, month: &str, first: u8) -> Option<Period> {
    let last = first_of(year, month)? + Days::new(u64::from(first) - 2);
    Some(Period::containing(Cycle::MonthFrom(first), last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_back() {
        for label in [
            "2026-10",
            "2026-Q3",
            "2026-W41",
            "2026-10-05",
            "1999-01",
            "2026-10-from-21",
            "2027-01-from-28",
            "2026-03-from-2",
        ] {
            assert_eq!(Period::parse(label).expect(label).to_string(), label);
        }
        for wrong in [
            "2026",
            "2026-13",
            "2026-Q5",
            "2026-W60",
            "26-10",
            "last",
            "2026-1",
            "2026-02-30",
            "2026-10-from-1",
            "2026-10-from-29",
            "2026-13-from-21",
            "2026-10-from-",
            "2026-1-from-21",
        ] {
            assert!(Period::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_name_is_read_as_the_cycle_says() {
        let read = |cycle, text| Period::parse_for(cycle, text).map(|period| period.to_string());
        let label = || Some("2026-01-from-21".to_owned());
        assert_eq!(read(Cycle::MonthFrom(21), "2026-01"), label());
        assert_eq!(read(Cycle::MonthFrom(21), "2026-01-from-21"), label());
        assert_eq!(read(Cycle::Month, "2026-01"), Some("2026-01".into()));
        for (cycle, text) in [
            (Cycle::MonthFrom(21), "2026-01-from-20"),
            (Cycle::MonthFrom(21), "2026-01-05"),
            (Cycle::Month, "2026-01-from-21"),
            (Cycle::Quarter, "2026-01"),
        ] {
            assert_eq!(read(cycle, text), None, "{text}");
        }
        let first = Period::parse("2026-01-from-21").map(|period| (period.start, period.last_day()));
        assert_eq!(first, NaiveDate::from_ymd_opt(2025, 12, 21).zip(NaiveDate::from_ymd_opt(2026, 1, 20)));
    }
}
