//! Days of attendance from single punches, and from single numbers of a day.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::finding::Finding;

use super::{derived, items};

/// Adds `attendance_days` (agent × day): from `attendance_items` the columns that they name, and where there are punches
/// planned, present, late, early, absent, missed, the planned start, the first and last real punch, and the minutes of
/// those that came late or left early.
pub fn derive(frames: &mut BTreeMap<String, DataFrame>, findings: &mut Vec<Finding>) -> PolarsResult<()> {
    if let Some(items) = frames.get("attendance_items").cloned() {
        findings.extend(items::strangers(&items)?);
        derived::put(frames, "attendance_days", items::days(items.lazy()).collect()?, findings)?;
    }
    match frames.get("punches").cloned() {
        Some(punches) => derived::put(frames, "attendance_days", days(punches.lazy()).collect()?, findings),
        None => Ok(()),
    }
}

fn days(punches: LazyFrame) -> LazyFrame {
    let result = |word: &'static str| col("result").eq(lit(word));
    let late = result("Late").or(result("SeriousLate"));
    let missed = result("NotSigned").and(col("approved").not());
    one_for_each_plan(punches.filter(col("agent_id").is_not_null()))
        .group_by([col("agent_id"), col("date")])
        .agg([
            lit(true).alias("planned"),
            col("actual_at").is_not_null().any(true).alias("present"),
            late.clone().any(true).alias("late"),
            result("Early").any(true).alias("early"),
            result("Absenteeism").and(col("approved").not()).any(true).alias("absent"),
            missed.sum().cast(DataType::Int64).alias("missed"),
            of_kind("planned_at", "OnDuty").min().alias("planned_start"),
            of_kind("actual_at", "OnDuty").min().alias("clock_in"),
            of_kind("actual_at", "OffDuty").max().alias("clock_out"),
            minutes(col("actual_at") - col("planned_at"), late).alias("late_minutes"),
            minutes(col("planned_at") - col("actual_at"), result("Early")).alias("early_minutes"),
        ])
        .sort(["agent_id", "date"], SortMultipleOptions::default())
}

/// Who touches the clock twice came when they first did and went when they last did; a punch that nobody made gives way.
fn one_for_each_plan(punches: LazyFrame) -> LazyFrame {
    let at = || col("actual_at").cast(DataType::Int64);
    let worth = when(col("kind").eq(lit("OnDuty"))).then(lit(0i64) - at()).otherwise(at());
    let plan = cols(["agent_id", "date", "kind", "planned_at"]);
    let order = SortMultipleOptions::default().with_maintain_order(true);
    punches
        .with_column(worth.fill_null(lit(i64::MIN)).alias("worth"))
        .sort(["worth"], order)
        .unique_stable(Some(plan), UniqueKeepStrategy::Last)
        .drop(cols(["worth"]))
}

/// A time of the punches of one kind.
fn of_kind(time: &'static str, kind: &'static str) -> Expr {
    col(time).filter(col("kind").eq(lit(kind)))
}

/// Whole minutes in sum over the punches that meet a condition; the seconds of each are left away.
fn minutes(span: Expr, when: Expr) -> Expr {
    span.filter(when).dt().total_minutes(false).clip_min(lit(0i64)).sum().cast(DataType::Int64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two touches in the morning, one of them late, none at night but a line that says so; and another day.
    fn punches() -> DataFrame {
        let at = |hours: &[Option<i64>]| {
            let micros: Vec<Option<i64>> = hours.iter().map(|hour| hour.map(|hour| hour * 3_600_000_000)).collect();
            Series::new("".into(), micros).cast(&DataType::Datetime(TimeUnit::Microseconds, None)).expect("times")
        };
        let planned = at(&[Some(9), Some(9), Some(18), Some(18), Some(18)]).with_name("planned_at".into());
        let actual = at(&[Some(11), Some(10), None, Some(17), Some(19)]).with_name("actual_at".into());
        let frame = df!(
            "agent_id" => ["A1", "A1", "A1", "A1", "A1"],
            "date" => [1, 1, 1, 1, 1],
            "kind" => ["OnDuty", "OnDuty", "OffDuty", "OffDuty", "OffDuty"],
            "result" => ["Late", "Late", "NotSigned", "Early", "Normal"],
            "approved" => [false; 5],
        );
        let mut frame = frame.expect("a frame");
        frame.with_column(planned.into()).expect("a column");
        frame.with_column(actual.into()).expect("a column");
        frame
    }

    #[test]
    fn the_first_of_coming_and_the_last_of_going_count() {
        let day = days(punches().lazy()).collect().expect("a day");
        let number = |name: &str| day.column(name).and_then(|column| column.i64()).expect("a number").get(0);
        let flag = |name: &str| day.column(name).and_then(|column| column.bool()).expect("a flag").get(0);
        assert_eq!((number("late_minutes"), number("early_minutes"), number("missed")), (Some(60), Some(0), Some(0)));
        assert_eq!((flag("late"), flag("early"), flag("present")), (Some(true), Some(false), Some(true)));
    }
}
