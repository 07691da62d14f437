//! One form whole: its items with how far each is, the workbook to take away, and the button to hand in.

use std::sync::Arc;

use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::home::{job_title, zone_of};
use super::super::page::{self, Page};
use super::super::refusal::Refusal;
use super::super::say;
use super::Item;
use super::named::Named;
use crate::ledger::AnswerStage;

#[derive(Template)]
#[template(path = "forms-overview.html", config = "src/console/askama.toml")]
struct OverviewPage {
    page: Page,
    path: String,
    title: String,
    period: String,
    team: String,
    role: String,
    items: Vec<ItemRow>,
    done: usize,
    asked: usize,
    is_collected: bool,
    handed_in: Option<String>,
    /// Whether the draft says otherwise than what was handed in.
    differs: bool,
    waits: bool,
}

/// One item.
struct ItemRow {
    number: usize,
    /// The chapter that begins with it.
    chapter: Option<String>,
    label: String,
    done: usize,
    asked: usize,
}

/// `GET /forms/{job}/{period}/{form}`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let named = Named::of(desk, visit)?;
    let (draft, handed) = (named.given(desk, AnswerStage::Draft)?, named.given(desk, AnswerStage::HandedIn)?);
    let at = desk.console.ledger.answers(&named.of, AnswerStage::HandedIn)?.map(|one| one.at);
    let sheet = &named.sheet;
    let rows = sheet.items.iter().zip(1..).map(|(item, number)| ItemRow {
        number,
        chapter: item.chapter.clone().filter(|_| begins_chapter(&sheet.items, number - 1)),
        label: item.label.clone(),
        done: draft.iter().filter(|one| one.item == item.id && !one.given.is_empty()).count(),
        asked: item.people.len(),
    });
    let items: Vec<ItemRow> = rows.collect();
    page::show(&OverviewPage {
        page: Page::of(visit),
        path: named.path.clone(),
        title: job_title(desk, &named.of.job, visit.locale),
        period: named.of.period.to_string(),
        team: sheet.team_called().to_owned(),
        role: sheet.role_name.get(visit.locale).to_owned(),
        done: items.iter().map(|item| item.done).sum(),
        asked: sheet.asked(),
        items,
        is_collected: sheet.is_collected,
        differs: at.is_none() || draft != handed,
        handed_in: at.map(|at| say::when(at, zone_of(desk, &named.of.job))),
        waits: desk.console.ledger.answers(&named.of, AnswerStage::Upload)?.is_some(),
    })
}

/// Whether the item before is of another chapter.
fn begins_chapter(items: &[Item], place: usize) -> bool {
    place.checked_sub(1).is_none_or(|before| items[before].chapter != items[place].chapter)
}

/// `GET /forms/{job}/{period}/{form}/workbook`: the form as a workbook, with the draft in it.
pub fn workbook(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let named = Named::of(desk, visit)?;
    let (job, period, form) = (&named.of.job, &named.of.period, &named.of.form);
    let book = desk.console.forms.workbook(job, period, form, &named.given(desk, AnswerStage::Draft)?)?;
    let plain: String =
        form.chars().map(|sign| if sign.is_ascii_alphanumeric() || sign == '-' { sign } else { '_' }).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{plain}.xlsx\"")),
    ];
    Ok((headers, book).into_response())
}
