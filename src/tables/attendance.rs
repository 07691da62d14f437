//! Days of attendance from single punches.

use std::collections::BTreeMap;

use polars::prelude::*;

/// Adds `attendance_days` (agent × day: planned, present, late, early, absent, missed; each 0 or 1 but `missed`) where there are punches.
pub fn derive(frames: &mut BTreeMap<String, DataFrame>) -> PolarsResult<()> {
    let Some(punches) = frames.get("punches").cloned() else { return Ok(()) };
    let any = |condition: Expr| condition.any(true).cast(DataType::Int64);
    let result = |word: &'static str| col("result").eq(lit(word));
    let days = punches
        .lazy()
        .filter(col("agent_id").is_not_null())
        .with_column(col("work_date").alias("date"))
        .group_by([col("agent_id"), col("date")])
        .agg([
            lit(1i64).alias("planned"),
            any(col("actual_at").is_not_null()).alias("present"),
            any(result("Late").or(result("SeriousLate"))).alias("late"),
            any(result("Early")).alias("early"),
            any(result("Absenteeism").and(col("approved").not())).alias("absent"),
            result("NotSigned").and(col("approved").not()).sum().cast(DataType::Int64).alias("missed"),
        ])
        .sort(["agent_id", "date"], SortMultipleOptions::default())
        .collect()?;
    frames.insert("attendance_days".to_owned(), days);
    Ok(())
}
