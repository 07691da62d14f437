//! Holding one card of a run back, with the reason; the others may go.

use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::refusal::Refusal;
use super::super::run_actions;
use super::open;
use crate::ledger::DocumentKind;
use crate::words::Bilingual;

/// As many characters as a reason may have.
const LONGEST_REASON: usize = 500;

/// `POST /runs/{run}/hold`: keeps the letters about one card back; a form sent twice holds once.
pub fn hold(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (person, ledger) = (visit.person()?, &desk.console.ledger);
    let seen = open(desk, visit)?;
    let run = &seen.run;
    if !person.sight.commands_run(run) {
        return Err(Refusal::NotFound);
    }
    let id = visit.form.number("card").ok_or(Refusal::NotFound)?;
    let card = seen.document(ledger, id)?.filter(|one| one.kind == DocumentKind::Card).ok_or(Refusal::NotFound)?;
    let reason = visit.form.given("reason").filter(|reason| reason.chars().count() <= LONGEST_REASON);
    let reason = reason.ok_or_else(|| Refusal::Conflict(say_why()))?;
    if !run_actions::may_release(&person.sight, run) {
        return Err(Refusal::Conflict(run_actions::moved_on()));
    }
    let is_held =
        |code: &str| seen.findings.iter().any(|one| one.code == code && one.subject.as_ref() == Some(&card.subject));
    if !is_held("kept-back") {
        ledger.hold_back(&run.id, &card.subject, &person.user.name, reason)?;
    }
    let number = visit.form.number("n").unwrap_or(1);
    Ok(Redirect::to(&format!("/runs/{}/desk?n={number}", run.id)).into_response())
}

fn say_why() -> Bilingual {
    Bilingual::new("请写明暂不发送的原因。", "Say why it is held, in at most 500 characters.")
}
