//! The teams of a period whose events this person may write down.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::path;
use crate::console::JobCard;
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::console::run_rows::Sheets;
use crate::period::Period;

/// How many periods are offered.
const PERIODS: usize = 4;

#[derive(Template)]
#[template(path = "recorded-teams.html", config = "src/console/askama.toml")]
struct TeamsPage {
    page: Page,
    jobs: Vec<Tab>,
    periods: Vec<Tab>,
    teams: Vec<TeamRow>,
    sheets: Sheets,
    query: String,
    /// Whether the scheme counts events that people write down.
    has_kinds: bool,
}

/// A job or period to look at.
struct Tab {
    path: String,
    label: String,
    here: bool,
}

/// One team.
struct TeamRow {
    path: String,
    name: String,
    people: usize,
    events: u32,
}

/// `GET /recorded?job=&period=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let sight = &visit.person()?.sight;
    let job = match visit.query.given("job") {
        Some(id) => desk.job(id).ok_or(Refusal::NotFound)?,
        None => first_with_events(desk)?,
    };
    let present = present(desk, job);
    let asked = visit.query.given("period").map(|text| Period::parse_for(job.cycle, text).ok_or(Refusal::NotFound));
    let period = asked.transpose()?.unwrap_or(present);
    let sheet = desk.console.records.sheet(&job.id, &period)?;
    let marks = desk.console.ledger.recorded_marks(&job.id, &period)?;
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for (team, _) in sheet.by_team(marks).into_iter().filter(|(_, mark)| mark.counts) {
        *counts.entry(team).or_default() += 1;
    }
    let mine = sheet.teams.iter().filter(|team| sight.commands_in(&job.id, &period, Some(&team.id)));
    let rows = mine.map(|team| TeamRow {
        path: path(&job.id, &period, &team.id),
        name: team.name.clone(),
        people: team.people.len(),
        events: counts.get(&team.id).copied().unwrap_or(0),
    });
    let teams: Vec<TeamRow> = rows.collect();
    let jobs = desk.console.jobs.iter();
    page::show(&TeamsPage {
        page: Page::of(visit),
        jobs: jobs.map(|one| tab(&one.id, None, one.title.get(visit.locale), one.id == job.id)).collect(),
        periods: std::iter::successors(Some(present), |one| Some(one.previous()))
            .take(PERIODS)
            .map(|one| tab(&job.id, Some(&one), &one.to_string(), one == period))
            .collect(),
        sheets: Sheets::of(teams.len(), visit.query.get("sheet")),
        teams,
        query: query(&job.id, Some(&period)),
        has_kinds: !sheet.kinds.is_empty(),
    })
}

fn present(desk: &Desk, job: &JobCard) -> Period {
    Period::containing(job.cycle, desk.console.clock.now().with_timezone(&job.zone).date_naive())
}

/// The first job whose scheme counts events about people who are known; the first of all where there is none.
fn first_with_events(desk: &Desk) -> Result<&JobCard, Refusal> {
    for job in &desk.console.jobs {
        let sheet = desk.console.records.sheet(&job.id, &present(desk, job))?;
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

fn tab(job: &str, period: Option<&Period>, label: &str, here: bool) -> Tab {
    Tab { path: format!("/recorded?{}", query(job, period)), label: label.to_owned(), here }
}

/// What an address says of the job and the period.
pub(super) fn query(job: &str, period: Option<&Period>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("job", job);
    if let Some(period) = period {
        query.append_pair("period", &period.to_string());
    }
    query.finish()
}
