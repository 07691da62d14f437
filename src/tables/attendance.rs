//! Days of attendance from single punches.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::finding::Finding;

use super::derived;

/// Adds `attendance_days` (agent × day) where there are punches: planned, present, late, early, absent, missed, the
/// first and last real punch, and the minutes of those that came late or left early.
pub fn derive(frames: &mut BTreeMap<String, DataFrame>, findings: &mut Vec<Finding>) -> PolarsResult<()> {
    match frames.get("punches").cloned() {
        Some(punches) => derived::put(frames, "attendance_days", days(punches.lazy()).collect()?, findings),
        None => flags(frames),
    }
}

fn days(punches: LazyFrame) -> LazyFrame {
    let result = |word: &'static str| col("result").eq(lit(word));
    let late = result("Late").or(result("SeriousLate"));
    let missed = result("NotSigned").and(col("approved").not());
    punches
        .filter(col("agent_id").is_not_null())
        .group_by([col("agent_id"), col("date")])
        .agg([
            lit(true).alias("planned"),
            col("actual_at").is_not_null().any(true).alias("present"),
            late.clone().any(true).alias("late"),
            result("Early").any(true).alias("early"),
            result("Absenteeism").and(col("approved").not()).any(true).alias("absent"),
            missed.sum().cast(DataType::Int64).alias("missed"),
            of_kind("OnDuty").min().alias("clock_in"),
            of_kind("OffDuty").max().alias("clock_out"),
            minutes(col("actual_at") - col("planned_at"), late).alias("late_minutes"),
            minutes(col("planned_at") - col("actual_at"), result("Early")).alias("early_minutes"),
        ])
        .sort(["agent_id", "date"], SortMultipleOptions::default())
}

/// The real punches of one kind.
fn of_kind(kind: &'static str) -> Expr {
    col("actual_at").filter(col("kind").eq(lit(kind)))
}

/// Whole minutes in sum over the punches that meet a condition; the seconds of each are left away.
fn minutes(span: Expr, when: Expr) -> Expr {
    span.filter(when).dt().total_minutes(false).clip_min(lit(0i64)).sum().cast(DataType::Int64)
}

/// A source that gives days with minutes only says by them whether somebody was late or left early.
fn flags(frames: &mut BTreeMap<String, DataFrame>) -> PolarsResult<()> {
    let Some(days) = frames.get_mut("attendance_days") else { return Ok(()) };
    let flag = |name: &'static str, minutes: &'static str| {
        coalesce(&[col(name).cast(DataType::Boolean), col(minutes).gt(lit(0i64))]).alias(name)
    };
    let flags = [flag("late", "late_minutes"), flag("early", "early_minutes")];
    *days = days.clone().lazy().with_columns(flags).collect()?;
    Ok(())
}
