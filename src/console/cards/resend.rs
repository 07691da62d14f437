//! The failed mails of one card, sent again.

use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::refusal::Refusal;
use super::super::requests;
use super::super::rights::Sight;
use super::super::run_actions::moved_on;
use crate::ledger::{Delivery, DeliveryState, Document, Ledger, NewRequest, RequestKind, Run, RunState, Scope};

/// The run by which this person may have the card's failed mails sent again now, if there is one.
///
/// A manager may for the team's own cards, also in a run of the whole shop; not before the run's mails went out.
pub fn resendable(ledger: &Ledger, sight: &Sight, card: &Document, mails: &[Delivery]) -> anyhow::Result<Option<Run>> {
    let waits = |mail: &Delivery| matches!(mail.state, DeliveryState::Failed | DeliveryState::ResolvedResend);
    if !sight.commands_document(card) || !mails.iter().any(waits) {
        return Ok(None);
    }
    let runs = ledger.document_runs(card.id)?;
    Ok(runs.into_iter().rev().find(|run| run.state == RunState::PartlySent))
}

/// `POST /cards/{card}/resend`
pub fn resend(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (ledger, person) = (&desk.console.ledger, visit.person()?);
    let card = super::named(desk, visit)?;
    if !person.sight.commands_document(&card) {
        return Err(Refusal::NotFound);
    }
    let mails = ledger.document_deliveries(card.id)?;
    let run = resendable(ledger, &person.sight, &card, &mails)?.ok_or_else(|| Refusal::Conflict(moved_on()))?;
    let asked = requests::ask(
        desk,
        visit,
        NewRequest {
            key: requests::key(person, RequestKind::Resend, &format!("{}:{}", card.id, visit.form.get("key"))),
            kind: RequestKind::Resend,
            job: run.job.clone(),
            period: run.period.to_string(),
            scope: Scope { team: Some(card.team.clone()), agent: Some(card.subject.clone()) },
            refresh: false,
            send: true,
            run_id: Some(run.id),
            requested_by: person.user.name.clone(),
        },
    )?;
    Ok(Redirect::to(&requests::path(asked)).into_response())
}
