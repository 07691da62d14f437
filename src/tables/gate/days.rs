//! Days as people read them: `2026-10-03, 2026-10-05 to 2026-10-08`.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use polars::prelude::*;

use crate::tables::cells::Cells;
use crate::tables::streamed;
use crate::words::Bilingual;

/// Stretches that are listed; the number of days says how much is left out.
const LISTED: usize = 12;

/// The days of which some rows are.
pub fn of(rows: LazyFrame) -> anyhow::Result<BTreeSet<NaiveDate>> {
    let days = streamed(rows.select([col("date")]).unique(None, UniqueKeepStrategy::Any))?;
    Ok(Cells::of(&days).days("date")?.into_iter().flatten().collect())
}

/// The days, those that follow each other as one stretch.
pub fn listed(days: &BTreeSet<NaiveDate>) -> Bilingual {
    let mut stretches: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for day in days {
        match stretches.last_mut() {
            Some((_, last)) if last.checked_add_days(Days::new(1)) == Some(*day) => *last = *day,
            _ => stretches.push((*day, *day)),
        }
    }
    let more = stretches.len() > LISTED;
    let shown = &stretches[..stretches.len().min(LISTED)];
    let list = |to: &str, mark: &str, rest: &str| {
        let one = |(from, last): &(NaiveDate, NaiveDate)| match from == last {
            true => from.to_string(),
            false => format!("{from}{to}{last}"),
        };
        let texts: Vec<String> = shown.iter().map(one).collect();
        format!("{}{}", texts.join(mark), if more { rest } else { "" })
    };
    Bilingual::new(list(" 至 ", "、", "等"), list(" to ", ", ", " and others"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_follow_each_other_are_one_stretch() {
        let day = |day: u32| NaiveDate::from_ymd_opt(2026, 10, day).expect("a day");
        let days: BTreeSet<NaiveDate> = [1, 5, 6, 7, 9].map(day).into();
        assert_eq!(listed(&days).en, "2026-10-01, 2026-10-05 to 2026-10-07, 2026-10-09");
        let odd: BTreeSet<NaiveDate> = (0..15).map(|half| day(half * 2 + 1)).collect();
        assert!(listed(&odd).zh.ends_with("2026-10-23等"), "{}", listed(&odd).zh);
    }
}
