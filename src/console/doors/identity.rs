//! Signing in at a provider of identities (OpenID Connect): there and back again, bound to one browser.

use std::sync::Arc;

use anyhow::Context;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use chrono::TimeDelta;

use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::refusal::Refusal;
use crate::console::sign_in::{self, LONGEST_NAME, local};
use crate::console::{SecureCookies, tokens};
use crate::ledger::UnderWay;

/// How long a person may take at the provider.
const LONGEST: TimeDelta = TimeDelta::minutes(10);
/// Journeys from one network address at most, of which nobody came back; an address may be an office of many people.
const MOST: u32 = 100;

/// A provider of identities.
pub trait Identity: Send + Sync {
    /// What people call it, for the button.
    fn title(&self) -> &str;

    /// Where the browser is sent for this journey, which comes back to `back`; errors when the provider cannot be reached.
    fn begin(&self, journey: &Journey, back: &str) -> anyhow::Result<String>;

    /// Who the code is for, checked against the journey.
    fn end(&self, journey: &Journey, back: &str, code: &str) -> anyhow::Result<Identified>;
}

/// What binds an answer of the provider to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey {
    /// Comes back with the code.
    pub state: String,
    /// Comes back inside the identity.
    pub nonce: String,
    /// Proves that whoever asks for the identity began the journey (PKCE).
    pub verifier: String,
}

/// Whom the provider knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identified {
    /// The name under which the console knows them.
    pub user: String,
}

/// `GET /sign-in/identity?next=…`: leads to the provider.
pub fn begin(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let provider = desk.console.doors.identity.as_ref().ok_or(Refusal::NotFound)?;
    let journey = Journey { state: tokens::fresh()?, nonce: tokens::fresh()?, verifier: tokens::fresh()? };
    let there = provider.begin(&journey, &back(desk)).context("the provider of identities cannot be used")?;
    let token = tokens::fresh()?;
    let until = desk.console.clock.now() + LONGEST;
    let address = visit.address.map(|address| address.to_string()).unwrap_or_default();
    let Journey { state, nonce, verifier } = journey;
    let under_way = UnderWay { state, nonce, verifier, next: local(visit.query.get("next")).to_owned() };
    if !desk.console.ledger.begin_journey(&tokens::hashed(&token), &under_way, (&address, MOST), until)? {
        let seconds = u32::try_from(LONGEST.num_seconds()).unwrap_or(u32::MAX);
        return Err(Refusal::TooMany(seconds));
    }
    let mut answer = Redirect::to(&there).into_response();
    answer.headers_mut().append(header::SET_COOKIE, cookie(desk, &token, LONGEST.num_seconds())?);
    Ok(answer)
}

/// `GET /sign-in/identity/back?code=…&state=…`: opens a session for whom the provider names, if we know them.
pub fn end(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let provider = desk.console.doors.identity.as_ref().ok_or(Refusal::NotFound)?;
    let token = visit.journey.as_deref().ok_or(Refusal::Forged)?;
    let found = desk.console.ledger.end_journey(&tokens::hashed(token))?;
    let UnderWay { state, nonce, verifier, next } = found.ok_or(Refusal::Forged)?;
    let journey = Journey { state, nonce, verifier };
    if !tokens::same(&journey.state, visit.query.get("state")) {
        return Err(Refusal::Forged);
    }
    // The person said no there, or the provider would not let them in.
    let Some(code) = visit.query.given("code") else { return Ok(Redirect::to("/sign-in").into_response()) };
    let who = match provider.end(&journey, &back(desk), code) {
        Ok(who) => who,
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "an identity was refused");
            desk.console.ledger.audit("provider", "sign-in-refused", "", &sign_in::from(visit))?;
            return Err(Refusal::Forged);
        }
    };
    let known = Some(&who.user).filter(|name| name.chars().count() <= LONGEST_NAME);
    let user = known.map(|name| desk.console.ledger.user(name)).transpose()?.flatten();
    let mut answer = match user.filter(|user| !user.disabled) {
        Some(user) => super::enter(desk, visit, &user, "identity", &next)?,
        None => {
            desk.console.ledger.audit("provider", "sign-in-refused", "", &sign_in::from(visit))?;
            return Err(Refusal::Unknown);
        }
    };
    answer.headers_mut().append(header::SET_COOKIE, cookie(desk, "", 0)?);
    Ok(answer)
}

/// The journey's token that came along.
pub fn presented(desk: &Desk, headers: &HeaderMap) -> Option<String> {
    CookieJar::from_headers(headers).get(cookie_name(desk)).map(|cookie| cookie.value().to_owned())
}

fn back(desk: &Desk) -> String {
    format!("{}/sign-in/identity/back", desk.console.doors.base)
}

fn cookie_name(desk: &Desk) -> &'static str {
    match desk.console.secure_cookies {
        SecureCookies::Yes => "__Host-scorepost-journey",
        SecureCookies::No => "scorepost-journey",
    }
}

/// `Lax`, because the provider's page leads back to us.
fn cookie(desk: &Desk, token: &str, seconds: i64) -> anyhow::Result<HeaderValue> {
    let secure = desk.console.secure_cookies == SecureCookies::Yes;
    let cookie =
        Cookie::build((cookie_name(desk), token)).path("/").http_only(true).same_site(SameSite::Lax).secure(secure);
    Ok(format!("{cookie}; Max-Age={seconds}").parse()?)
}
