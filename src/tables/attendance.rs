//! Days of attendance from single punches.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::finding::Finding;

use super::derived;

/// Adds `attendance_days` (agent × day) where there are punches: planned, present, late, early, absent, missed, the
/// planned start, the first and last real punch, and the minutes of those that came late or left early.
pub fn derive(frames: &mut BTreeMap<String, DataFrame>, findings: &mut Vec<Finding>) -> PolarsResult<()> {
    match frames.get("punches").cloned() {
        Some(punches) => derived::put(frames, "attendance_days", days(punches.lazy()).collect()?, findings),
        None => Ok(()),
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
            of_kind("planned_at", "OnDuty").min().alias("planned_start"),
            of_kind("actual_at", "OnDuty").min().alias("clock_in"),
            of_kind("actual_at", "OffDuty").max().alias("clock_out"),
            minutes(col("actual_at") - col("planned_at"), late).alias("late_minutes"),
            minutes(col("planned_at") - col("actual_at"), result("Early")).alias("early_minutes"),
        ])
        .sort(["agent_id", "date"], SortMultipleOptions::default())
}

/// A time of the punches of one kind.
fn of_kind(time: &'static str, kind: &'static str) -> Expr {
    col(time).filter(col("kind").eq(lit(kind)))
}

/// Whole minutes in sum over the punches that meet a condition; the seconds of each are left away.
fn minutes(span: Expr, when: Expr) -> Expr {
    span.filter(when).dt().total_minutes(false).clip_min(lit(0i64)).sum().cast(DataType::Int64)
}
