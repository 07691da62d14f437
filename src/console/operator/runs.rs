//! Every run, found by job, state and period, a sheet at a time.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::{Tab, tabs};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::home::{asked_by, job_title, zone_of};
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::console::run_rows::Sheets;
use crate::console::say;
use crate::ledger::{Run, RunFilter, RunState};
use crate::words::Locale;

#[derive(Template)]
#[template(path = "operator-runs.html", config = "src/console/askama.toml")]
struct RunsPage {
    page: Page,
    tabs: Vec<Tab>,
    jobs: Vec<Choice>,
    states: Vec<Choice>,
    period: String,
    runs: Vec<Row>,
    sheets: Sheets,
    query: String,
}

/// Something that can be chosen.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// One run.
struct Row {
    id: String,
    title: String,
    period: String,
    scope: String,
    state: String,
    tone: &'static str,
    asked_by: String,
    when: String,
    took: String,
}

/// `GET /operator/runs?job=&state=&period=&sheet=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let ledger = &desk.console.ledger;
    let filter = RunFilter {
        job: visit.query.given("job").map(str::to_owned),
        state: RunState::from_word(visit.query.get("state")),
        period: visit.query.given("period").map(str::to_owned),
    };
    let sheets = Sheets::of(ledger.count_filtered_runs(&filter)?, visit.query.get("sheet"));
    let skip = u32::try_from(sheets.first()).unwrap_or(u32::MAX);
    let runs = ledger.filtered_runs(&filter, skip, Sheets::ROWS as u32)?;
    let page = Page::of(visit);
    page::show(&RunsPage {
        tabs: tabs(&page),
        jobs: jobs(desk, &filter, visit.locale),
        states: states(&filter, visit.locale),
        period: filter.period.clone().unwrap_or_default(),
        runs: runs.iter().map(|run| row(desk, run, visit.locale)).collect(),
        query: query(&filter),
        sheets,
        page,
    })
}

fn jobs(desk: &Desk, filter: &RunFilter, locale: Locale) -> Vec<Choice> {
    let choice = |card: &crate::console::JobCard| Choice {
        value: card.id.clone(),
        label: card.title.get(locale).to_owned(),
        chosen: filter.job.as_ref() == Some(&card.id),
    };
    desk.console.jobs.iter().map(choice).collect()
}

fn states(filter: &RunFilter, locale: Locale) -> Vec<Choice> {
    let choice = |state: &RunState| Choice {
        value: state.word().to_owned(),
        label: say::run_state(*state).0.get(locale).to_owned(),
        chosen: filter.state == Some(*state),
    };
    RunState::ALL.iter().map(choice).collect()
}

fn row(desk: &Desk, run: &Run, locale: Locale) -> Row {
    let (state, tone) = say::run_state(run.state);
    Row {
        id: run.id.clone(),
        title: job_title(desk, &run.job, locale),
        period: run.period.to_string(),
        scope: say::scope(&run.scope).get(locale).to_owned(),
        state: state.get(locale).to_owned(),
        tone: tone.class(),
        asked_by: asked_by(run, locale),
        when: say::when(run.created_at, zone_of(desk, &run.job)),
        took: run.finished_at.map_or_else(|| "–".to_owned(), |at| say::length(at - run.created_at)),
    }
}

/// The filter as the links of the sheets carry it.
fn query(filter: &RunFilter) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let state = filter.state.map(|state| state.word().to_owned());
    for (name, value) in [("job", &filter.job), ("state", &state), ("period", &filter.period)] {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    query.finish()
}
