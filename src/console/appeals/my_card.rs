//! The agent's own page of a card: its lines, what can be questioned until when, and the word of receipt.

use std::sync::Arc;

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::attend::Visit;
use super::super::cards::{Body, Line};
use super::super::desk::Desk;
use super::super::home::{job_title, zone_of};
use super::super::page::{self, Page};
use super::super::refusal::Refusal;
use super::super::say;
use super::row::{AppealRow, last_day};
use super::speaker::Speaker;
use crate::ledger::{Appeal, AppealState, LONGEST_REASON, NewAppeal, NotOpened, WantedAppeals};
use crate::words::Bilingual;

#[derive(Template)]
#[template(path = "appeals-my-card.html", config = "src/console/askama.toml")]
struct MyCardPage {
    page: Page,
    base: String,
    card: Option<String>,
    name: String,
    agent: String,
    title: String,
    period: String,
    edition: u32,
    total: String,
    grade: Option<String>,
    until: Option<String>,
    is_open: bool,
    acknowledged: Option<String>,
    lines: Vec<OwnLine>,
    longest: usize,
}

/// One line, and what was said about it.
struct OwnLine {
    line: Line,
    appeals: Vec<AppealRow>,
    /// Whether it can be questioned now.
    may_open: bool,
}

/// `GET /my/{link}` and `GET /cards/{card}/appeals`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let speaker = Speaker::of(desk, visit)?;
    page::show(&compose(desk, visit, &speaker)?)
}

/// `POST …/question`: a line that has an open appeal keeps that one, so a form sent twice opens one.
pub fn open(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let speaker = Speaker::of(desk, visit)?;
    let id = visit.form.get("line");
    let body = Body::of(&speaker.card)?;
    let line = body.lines.iter().find(|line| !line.id.is_empty() && line.id == id).ok_or(Refusal::NotFound)?;
    let new = NewAppeal {
        document_id: speaker.card.id,
        line: &line.id,
        label: &line.label,
        reason: visit.form.get("reason"),
        by: &speaker.card.subject,
        through: speaker.through,
    };
    desk.console.ledger.open_appeal(new).map_err(refused)?;
    back(&speaker)
}

/// `POST …/withdraw`
pub fn withdraw(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let speaker = Speaker::of(desk, visit)?;
    let id = visit.form.number("appeal").ok_or(Refusal::NotFound)?;
    let appeal = desk.console.ledger.appeal(id)?.filter(|one| one.document_id == speaker.card.id);
    let appeal = appeal.ok_or(Refusal::NotFound)?;
    desk.console.ledger.withdraw_appeal(appeal.id, &speaker.card.subject, speaker.through)?;
    back(&speaker)
}

/// `POST …/acknowledge`
pub fn acknowledge(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let speaker = Speaker::of(desk, visit)?;
    desk.console.ledger.acknowledge(speaker.card.id, &speaker.card.subject, speaker.through)?;
    back(&speaker)
}

fn back(speaker: &Speaker) -> Result<Response, Refusal> {
    Ok(Redirect::to(&speaker.page).into_response())
}

fn compose(desk: &Desk, visit: &Visit, speaker: &Speaker) -> Result<MyCardPage, Refusal> {
    let (ledger, card) = (&desk.console.ledger, &speaker.card);
    let zone = zone_of(desk, &card.job);
    let until = ledger.window_of(card.id)?;
    let is_open = until.is_some_and(|until| desk.console.clock.now() < until);
    let wanted = WantedAppeals {
        job: Some(card.job.clone()),
        period: Some(card.period),
        agent: Some(card.subject.clone()),
        ..WantedAppeals::default()
    };
    let mut said = ledger.appeals(&wanted)?;
    // By a link only what belongs to its card is shown.
    said.retain(|one| one.document_id == card.id);
    let lines = Body::of(card)?.lines.into_iter().map(|line| OwnLine::of(line, &said, is_open, zone));
    Ok(MyCardPage {
        page: Page::of(visit),
        base: speaker.base.clone(),
        card: (!speaker.is_linked).then(|| speaker.base.clone()),
        name: card.name.clone(),
        agent: card.subject.clone(),
        title: job_title(desk, &card.job, visit.locale),
        period: card.period.to_string(),
        edition: card.edition,
        total: card.total.as_ref().map_or_else(|| "–".to_owned(), |total| total.fixed(2)),
        grade: card.grade.clone().filter(|grade| !grade.is_empty()),
        until: until.map(|until| last_day(until, zone)),
        is_open,
        acknowledged: ledger.acknowledged_at(card.id)?.map(|at| say::when(at, zone)),
        lines: lines.collect(),
        longest: LONGEST_REASON,
    })
}

impl OwnLine {
    fn of(line: Line, said: &[Appeal], is_open: bool, zone: chrono_tz::Tz) -> Self {
        let own = said.iter().filter(|one| one.line == line.id);
        let waits = own.clone().any(|one| one.state == AppealState::Open);
        Self {
            appeals: own.map(|one| AppealRow::of(one, zone)).collect(),
            may_open: is_open && !waits && !line.id.is_empty(),
            line,
        }
    }
}

impl MyCardPage {
    /// A text that may be missing.
    fn or_dash<'a>(&self, text: &'a Option<String>) -> &'a str {
        text.as_deref().unwrap_or("–")
    }
}

fn refused(error: anyhow::Error) -> Refusal {
    match error.downcast_ref::<NotOpened>() {
        Some(NotOpened::NoReason) => Refusal::Conflict(Bilingual::new(
            format!("请写明理由（不超过 {LONGEST_REASON} 字）。"),
            format!("Say why, in at most {LONGEST_REASON} letters."),
        )),
        Some(NotOpened::NoWindow | NotOpened::TooLate(_)) => {
            Refusal::Conflict(Bilingual::new("申诉期已过。", "The days in which it could be questioned are over."))
        }
        None => Refusal::Broken(error),
    }
}
