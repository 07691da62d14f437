//! Signing in at a provider of identities (OpenID Connect): there and back again, bound to one browser.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use chrono::{DateTime, TimeDelta, Utc};

use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::refusal::Refusal;
use crate::console::sign_in::{self, LONGEST_NAME, local};
use crate::console::{SecureCookies, tokens};

/// How long a person may take at the provider.
const LONGEST: TimeDelta = TimeDelta::minutes(10);
/// Journeys under way at most; beyond it the oldest are forgotten, so that nobody fills the memory.
const MOST: usize = 2_000;

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

/// The journeys under way, by the hash of the token in the browser's cookie.
#[derive(Default)]
pub struct Journeys(Mutex<BTreeMap<String, UnderWay>>);

/// One journey: until when it counts, what was asked, and where the person wanted to go.
type UnderWay = (DateTime<Utc>, Journey, String);

impl Journeys {
    fn begin(&self, hash: String, until: DateTime<Utc>, journey: Journey, next: String) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = until - LONGEST;
        all.retain(|_, one| one.0 > now);
        if all.len() >= MOST
            && let Some(oldest) = all.iter().min_by_key(|(_, one)| one.0).map(|(hash, _)| hash.clone())
        {
            all.remove(&oldest);
        }
        all.insert(hash, (until, journey, next));
    }

    /// Takes the journey out: an answer counts once.
    fn end(&self, hash: &str, now: DateTime<Utc>) -> Option<(Journey, String)> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(hash)?;
        (taken.0 > now).then_some((taken.1, taken.2))
    }
}

/// `GET /sign-in/identity?next=…`: leads to the provider.
pub fn begin(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let provider = desk.console.doors.identity.as_ref().ok_or(Refusal::NotFound)?;
    let journey = Journey { state: tokens::fresh()?, nonce: tokens::fresh()?, verifier: tokens::fresh()? };
    let there = provider.begin(&journey, &back(desk)).context("the provider of identities cannot be used")?;
    let token = tokens::fresh()?;
    let until = desk.console.clock.now() + LONGEST;
    desk.journeys.begin(tokens::hashed(&token), until, journey, local(visit.query.get("next")).to_owned());
    let mut answer = Redirect::to(&there).into_response();
    answer.headers_mut().append(header::SET_COOKIE, cookie(desk, &token, LONGEST.num_seconds())?);
    Ok(answer)
}

/// `GET /sign-in/identity/back?code=…&state=…`: opens a session for whom the provider names, if we know them.
pub fn end(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let provider = desk.console.doors.identity.as_ref().ok_or(Refusal::NotFound)?;
    let token = visit.journey.as_deref().ok_or(Refusal::Forged)?;
    let found = desk.journeys.end(&tokens::hashed(token), desk.console.clock.now());
    let (journey, next) = found.ok_or(Refusal::Forged)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn journey(number: usize) -> Journey {
        Journey { state: number.to_string(), nonce: String::new(), verifier: String::new() }
    }

    #[test]
    fn a_journey_ends_once_and_in_time() {
        let journeys = Journeys::default();
        let now: DateTime<Utc> = "2026-11-09T02:00:00Z".parse().expect("an instant");
        journeys.begin("a".to_owned(), now + LONGEST, journey(1), "/cards".to_owned());
        assert!(journeys.end("b", now).is_none());
        assert_eq!(journeys.end("a", now).expect("the journey").1, "/cards");
        assert!(journeys.end("a", now).is_none(), "once");
        journeys.begin("a".to_owned(), now + LONGEST, journey(1), "/".to_owned());
        assert!(journeys.end("a", now + LONGEST).is_none(), "late");
    }

    #[test]
    fn the_memory_is_bounded_and_the_newest_are_kept() {
        let journeys = Journeys::default();
        let now: DateTime<Utc> = "2026-11-09T02:00:00Z".parse().expect("an instant");
        for number in 0..MOST + 5 {
            let until = now + LONGEST + TimeDelta::milliseconds(number as i64);
            journeys.begin(number.to_string(), until, journey(number), String::new());
        }
        assert_eq!(journeys.0.lock().expect("the journeys").len(), MOST);
        assert!(journeys.end("0", now).is_none());
        assert!(journeys.end(&(MOST + 4).to_string(), now).is_some());
    }
}
