//! Facts of days that had not come yet when they were pulled: a date that somebody wrote wrong.

use chrono::{Days, NaiveDate};
use polars::prelude::*;

use crate::finding::Finding;
use crate::period::Period;
use crate::source::{Grain, Table};
use crate::words::Bilingual;

use super::build::Site;
use super::streamed;

/// Tables of what is planned, or may be.
const PLANNED: [&str; 7] = ["approvals", "calendar", "exams", "leaves", "shifts", "tasks", "trainings"];

/// One note for each table that has such facts; a day more is allowed for, because clocks of other zones may be ahead.
pub fn findings(site: &Site, period: &Period, cut_off: NaiveDate) -> anyhow::Result<Vec<Finding>> {
    let newest = cut_off.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
    let mut findings = Vec::new();
    let is_dated = |table: &Table| matches!(table.grain(), Grain::Day | Grain::DayOf(_));
    for table in Table::all().filter(is_dated).filter(|table| !PLANNED.contains(&table.name())) {
        let rows = match (site.frames.get(table.name()), site.bulk.get(table.name())) {
            (Some(frame), _) => frame.clone().lazy(),
            // Days of a period that is over have come.
            (None, Some(bulk)) if period.end <= newest => match bulk.others() {
                Some(others) => others,
                None => continue,
            },
            (None, Some(bulk)) => bulk.rows()?,
            (None, None) => continue,
        };
        let ahead = rows.filter(col("date").gt(lit(newest)));
        let counted = streamed(ahead.select([len().cast(DataType::UInt64).alias("rows"), col("date").max()]))?;
        let rows = counted.column("rows")?.u64()?.get(0).unwrap_or(0);
        if let (1.., Some(last)) = (rows, counted.column("date")?.date()?.as_date_iter().next().flatten()) {
            findings.push(finding(table.name(), rows, last));
        }
    }
    Ok(findings)
}

fn finding(table: &str, rows: u64, last: NaiveDate) -> Finding {
    let text = Bilingual::new(
        format!("{table} 有 {rows} 行的日期在取数时还没有到，最晚 {last}"),
        format!("`{table}` has rows of days that had not come yet when they were pulled: {rows}, the last of {last}"),
    );
    let next = Bilingual::new(
        "请核对来源中的日期：日期写错的行会计入别的周期，或哪个周期都不计入；改正后用 --refresh 重新运行",
        "check the dates at the source: a row whose day is wrong counts in another period, or in none; then run again with \
         `--refresh`",
    );
    Finding::note("days-to-come", text).next(next)
}

#[cfg(test)]
mod tests {
    use crate::extract::Stock;
    use crate::period::Period;
    use crate::tables::{self, Draft};

    /// The same is told of rows in memory and on the disk; planned shifts lie ahead as they should.
    #[test]
    fn days_that_have_not_come_are_told() {
        let (folder, kept) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let files = [
            ("agents", "agent_id,name,team_id,team_name,role\nA1,甲,T1,一组,agent\n"),
            ("events", "event_id,agent_id,type,date\n1,A1,late,2026-10-05\n2,A1,late,2062-10-05\n"),
            ("reviews", "review_id,agent_id,date,score\n1,A1,2026-11-03,5\n2,A1,2026-11-05,5\n"),
            ("shifts", "agent_id,date\nA1,2026-10-05\nA1,2026-12-05\n"),
        ];
        for (table, rows) in files {
            std::fs::write(folder.path().join(format!("{table}.csv")), rows).expect("a file");
        }
        let period = Period::parse("2026-10").expect("a month");
        let pulled = "2026-11-02".parse().expect("a day");
        let rows = || tables::read_story(folder.path()).unwrap_or_else(|found| panic!("{found}"));
        let draft = Draft::begin(&kept.path().join("tables")).expect("a draft");
        let stocks = rows().into_iter().map(|(table, frame)| (table, Stock::from(frame))).collect();
        let in_memory = tables::build(rows(), &period, pulled, None).expect("tables").1;
        let on_disk = tables::lay(&draft, stocks, &period, pulled, None).expect("tables").1;
        for found in [in_memory, on_disk] {
            let told: Vec<&str> =
                found.iter().filter(|one| one.code == "days-to-come").map(|one| one.text.en.as_str()).collect();
            let of = |table: &str, last: &str| {
                format!("`{table}` has rows of days that had not come yet when they were pulled: 1, the last of {last}")
            };
            assert_eq!(told, [of("reviews", "2026-11-05"), of("events", "2062-10-05")]);
        }
    }
}
