//! `plan`: what a run would do.

use serde_json::json;

use crate::diag::{Diagnostic, Diagnostics};
use crate::finding::Finding;
use crate::ledger::{Scope, Trigger};
use crate::period::Period;
use crate::pipeline::{self, Order, Pipeline, Plan, Reach};

use super::arguments::OrderOptions;
use super::printer::Printer;
use super::results::{self, View};
use super::{Ending, who};

/// Prints the plan, and what later pulls changed about the period since its cards were issued.
pub(super) async fn plan(pipeline: &Pipeline, options: &OrderOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let order = order(pipeline, options)?;
    let plan = pipeline::plan(pipeline, &order)?;
    let restated = pipeline::restated(pipeline, &order.job, &order.period).await?;
    print(pipeline, &order, &plan, &restated, printer);
    Ok(Ending::Done)
}

/// The order that the options mean.
pub(super) fn order(pipeline: &Pipeline, options: &OrderOptions) -> anyhow::Result<Order> {
    let job = pipeline.jobs.get(&options.job).map_err(Diagnostics::from)?;
    Ok(Order {
        job: job.id.clone(),
        period: period(pipeline, &job.id, &options.period, options.as_of)?,
        scope: Scope { team: options.team.clone(), agent: options.agent.clone() },
        trigger: Trigger::AdHoc,
        requested_by: who(),
        refresh: options.refresh,
        send: options.send,
        as_of: options.as_of,
        reach: Reach::Documents,
        occasion: None,
        request: None,
        reason: None,
    })
}

/// A period as typed: `last` is the last full one on the job's clocks.
pub(super) fn period(
    pipeline: &Pipeline,
    job: &str,
    text: &str,
    as_of: Option<chrono::DateTime<chrono::Utc>>,
) -> Result<Period, Diagnostics> {
    let job = pipeline.jobs.get(job)?;
    let now = as_of.unwrap_or_else(|| pipeline.settings.clock.now()).with_timezone(&job.time_zone);
    let last = job.period_on(now.date_naive());
    let period = if text == "last" { Some(last) } else { Period::parse_for(job.cycle, text) };
    match period {
        Some(period) if period.start > now.date_naive() => Err(Diagnostic::error(format!("{period} has not begun"))
            .hint(format!("the last full period is `{last}`"))
            .into()),
        Some(period) => Ok(period),
        None => Err(Diagnostic::error(format!("`{text}` is not a period of job `{}`", job.id))
            .hint(format!("write it as `{}`, or `last`", last.name()))
            .into()),
    }
}

fn print(pipeline: &Pipeline, order: &Order, plan: &Plan, restated: &[Finding], printer: &Printer) {
    let locale = pipeline.settings.locale;
    for line in &plan.lines {
        printer.line(line.get(locale));
    }
    for effect in plan.effects.iter().flatten() {
        let changes: Vec<String> = effect
            .changes
            .iter()
            .map(|change| format!("{} {} → {}", change.what.get(locale), change.before, change.after))
            .collect();
        let first = if changes.is_empty() { String::new() } else { format!("：{}", changes.join("，")) };
        printer.line(&format!("  {} {}{first}", effect.agent, effect.name));
    }
    View { locale, documents: &[], deliveries: &[] }.findings(restated, printer);
    let effects = plan.effects.as_ref().map(|effects| {
        let changes = |effect: &crate::pipeline::Effect| -> Vec<serde_json::Value> {
            effect
                .changes
                .iter()
                .map(|one| json!({ "what": one.what, "before": one.before, "after": one.after }))
                .collect()
        };
        effects
            .iter()
            .map(|one| json!({ "agent": one.agent, "name": one.name, "changes": changes(one) }))
            .collect::<Vec<_>>()
    });
    printer.document(&json!({
        "job": order.job, "period": order.period.to_string(), "scope": order.scope.to_string(),
        "plan": plan.lines, "effects": effects, "restated": restated.iter().map(results::finding).collect::<Vec<_>>(),
    }));
}
