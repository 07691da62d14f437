//! The release desk: the cards of a run to leaf through, what stands out first; hold one, release the rest.

mod hold;
mod order;

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::attend::Visit;
use super::desk::Desk;
use super::home::job_title;
use super::letters::{Change, changes};
use super::page::{self, Page};
use super::refusal::Refusal;
use super::rights;
use super::routes::Audience;
use super::run_rows::{CardRow, FindingRow};
use super::seen_run::SeenRun;
use super::{run_actions, say, tokens};
use crate::finding::Finding;
use crate::ledger::RunState;

pub use hold::hold;
use order::Order;

#[derive(Template)]
#[template(path = "release-desk.html", config = "src/console/askama.toml")]
struct DeskPage {
    page: Page,
    run: String,
    title: String,
    period: String,
    state: String,
    tone: &'static str,
    leaf: Option<Leaf>,
    outliers: usize,
    first_word: Option<String>,
    is_mine: bool,
    may_release: bool,
    key: String,
}

/// The card that lies open.
struct Leaf {
    row: CardRow,
    number: usize,
    count: usize,
    previous: Option<usize>,
    next: Option<usize>,
    found: Vec<FindingRow>,
    changes: Vec<Change>,
    may_hold: bool,
}

/// `GET /runs/{run}/desk?n=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (person, ledger) = (visit.person()?, &desk.console.ledger);
    let seen = open(desk, visit)?;
    let run = &seen.run;
    let order = Order::of(ledger, &seen)?;
    let (state, tone) = say::run_state(run.state);
    let waits = run.state == RunState::Ready;
    let first_word = if waits { ledger.first_release_word(&run.id)? } else { None };
    let is_mine = first_word.as_ref() == Some(&person.user.name);
    page::show_with_frame(&DeskPage {
        page: Page::of(visit),
        run: run.id.clone(),
        title: job_title(desk, &run.job, visit.locale),
        period: run.period.to_string(),
        state: state.get(visit.locale).to_owned(),
        tone: tone.class(),
        leaf: leaf(desk, visit, &seen, &order)?,
        outliers: order.outliers(),
        may_release: run_actions::may_release(&person.sight, run) && !is_mine,
        first_word,
        is_mine,
        key: tokens::fresh()?,
    })
}

/// The run that a visit names, for those who ask for runs and see any of it.
fn open(desk: &Desk, visit: &Visit) -> Result<SeenRun, Refusal> {
    let person = visit.person()?;
    if !Audience::Runners.includes(person.user.role) {
        return Err(Refusal::NotFound);
    }
    rights::open_run(&desk.console.ledger, &person.sight, visit.params.get("run"))?.ok_or(Refusal::NotFound)
}

fn leaf(desk: &Desk, visit: &Visit, seen: &SeenRun, order: &Order) -> Result<Option<Leaf>, Refusal> {
    let (person, ledger, count) = (visit.person()?, &desk.console.ledger, seen.cards());
    let number = visit.query.get("n").parse().unwrap_or(1).clamp(1, count.max(1));
    let Some(card) = order.card(ledger, seen, number - 1)? else { return Ok(None) };
    let mut mails = ledger.document_deliveries(card.id)?;
    mails.retain(|mail| person.sight.sees_delivery(mail));
    let own = |one: &&Finding| one.subject.as_ref() == Some(&card.subject);
    let waits = mails.iter().any(|mail| mail.state.waits_to_go());
    Ok(Some(Leaf {
        row: CardRow::of(&seen.run, &card, &mails),
        number,
        count,
        previous: (number > 1).then(|| number - 1),
        next: (number < count).then(|| number + 1),
        found: seen.findings.iter().filter(own).map(FindingRow::of).collect(),
        changes: changes(&card),
        may_hold: waits && run_actions::may_release(&person.sight, &seen.run),
    }))
}
