//! What everybody may do about themself: another password, an end to forgotten sessions.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono_tz::Tz;

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::page::{self, Page};
use super::super::refusal::Refusal;
use super::super::{passwords, say, sessions, sign_in, throttle};
use crate::ledger::User;
use crate::words::Bilingual;

#[derive(Template)]
#[template(path = "people-own.html", config = "src/console/askama.toml")]
struct OwnPage {
    page: Page,
    has_password: bool,
    sessions: Vec<String>,
    wrong: Option<Bilingual>,
}

/// `GET /me`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    compose(desk, visit, None)
}

/// `POST /me/password`: asks for the present one, ends every session and opens a new one.
pub fn change_password(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (ledger, person) = (&desk.console.ledger, visit.person()?);
    let name = &person.user.name;
    throttle::check(desk, name, visit.address)?;
    let present = person.user.password_hash.as_deref();
    if present.is_some_and(|kept| !passwords::fits(visit.form.get("present"), kept)) {
        let address = visit.address.map(|address| address.to_string()).unwrap_or_default();
        ledger.record_failed_sign_in(name, &address)?;
        ledger.audit(name, "password-refused", name, &sign_in::from(visit))?;
        return again(desk, visit, Bilingual::new("现在的密码不正确。", "The present password is not right."));
    }
    match passwords::chosen(visit.form.get("password"), visit.form.get("again")) {
        Err(wrong) => again(desk, visit, wrong),
        Ok(hash) => {
            ledger.put_user(&User { password_hash: Some(hash), ..person.user.clone() })?;
            ledger.audit(name, "password-change", name, "")?;
            Ok(sign_in::with_cookie(sessions::open(desk, name)?, "/me"))
        }
    }
}

/// `POST /me/sessions/end`: everywhere but here.
pub fn end_others(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let name = &visit.person()?.user.name;
    desk.console.ledger.close_sessions_of(name)?;
    desk.console.ledger.audit(name, "end-sessions", name, "")?;
    Ok(sign_in::with_cookie(sessions::open(desk, name)?, "/me"))
}

fn compose(desk: &Arc<Desk>, visit: &Visit, wrong: Option<Bilingual>) -> Result<Response, Refusal> {
    let user = &visit.person()?.user;
    let zone = desk.console.jobs.first().map_or(Tz::UTC, |job| job.zone);
    let open = desk.console.ledger.sessions_of(&user.name)?;
    page::show(&OwnPage {
        page: Page::of(visit),
        has_password: user.password_hash.is_some(),
        sessions: open.iter().map(|one| say::when(one.last_seen_at, zone)).collect(),
        wrong,
    })
}

fn again(desk: &Arc<Desk>, visit: &Visit, wrong: Bilingual) -> Result<Response, Refusal> {
    let page = compose(desk, visit, Some(wrong))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
