//! `plan --engine`: what another engine would be asked.

use serde_json::json;

use crate::pipeline::{self, Pipeline};

use super::Ending;
use super::arguments::PlanOptions;
use super::plan::order;
use super::printer::Printer;

/// Prints the script that Spark would get.
pub(super) fn spark(pipeline: &Pipeline, options: &PlanOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let order = order(pipeline, &options.order)?;
    let (plan, script) = pipeline::spark_plan(pipeline, &order)?;
    printer.line(script.trim_end());
    let statements = plan
        .statements
        .iter()
        .map(|one| json!({ "table": one.table.name(), "rows": one.rows.display().to_string(), "sql": one.sql }));
    printer.document(&json!({
        "job": order.job, "period": order.period.to_string(), "engine": "spark",
        "statements": statements.collect::<Vec<_>>(), "script": script,
    }));
    Ok(Ending::Done)
}
