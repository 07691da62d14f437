//! What came of a simulation: how the totals lie before and after, what is paid, who changes; and all of it for a spreadsheet.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::http::header;
use axum::response::Response;

use super::simulate::state;
use super::simulated_rows::{self, AgentRow, Fact};
use super::simulated_sheet::SimulatedSheet;
use crate::console::attend::Visit;
use crate::console::charts::Bars;
use crate::console::desk::Desk;
use crate::console::home::job_title;
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::console::run_rows::Sheets;
use crate::ledger::{RequestState, Simulation, TriedAgent, TriedTotals};
use crate::words::{Bilingual, Locale};

#[derive(Template)]
#[template(path = "policy-simulated.html", config = "src/console/askama.toml")]
struct SimulatedPage {
    page: Page,
    id: i64,
    title: String,
    asked: String,
    state: Bilingual,
    tone: &'static str,
    waiting: bool,
    why: Option<String>,
    missing: Vec<String>,
    periods: Vec<PeriodRow>,
    shown: Option<Shown>,
}

/// One period in the list of all.
struct PeriodRow {
    name: String,
    here: bool,
    before: String,
    after: String,
}

/// The period that is looked at.
struct Shown {
    period: String,
    facts: Vec<Fact>,
    bars: Bars,
    table: Vec<(String, Vec<u64>)>,
    holds: [Vec<Bilingual>; 2],
    changed: usize,
    all: usize,
    agents: Vec<AgentRow>,
    sheets: Sheets,
}

/// `GET /policy/simulations/{simulation}?period=&sheet=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let one = named(desk, visit)?;
    let totals = desk.console.ledger.simulated_totals(one.id)?;
    let asked = visit.query.get("period");
    let chosen = totals.iter().find(|(period, _)| period == asked).or(totals.last());
    let shown = chosen.map(|(period, totals)| look(desk, visit, &one, period, totals)).transpose()?;
    let (words, tone) = state(one.state);
    let answer = one.answer.clone().unwrap_or_default();
    let in_force = answer.in_force.map(|(id, version)| format!("{id} {version} → ")).unwrap_or_default();
    let row = |(period, [before, after]): &(String, [TriedTotals; 2])| PeriodRow {
        here: shown.as_ref().is_some_and(|shown| shown.period == *period),
        name: period.clone(),
        before: before.pay.clone(),
        after: after.pay.clone(),
    };
    page::show(&SimulatedPage {
        page: Page::of(visit),
        id: one.id,
        title: format!("{in_force}{} {}", one.asked.scheme, one.asked.version),
        asked: format!("{} · {}", job_title(desk, &one.asked.job, visit.locale), one.asked.requested_by),
        state: words,
        tone,
        waiting: matches!(one.state, RequestState::Waiting | RequestState::Taken),
        why: answer.why,
        missing: answer.missing,
        periods: totals.iter().map(row).collect(),
        shown,
    })
}

/// `GET /policy/simulations/{simulation}/csv`: everybody of every period, changed or not.
pub fn csv(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let one = named(desk, visit)?;
    let mut rows = SimulatedSheet::new().map_err(Refusal::broken)?;
    for (period, _) in desk.console.ledger.simulated_totals(one.id)? {
        let agents = desk.console.ledger.simulated_agents(one.id, &period)?;
        rows.add(&period, &agents, visit.locale).map_err(Refusal::broken)?;
    }
    desk.console.ledger.audit(
        &visit.person()?.user.name,
        "download-simulation",
        &format!("simulation {}", one.id),
        &format!("{} {}", one.asked.scheme, one.asked.version),
    )?;
    Response::builder()
        .header(header::CONTENT_TYPE, "text/csv; charset=utf-8")
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"simulation-{}.csv\"", one.id))
        .body(Body::from(rows.bytes().map_err(Refusal::broken)?))
        .map_err(Refusal::broken)
}

fn named(desk: &Desk, visit: &Visit) -> Result<Simulation, Refusal> {
    let id = visit.params.number("simulation").ok_or(Refusal::NotFound)?;
    desk.console.ledger.simulation(id)?.ok_or(Refusal::NotFound)
}

fn look(
    desk: &Desk,
    visit: &Visit,
    one: &Simulation,
    period: &str,
    totals: &[TriedTotals; 2],
) -> anyhow::Result<Shown> {
    let agents = desk.console.ledger.simulated_agents(one.id, period)?;
    let changed: Vec<&TriedAgent> = agents.iter().filter(|agent| agent.changes).collect();
    let sheets = Sheets::of(changed.len(), visit.query.get("sheet"));
    let locale = visit.locale;
    let table = simulated_rows::ranges(&agents);
    let (title, series) = match locale {
        Locale::Zh => (format!("{period} 总分分布（单位：人，横轴：分）"), ["现行", "草稿"]),
        Locale::En => (format!("{period}: how the totals lie (agents, by points)"), ["in force", "draft"]),
    };
    Ok(Shown {
        period: period.to_owned(),
        facts: simulated_rows::facts(totals, locale),
        bars: Bars::of(title, &series.map(str::to_owned), &table),
        table,
        holds: totals.clone().map(|one| one.holds),
        changed: changed.len(),
        all: agents.len(),
        agents: sheets.cut(&changed).iter().map(|agent| AgentRow::of(agent, locale)).collect(),
        sheets,
    })
}
