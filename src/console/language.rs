//! Which language a person reads: `?lang=`, else the cookie, else the console's own.

use axum::http::{HeaderMap, Uri, header};
use axum_extra::extract::cookie::CookieJar;

use super::fields::Fields;
use crate::words::Locale;

const COOKIE: &str = "scorepost-language";
const ONE_YEAR: u32 = 365 * 24 * 60 * 60;

/// The language asked for in the address, if it is one of ours.
pub fn asked(uri: &Uri) -> Option<Locale> {
    Locale::parse(Fields::decode(uri.query().unwrap_or("").as_bytes()).get("lang"))
}

/// The language of a visit.
pub fn of(uri: &Uri, headers: &HeaderMap, default: Locale) -> Locale {
    let kept = || CookieJar::from_headers(headers).get(COOKIE).and_then(|cookie| Locale::parse(cookie.value()));
    asked(uri).or_else(kept).unwrap_or(default)
}

/// Keeps a choice in the browser for a year; it says nothing about the person.
pub fn remember(choice: Locale, answer: &mut HeaderMap) {
    let cookie = format!("{COOKIE}={}; Path=/; Max-Age={ONE_YEAR}; HttpOnly; SameSite=Lax", choice.tag());
    if let Ok(value) = cookie.parse() {
        answer.append(header::SET_COOKIE, value);
    }
}
