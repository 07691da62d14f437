//! Writing an event down.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::entry::Entry;
use super::{Named, refuse_uncollected, refused, team};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::refusal::Refusal;
use crate::console::tokens;

/// `POST /recorded/{job}/{period}/{team_id}/add`: sent twice under one key it is one event.
pub fn add(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let named = Named::of(desk, visit)?;
    refuse_uncollected(&named)?;
    let author = &visit.person()?.user.name;
    let key = tokens::hashed(&format!("event of {author}: {}", visit.form.get("key")));
    let entry = Entry::typed(&visit.form);
    let event = match entry.read(&named, (key, author)) {
        Ok(event) => event,
        Err(wrong) => {
            let page = team::again(desk, visit, &named, entry, wrong)?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    desk.console.ledger.record_event(&event).map_err(refused)?;
    // After the ledger: the file is made of what that holds, and made again with the next event.
    desk.console.records.collect(&named.job, &named.period, &named.team().id)?;
    Ok(Redirect::to(&named.path()).into_response())
}
