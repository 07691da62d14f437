//! Sessions: who a cookie belongs to, for how long, with which rights now.

use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use chrono::TimeDelta;

use super::SecureCookies;
use super::desk::Desk;
use super::rights::Sight;
use super::tokens;
use crate::ledger::User;

/// A session ends after this long without a page.
const IDLE: TimeDelta = TimeDelta::minutes(30);
/// A session ends after this long in any case.
const ABSOLUTE: TimeDelta = TimeDelta::hours(12);
/// A visit is noted again only after this long, so that looking costs no write.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Somebody who signed in, as the ledger knows them at this request.
pub struct SignedIn {
    /// The user, read anew.
    pub user: User,
    /// The token of their forms.
    pub csrf: String,
    /// The hash by which their session is kept.
    pub token_hash: String,
    /// What they may see now.
    pub sight: Sight,
}

/// The hash of the session token that came along, if one did.
pub fn presented(desk: &Desk, headers: &HeaderMap) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    jar.get(cookie_name(desk)).map(|cookie| tokens::hashed(cookie.value()))
}

/// Who the session belongs to, noting that they were here; an outlived session is closed.
pub fn recognise(desk: &Desk, token_hash: &str) -> anyhow::Result<Option<SignedIn>> {
    let Some((user, session)) = desk.console.ledger.session(token_hash)? else { return Ok(None) };
    let now = desk.console.clock.now();
    if now >= session.expires_at || now - session.last_seen_at >= IDLE {
        desk.console.ledger.close_session(token_hash)?;
        return Ok(None);
    }
    if now - session.last_seen_at >= NOTED_EVERY {
        desk.console.ledger.touch_session(token_hash)?;
    }
    signed_in(desk, user, session.csrf, token_hash)
}

/// Who the session belongs to, without noting anything: a page that follows a run by itself is nobody's presence.
pub fn look(desk: &Desk, token_hash: &str) -> anyhow::Result<Option<SignedIn>> {
    let Some((user, session)) = desk.console.ledger.session(token_hash)? else { return Ok(None) };
    let now = desk.console.clock.now();
    let lives = now < session.expires_at && now - session.last_seen_at < IDLE;
    if lives { signed_in(desk, user, session.csrf, token_hash) } else { Ok(None) }
}

/// Opens a session with a new token and gives the cookie for it.
pub fn open(desk: &Desk, user: &str) -> anyhow::Result<HeaderValue> {
    let token = tokens::fresh()?;
    let expires = desk.console.clock.now() + ABSOLUTE;
    desk.console.ledger.open_session(user, &tokens::hashed(&token), &tokens::fresh()?, expires)?;
    cookie(desk, &token)
}

/// The cookie that makes a browser forget the session.
pub fn forgotten(desk: &Desk) -> anyhow::Result<HeaderValue> {
    let mut text = cookie(desk, "")?.to_str()?.to_owned();
    text.push_str("; Max-Age=0");
    Ok(text.parse()?)
}

fn signed_in(desk: &Desk, user: User, csrf: String, token_hash: &str) -> anyhow::Result<Option<SignedIn>> {
    if user.disabled {
        return Ok(None);
    }
    let sight = Sight::of(&desk.console.ledger, &user)?;
    Ok(Some(SignedIn { user, csrf, token_hash: token_hash.to_owned(), sight }))
}

fn cookie_name(desk: &Desk) -> &'static str {
    match desk.console.secure_cookies {
        SecureCookies::Yes => "__Host-scorepost",
        SecureCookies::No => "scorepost",
    }
}

/// Sent to our own pages only; `Lax` lets a link in a mail find its reader signed in.
fn cookie(desk: &Desk, token: &str) -> anyhow::Result<HeaderValue> {
    let secure = desk.console.secure_cookies == SecureCookies::Yes;
    let cookie =
        Cookie::build((cookie_name(desk), token)).path("/").http_only(true).same_site(SameSite::Lax).secure(secure);
    Ok(cookie.to_string().parse()?)
}
