//! What follows about a day of attendance: from the shift that was planned for it, and from its own times.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::given_or;

/// Fills `attendance_days`: `planned_start` and `meal_minutes` from `shifts`, then late and early, notices and minutes.
pub fn fill(frames: &mut BTreeMap<String, DataFrame>) -> PolarsResult<()> {
    let Some(days) = frames.get("attendance_days").cloned() else { return Ok(()) };
    let days = match frames.get("shifts").cloned() {
        Some(shifts) => planned(days.lazy(), shifts.lazy()),
        None => days.lazy(),
    };
    let follows = [
        given_or("late", col("late_minutes").gt(lit(0i64))),
        given_or("early", col("early_minutes").gt(lit(0i64))),
        given_or("leave_notice_days", notice()),
        given_or("minutes_before_shift", before_shift()),
        given_or("work_minutes", work()),
    ];
    frames.insert("attendance_days".to_owned(), days.with_columns(follows).collect()?);
    Ok(())
}

/// Days with the start and the meals of their shifts; of several shifts on a day the first start and all meals.
fn planned(days: LazyFrame, shifts: LazyFrame) -> LazyFrame {
    let keys = [col("agent_id"), col("date")];
    let meals = when(col("meal_minutes").count().gt(lit(0))).then(col("meal_minutes").sum()).otherwise(lit(NULL));
    let shifts = shifts
        // The same shift may be told by two sources.
        .select(["agent_id", "date", "planned_start", "planned_end", "meal_minutes"].map(col))
        .unique_stable(None, UniqueKeepStrategy::First)
        .group_by_stable(keys.clone())
        .agg([col("planned_start").min().alias("shift_start"), meals.alias("shift_meals")]);
    let in_order = JoinArgs { maintain_order: MaintainOrderJoin::Left, ..JoinArgs::new(JoinType::Left) };
    days.join(shifts, keys.clone(), keys, in_order)
        .with_columns([given_or("planned_start", col("shift_start")), given_or("meal_minutes", col("shift_meals"))])
        .drop(cols(["shift_start", "shift_meals"]))
}

/// Whole days from the day on which a leave was asked for to the day of the leave.
fn notice() -> Expr {
    (col("date") - col("leave_requested_at").dt().date()).dt().total_days(false)
}

/// Rounded down, so that whoever came half a minute late has -1, and ten minutes before are ten full ones.
fn before_shift() -> Expr {
    let early = (col("planned_start") - col("clock_in")).dt().total_microseconds(false);
    early.floor_div(lit(60_000_000i64))
}

/// Meals are no working time; where nobody knows of a meal there is none to take off.
fn work() -> Expr {
    (col("clock_span_minutes") - col("meal_minutes").fill_null(lit(0i64))).clip_min(lit(0i64))
}
