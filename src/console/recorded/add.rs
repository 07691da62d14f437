//! Writing an event down.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::entry::{Entry, Stamp};
use super::{Named, refuse_uncollected, refused, say_again, team};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::refusal::Refusal;
use crate::console::tokens;
use crate::ledger::NotRecorded;
use crate::words::Bilingual;

/// `POST /recorded/{job}/{period}/{team_id}/add`: sent twice under one key it is one event.
pub fn add(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let named = Named::of(desk, visit)?;
    refuse_uncollected(&named)?;
    let entry = Entry::typed(&visit.form);
    let author = visit.person()?.user.name.clone();
    let Some(key) = visit.form.given("key") else { return again(desk, visit, &named, entry, say_again()) };
    let stamp = Stamp { key: tokens::hashed(&format!("event of {author}: {key}")), author };
    let event = match entry.read(&named, stamp) {
        Ok(event) => event,
        Err(wrong) => return again(desk, visit, &named, entry, wrong),
    };
    match desk.console.ledger.record_event(&event) {
        Ok(_) => {}
        Err(error) if error.downcast_ref() == Some(&NotRecorded::OtherUnderKey) => {
            return again(desk, visit, &named, entry, say_again());
        }
        Err(error) => return Err(refused(error)),
    }
    // A run brings the file itself; until then a person who looks into the folder finds it up to date.
    desk.console.records.collect(&named.job, &named.period)?;
    Ok(Redirect::to(&named.path()).into_response())
}

/// The form once more with what was typed, under a fresh key.
fn again(desk: &Desk, visit: &Visit, named: &Named, entry: Entry, wrong: Bilingual) -> Result<Response, Refusal> {
    let page = team::again(desk, visit, named, entry, wrong)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
