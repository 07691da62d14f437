//! The teams of a period whose events this person may write down.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::LIST;
use crate::console::JobCard;
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::page::{self, Page};
use crate::console::periods::{self, Chosen, Ways, asked_job};
use crate::console::refusal::Refusal;
use crate::console::run_rows::Sheets;

#[derive(Template)]
#[template(path = "recorded-teams.html", config = "src/console/askama.toml")]
struct TeamsPage {
    page: Page,
    ways: Ways,
    teams: Vec<TeamRow>,
    sheets: Sheets,
    query: String,
    /// Whether the scheme counts events that people write down.
    has_kinds: bool,
}

/// One team.
struct TeamRow {
    path: String,
    name: String,
    people: usize,
    events: usize,
}

/// `GET /recorded?job=&period=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let sight = &visit.person()?.sight;
    let asked = asked_job(desk, visit)?;
    let job = asked.map_or_else(|| first_with_events(desk), Ok)?;
    let chosen = Chosen::of(desk, visit, job, |present| present)?;
    let period = chosen.period;
    let sheet = desk.console.records.sheet(&job.id, &period)?;
    let tallies = sheet.by_team(desk.console.ledger.recorded_tallies(&job.id, &period)?);
    let counting = |team: &str| tallies.get(team).into_iter().flatten().map(|one| one.counting).sum();
    let mine = sheet.teams.iter().filter(|team| sight.commands_in(&job.id, &period, Some(&team.id)));
    let rows = mine.map(|team| TeamRow {
        path: periods::path(LIST, &job.id, &period, &team.id),
        name: team.name.clone(),
        people: team.people.len(),
        events: counting(&team.id),
    });
    let teams: Vec<TeamRow> = rows.collect();
    let page = Page::of(visit);
    page::show(&TeamsPage {
        ways: chosen.ways(desk, &page),
        sheets: Sheets::of(teams.len(), visit.query.get("sheet")),
        teams,
        query: chosen.query(),
        has_kinds: !sheet.kinds.is_empty(),
        page,
    })
}

/// The first job whose scheme counts events about people who are known; the first of all where there is none.
fn first_with_events(desk: &Desk) -> Result<&JobCard, Refusal> {
    for job in &desk.console.jobs {
        let sheet = desk.console.records.sheet(&job.id, &periods::present(desk, job))?;
        if !sheet.kinds.is_empty() && !sheet.teams.is_empty() {
            return Ok(job);
        }
    }
    desk.console.jobs.first().ok_or(Refusal::NotFound)
}

impl TeamsPage {
    /// The rows of the sheet that is shown.
    fn shown(&self) -> &[TeamRow] {
        self.sheets.cut(&self.teams)
    }
}
