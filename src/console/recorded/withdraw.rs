//! Withdrawing an event.

use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};

use super::{Collection, Named, refused};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::refusal::Refusal;
use crate::ledger::Withdrawal;

/// `POST /recorded/{job}/{period}/{team_id}/withdraw` with `event` and `reason`.
pub fn withdraw(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let named = Named::of(desk, visit)?;
    let (ledger, person) = (&desk.console.ledger, visit.person()?);
    let id = visit.form.number("event").ok_or(Refusal::NotFound)?;
    let event = ledger.recorded_event(id)?.ok_or(Refusal::NotFound)?;
    if !named.has(desk, &event)? {
        return Err(Refusal::NotFound);
    }
    let word = Withdrawal { by: &person.user.name, reason: visit.form.get("reason"), team: &named.team().id };
    ledger.withdraw_event(id, word).map_err(refused)?;
    if named.sheet.collection == Collection::Works {
        desk.console.records.collect(&named.job, &named.period)?;
    }
    Ok(Redirect::to(&named.path()).into_response())
}
