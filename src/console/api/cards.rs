//! Cards.

use std::sync::Arc;

use axum::response::Response;

use super::super::attend::Visit;
use super::super::cards::named;
use super::super::desk::Desk;
use super::super::refusal::Refusal;
use super::super::rights;
use super::pace::Part;
use super::shapes;
use super::{Parameter, json, shape};
use crate::ledger::CardWish;
use crate::period::Period;
use crate::words::Bilingual;

/// Only one team's.
pub(super) const TEAM: Parameter = Parameter::optional("team", "Only this team's, by its id.", shape::<String>);
/// Only one agent's.
pub(super) const AGENT: Parameter =
    Parameter::optional("agent", "Only this agent's, by staff number.", shape::<String>);
/// Only those that have this in them.
pub(super) const TEXT: Parameter =
    Parameter::optional("text", "Only those with this in the name or the staff number.", shape::<String>);

/// `GET /api/v1/cards?job=&period=`
pub(super) fn list(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let part = Part::of(visit)?;
    let only = |name: &str| visit.query.given(name).map(str::to_owned);
    let wish = CardWish {
        job: only("job").ok_or_else(job_and_period)?,
        period: visit.query.given("period").and_then(Period::parse).ok_or_else(job_and_period)?,
        team: only("team"),
        agent: only("agent"),
        text: only("text").unwrap_or_default(),
    };
    let found = rights::find_cards(&desk.console.ledger, &visit.person()?.sight, &wish, part.reach())?;
    let (cards, more) = part.cut(found);
    json(&shapes::Cards { cards: cards.into_iter().map(shapes::Card::from).collect(), more })
}

/// `GET /api/v1/cards/{card}`
pub(super) fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let card = named(desk, visit)?;
    let sight = &visit.person()?.sight;
    let editions = rights::editions(&desk.console.ledger, sight, &card.job, &card.period, &card.subject)?;
    json(&shapes::CardInFull::of(&card, editions).map_err(Refusal::broken)?)
}

fn job_and_period() -> Refusal {
    Refusal::Malformed(Bilingual::new(
        "请给出 `job` 和 `period`，例如 `?job=monthly-scorecard&period=2026-10`。",
        "Name a `job` and a `period`, such as `?job=monthly-scorecard&period=2026-10`.",
    ))
}
