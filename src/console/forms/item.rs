//! One item across all agents of a form.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::page::{self, Page};
use super::super::refusal::Refusal;
use super::Item;
use super::check::{self, LONGEST_COMMENT};
use super::named::Named;
use crate::ledger::{AnswerStage, Given};
use crate::words::Bilingual;

#[derive(Template)]
#[template(path = "forms-item.html", config = "src/console/askama.toml")]
struct ItemPage {
    page: Page,
    path: String,
    period: String,
    role: String,
    team: String,
    number: usize,
    count: usize,
    label: String,
    chapter: Option<String>,
    about: Option<String>,
    allowed: Bilingual,
    levels: Vec<(String, String)>,
    cells: Vec<CellRow>,
    wrong: usize,
    longest: usize,
}

/// One agent's cell.
struct CellRow {
    agent: String,
    name: String,
    given: String,
    comment: String,
    wrong: Option<Bilingual>,
}

/// `GET /forms/{job}/{period}/{form}/items/{item}`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let named = Named::of(desk, visit)?;
    let (place, item) = named.item(visit)?;
    let given = named.given(desk, AnswerStage::Draft)?;
    let by_agent: BTreeMap<&str, &Given> =
        given.iter().filter(|one| one.item == item.id).map(|one| (one.agent.as_str(), one)).collect();
    let cells = item.people.iter().map(|(agent, name)| {
        let kept = by_agent.get(agent.as_str());
        CellRow {
            agent: agent.clone(),
            name: name.clone(),
            given: kept.map(|one| one.given.clone()).unwrap_or_default(),
            comment: kept.map(|one| one.comment.clone()).unwrap_or_default(),
            wrong: None,
        }
    });
    page::show(&compose(visit, &named, place, item, cells.collect()))
}

/// `POST /forms/{job}/{period}/{form}/items/{item}/save`: keeps the draft, or shows each cell that does not fit.
pub fn save(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let named = Named::of(desk, visit)?;
    let (place, item) = named.item(visit)?;
    let cells: Vec<CellRow> =
        item.people.iter().zip(1..).map(|(one, number)| typed(visit, item, one, number)).collect();
    if cells.iter().any(|cell| cell.wrong.is_some()) {
        let page = page::show(&compose(visit, &named, place, item, cells))?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let mut given = named.given(desk, AnswerStage::Draft)?;
    given.retain(|one| one.item != item.id);
    let filled = cells.into_iter().filter(|cell| !(cell.given.is_empty() && cell.comment.is_empty()));
    given.extend(filled.map(|cell| Given {
        item: item.id.clone(),
        agent: cell.agent,
        given: cell.given,
        comment: cell.comment,
    }));
    given.sort();
    desk.console.ledger.put_answers(&named.of, AnswerStage::Draft, &given)?;
    let next = place + 2;
    let to = if next <= named.sheet.items.len() { format!("{}/items/{next}", named.path) } else { named.path.clone() };
    Ok(Redirect::to(&to).into_response())
}

/// What was typed about one agent, as it is kept or as it was typed with what is wrong.
fn typed(visit: &Visit, item: &Item, (agent, name): &(String, String), number: usize) -> CellRow {
    let (score, words) = (visit.form.get(&format!("g{number}")), visit.form.get(&format!("c{number}")));
    let read = check::read(item, score);
    let comment = check::comment(words);
    let too_long = || {
        Bilingual::new(
            format!("评语不超过 {LONGEST_COMMENT} 字"),
            format!("a comment has at most {LONGEST_COMMENT} letters"),
        )
    };
    let unreasoned =
        || check::lacks_reason(item, read.as_deref().unwrap_or_default(), comment.as_deref().unwrap_or("-"));
    let wrong = read.as_ref().err().cloned().or_else(|| comment.is_none().then(too_long)).or_else(unreasoned);
    CellRow {
        agent: agent.clone(),
        name: name.clone(),
        given: read.unwrap_or_else(|_| score.to_owned()),
        comment: comment.unwrap_or_else(|| words.to_owned()),
        wrong,
    }
}

fn compose(visit: &Visit, named: &Named, place: usize, item: &Item, cells: Vec<CellRow>) -> ItemPage {
    ItemPage {
        page: Page::of(visit),
        path: named.path.clone(),
        period: named.of.period.to_string(),
        role: named.sheet.role_name.get(visit.locale).to_owned(),
        team: named.sheet.team_called().to_owned(),
        number: place + 1,
        count: named.sheet.items.len(),
        label: item.label.clone(),
        chapter: item.chapter.clone(),
        about: item.about.clone(),
        allowed: check::allowed(item),
        levels: item.levels.clone(),
        wrong: cells.iter().filter(|cell| cell.wrong.is_some()).count(),
        cells,
        longest: LONGEST_COMMENT,
    }
}
