//! `plan`: what a run would do.

use serde_json::{Value, json};

use crate::diag::{Diagnostic, Diagnostics};
use crate::finding::Finding;
use crate::ledger::{Scope, Trigger};
use crate::period::Period;
use crate::pipeline::{self, Effect, Figures, Order, Pipeline, Plan, Reach};
use crate::words::Locale;

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
        scope: Scope { team: options.team.clone(), agent: agents(options) },
        trigger: Trigger::AdHoc,
        requested_by: who(),
        refresh: options.refresh,
        send: options.send,
        as_of: options.as_of,
        reach: Reach::Documents,
        occasion: None,
        request: None,
        scheme_version: options.scheme_version.clone(),
        reason: None,
    })
}

/// The agents that were named, each once and in one order, so that the same order is known again.
fn agents(options: &OrderOptions) -> Option<String> {
    let mut agents = options.agent.clone();
    agents.sort();
    agents.dedup();
    (!agents.is_empty()).then(|| agents.join(","))
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
    for effect in plan.effects.iter().flat_map(|effects| &effects.cards) {
        printer.line(&format!("  {}", in_words(effect, locale)));
    }
    View::of(locale, &[], &[]).findings(restated, printer);
    let effects = plan.effects.as_ref().map(|all| all.cards.iter().map(facts).collect::<Vec<_>>());
    let unchanged = plan.effects.as_ref().map(|all| all.same);
    printer.document(&json!({
        "job": order.job, "period": order.period.to_string(), "scope": order.scope.to_string(),
        "plan": plan.lines, "effects": effects, "unchanged": unchanged, "restated": restated.iter().map(results::finding).collect::<Vec<_>>(),
    }));
}

/// One card's result before and after, and what else changes on it.
fn in_words(effect: &Effect, locale: Locale) -> String {
    let Effect { agent, name, before, after, changes, .. } = effect;
    let changes: Vec<String> = changes
        .iter()
        .map(|change| match change.before.is_empty() && change.after.is_empty() {
            true => change.what.get(locale).to_owned(),
            false => format!("{} {} → {}", change.what.get(locale), change.before, change.after),
        })
        .collect();
    let first = match locale {
        Locale::Zh => format!("{agent} {name}：首版，总分 {}，名次 {}", shown(&after.total()), shown(&after.rank())),
        Locale::En => {
            format!("{agent} {name}: first edition, total {}, rank {}", shown(&after.total()), shown(&after.rank()))
        }
    };
    match before {
        None => first,
        Some(_) => match locale {
            Locale::Zh => format!("{agent} {name}：{}", changes.join("，")),
            Locale::En => format!("{agent} {name}: {}", changes.join(", ")),
        },
    }
}

fn shown(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or("—")
}

/// One card's change for a program.
fn facts(effect: &Effect) -> Value {
    let figures = |one: &Figures| json!({ "total": one.total(), "grade": one.grade, "rank": one.rank() });
    json!({
        "agent": effect.agent, "name": effect.name, "team": effect.team,
        "before": effect.before.as_ref().map(figures), "after": figures(&effect.after),
        "changes": effect.changes.iter().map(|one| {
            json!({ "what": one.what, "before": one.before, "after": one.after })
        }).collect::<Vec<_>>(),
    })
}
