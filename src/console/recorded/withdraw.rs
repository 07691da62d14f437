//! Withdrawing an event.

use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};

use super::{Named, refused};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::refusal::Refusal;
use crate::ledger::NewRecordedEvent;

/// `POST /recorded/{job}/{period}/{team_id}/withdraw` with `event` and `reason`.
pub fn withdraw(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let named = Named::of(desk, visit)?;
    let (ledger, person) = (&desk.console.ledger, visit.person()?);
    let event = visit.form.number("event").map(|id| ledger.recorded_event(id)).transpose()?.flatten();
    let is_here = |what: &NewRecordedEvent| {
        (&what.job, &what.period, &what.team) == (&named.job, &named.period, &named.team().id)
    };
    let event = event.filter(|event| is_here(&event.what)).ok_or(Refusal::NotFound)?;
    ledger.withdraw_event(event.id, &person.user.name, visit.form.get("reason")).map_err(refused)?;
    if named.sheet.is_collected {
        desk.console.records.collect(&named.job, &named.period, &named.team().id)?;
    }
    Ok(Redirect::to(&named.path()).into_response())
}
