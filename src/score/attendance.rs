//! Days of attendance per agent, where the tables know them.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::tables::Tables;

use super::appraisal::Attendance;

const COUNTS: [&str; 6] = ["planned", "present", "late", "early", "absent", "missed"];

/// Sums of `attendance_days` by agent.
pub(super) fn count(tables: &Tables) -> anyhow::Result<BTreeMap<String, Attendance>> {
    let Some(days) = tables.lazy("attendance_days") else { return Ok(BTreeMap::new()) };
    let sums: Vec<Expr> = COUNTS.iter().map(|name| col(*name).sum().cast(DataType::Int64)).collect();
    // A source that gives days of its own may not know which were planned.
    let frame = days.filter(col("planned").is_not_null()).group_by([col("agent_id")]).agg(sums).collect()?;
    let agents = frame.column("agent_id")?.str()?;
    let mut counted = BTreeMap::new();
    for row in 0..frame.height() {
        let Some(agent) = agents.get(row) else { continue };
        let number = |name: &str| -> PolarsResult<u32> { Ok(frame.column(name)?.i64()?.get(row).unwrap_or(0) as u32) };
        let attendance = Attendance {
            planned_days: number("planned")?,
            present_days: number("present")?,
            late: number("late")?,
            early: number("early")?,
            absent: number("absent")?,
            missed: number("missed")?,
        };
        counted.insert(agent.to_owned(), attendance);
    }
    Ok(counted)
}
