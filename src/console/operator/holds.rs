//! What is held: runs that wait for a person, each with its reasons and the next step.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::{Tab, tabs};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::home::{job_title, zone_of};
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::console::run_rows::FindingRow;
use crate::console::say;
use crate::finding::Weight;
use crate::ledger::{Run, RunFilter, RunState};

/// How many runs are looked through.
const LOOKED_THROUGH: u32 = 200;
/// How many reasons of one run are shown; its page has all.
const REASONS: usize = 20;

#[derive(Template)]
#[template(path = "operator-holds.html", config = "src/console/askama.toml")]
struct HoldsPage {
    page: Page,
    tabs: Vec<Tab>,
    holds: Vec<Hold>,
}

/// A run that is held, whole or for some.
struct Hold {
    path: String,
    title: String,
    period: String,
    scope: String,
    state: String,
    tone: &'static str,
    since: String,
    reasons: Vec<FindingRow>,
    more: usize,
}

/// `GET /operator/holds`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let mut holds = Vec::new();
    for run in newest(desk)? {
        holds.extend(hold(desk, visit, &run)?);
    }
    let page = Page::of(visit);
    page::show(&HoldsPage { tabs: tabs(&page), holds, page })
}

/// The newest run of each period and scope: what a later one replaced holds nothing any more.
fn newest(desk: &Desk) -> anyhow::Result<Vec<Run>> {
    let mut seen = BTreeSet::new();
    let mut runs = desk.console.ledger.filtered_runs(&RunFilter::default(), 0, LOOKED_THROUGH)?;
    runs.retain(|run| seen.insert((run.job.clone(), run.period, run.scope.clone())));
    Ok(runs)
}

fn hold(desk: &Desk, visit: &Visit, run: &Run) -> anyhow::Result<Option<Hold>> {
    if !matches!(run.state, RunState::Held | RunState::Ready | RunState::Releasing | RunState::PartlySent) {
        return Ok(None);
    }
    let mut findings = desk.console.ledger.findings(&run.id)?;
    findings.retain(|finding| finding.weight != Weight::Note);
    if findings.is_empty() && run.state != RunState::Held {
        return Ok(None);
    }
    findings.sort_by_key(|finding| finding.weight);
    let (state, tone) = say::run_state(run.state);
    let steps = desk.console.ledger.run_steps(&run.id)?;
    let since = steps.iter().rfind(|step| step.state == RunState::Held).map_or(run.created_at, |step| step.at);
    Ok(Some(Hold {
        path: format!("/runs/{}", run.id),
        title: job_title(desk, &run.job, visit.locale),
        period: run.period.to_string(),
        scope: say::scope(&run.scope).get(visit.locale).to_owned(),
        state: state.get(visit.locale).to_owned(),
        tone: tone.class(),
        since: say::when(since, zone_of(desk, &run.job)),
        more: findings.len().saturating_sub(REASONS),
        reasons: findings.iter().take(REASONS).map(FindingRow::of).collect(),
    }))
}
