//! Milestones (R23): the days of a period by which somebody does something.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use crate::period::Period;
use crate::scheme::consequence::{Due, Milestone};
use crate::scheme::{Cadence, MilestoneMonth, Scheme};
use crate::words::Bilingual;

use super::appraisal::MilestoneDue;

/// Every milestone of a period, in order of time; what is done again and again comes last.
pub(super) fn of(scheme: &Scheme, period: &Period) -> Vec<MilestoneDue> {
    let mut all: Vec<MilestoneDue> = scheme.milestones.iter().map(|one| due(one, period)).collect();
    all.sort_by_key(|one| (one.on.is_none(), one.on));
    all
}

fn due(milestone: &Milestone, period: &Period) -> MilestoneDue {
    let (on, often) = match &milestone.due {
        Due::Day(day, month) => (Some(day_of(*day, *month, period)), Bilingual::default()),
        Due::Weekday(weekday) => (None, every(*weekday)),
        Due::Every(cadence) => (None, again(*cadence)),
    };
    MilestoneDue { id: milestone.id.clone(), on, often, who: milestone.who.clone(), what: milestone.what.clone() }
}

/// A day of the month in which the period ends or of the one after; a month without that day has its last.
fn day_of(day: u32, month: MilestoneMonth, period: &Period) -> NaiveDate {
    let first = period.last_day().with_day(1).unwrap_or(period.start);
    let first = match month {
        MilestoneMonth::Same => first,
        MilestoneMonth::Next => first + Months::new(1),
    };
    first.with_day(day).unwrap_or_else(|| first + Months::new(1) - Days::new(1))
}

fn every(weekday: Weekday) -> Bilingual {
    let (zh, en) = match weekday {
        Weekday::Mon => ("每周一", "every Monday"),
        Weekday::Tue => ("每周二", "every Tuesday"),
        Weekday::Wed => ("每周三", "every Wednesday"),
        Weekday::Thu => ("每周四", "every Thursday"),
        Weekday::Fri => ("每周五", "every Friday"),
        Weekday::Sat => ("每周六", "every Saturday"),
        Weekday::Sun => ("每周日", "every Sunday"),
    };
    Bilingual::new(zh, en)
}

fn again(cadence: Cadence) -> Bilingual {
    match cadence {
        Cadence::Day => Bilingual::new("每日", "every day"),
        Cadence::Week => Bilingual::new("每周", "every week"),
        Cadence::Period => Bilingual::new("每期", "every period"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_lies_in_the_month_in_which_the_period_ends_or_in_the_next() {
        let day = |label: &str, day, month| day_of(day, month, &Period::parse(label).expect("a period")).to_string();
        assert_eq!(day("2026-10", 21, MilestoneMonth::Same), "2026-10-21");
        assert_eq!(day("2026-Q3", 5, MilestoneMonth::Next), "2026-10-05");
        assert_eq!(day("2026-12", 3, MilestoneMonth::Next), "2027-01-03");
        assert_eq!(day("2027-01", 31, MilestoneMonth::Next), "2027-02-28");
        assert_eq!(day("2026-10-from-21", 24, MilestoneMonth::Same), "2026-10-24");
    }
}
