//! The appeals of a manager's teams: those that wait first.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::home::{job_title, zone_of};
use super::super::page::{self, Page};
use super::super::refusal::Refusal;
use super::super::run_rows::Sheets;
use super::super::sessions::SignedIn;
use super::row::AppealRow;
use super::theirs;
use crate::ledger::{Appeal, AppealState, WantedAppeals};

#[derive(Template)]
#[template(path = "appeals-list.html", config = "src/console/askama.toml")]
struct ListPage {
    page: Page,
    waiting: usize,
    oversees: bool,
    rows: Vec<Listed>,
    sheets: Sheets,
}

/// One appeal with its card.
struct Listed {
    appeal: AppealRow,
    who: String,
    agent: String,
    card: String,
}

/// `GET /appeals`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let mut all = theirs(desk, person, &WantedAppeals::default())?;
    // The one that waits longest first, then what was answered last.
    all.sort_by_key(|one| match one.state {
        AppealState::Open => (0, one.id),
        _ => (1, -one.id),
    });
    let page = Page::of(visit);
    let oversees = page.person.as_ref().is_some_and(|person| person.oversees);
    let all: Vec<&Appeal> = all.iter().collect();
    let sheets = Sheets::of(all.len(), visit.query.get("sheet"));
    page::show(&ListPage {
        waiting: all.iter().filter(|one| one.state == AppealState::Open).count(),
        rows: sheets.cut(&all).iter().map(|one| listed(desk, visit, one)).collect(),
        page,
        oversees,
        sheets,
    })
}

/// How many appeals wait for this person's answer.
pub fn waiting_for(desk: &Desk, person: &SignedIn) -> anyhow::Result<usize> {
    let open = WantedAppeals { state: Some(AppealState::Open), ..WantedAppeals::default() };
    let led = person.sight.led();
    Ok(theirs(desk, person, &open)?.iter().filter(|one| one.bar(&person.user, &led).is_none()).count())
}

fn listed(desk: &Desk, visit: &Visit, one: &Appeal) -> Listed {
    Listed {
        appeal: AppealRow::of(one, zone_of(desk, &one.job)),
        who: one.name.clone(),
        agent: one.agent.clone(),
        card: format!("{} {}", job_title(desk, &one.job, visit.locale), one.period),
    }
}
