//! Signing in by a link: asked for by name, mailed, good once and for a quarter of an hour.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use tokio::task::spawn_blocking;

use super::LinkLetter;
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::console::sign_in::{LONGEST_NAME, local};
use crate::console::tokens;
use crate::words::Locale;

/// How long a link works.
const LIVES: TimeDelta = TimeDelta::minutes(15);
/// The time in which asks are counted.
const COUNTED: TimeDelta = TimeDelta::minutes(15);
/// Links that one person gets in that time; later asks are answered alike and mail nothing.
const PER_PERSON: u32 = 3;
/// Asks from one address in that time; an address may be an office of many people.
const PER_ADDRESS: u32 = 40;

#[derive(Template)]
#[template(path = "link-asked.html", config = "src/console/askama.toml")]
struct AskedPage {
    page: Page,
    minutes: i64,
}

#[derive(Template)]
#[template(path = "link-open.html", config = "src/console/askama.toml")]
struct OpenPage<'a> {
    page: Page,
    token: &'a str,
    over: bool,
}

/// `POST /sign-in/link`: says the same, after the same work, whoever was named; all that depends on the person happens
/// behind the answer.
pub fn ask(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    if desk.console.doors.post.is_none() {
        return Err(Refusal::NotFound);
    }
    let name: String = visit.form.get("name").trim().chars().take(LONGEST_NAME).collect();
    let address = visit.address.map(|address| address.to_string()).unwrap_or_default();
    let since = desk.console.clock.now() - COUNTED;
    let asks = desk.console.ledger.ask_for_link(&name, &address, since)?;
    if asks.by_address > PER_ADDRESS {
        return Err(Refusal::TooMany(u32::try_from(COUNTED.num_seconds()).unwrap_or(u32::MAX)));
    }
    let (desk, next, locale) = (desk.clone(), local(visit.form.get("next")).to_owned(), visit.locale);
    spawn_blocking(move || {
        if let Err(error) = mail(&desk, &name, asks.by_name, &next, locale) {
            tracing::warn!(error = format!("{error:#}"), "a link to sign in could not be mailed");
        }
    });
    page::show(&AskedPage { page: Page::of(visit), minutes: LIVES.num_minutes() })
}

/// Mails a link to the person of that name, if there is one who may have it now.
fn mail(desk: &Desk, name: &str, asks: u32, next: &str, locale: Locale) -> anyhow::Result<()> {
    let (ledger, doors) = (&desk.console.ledger, &desk.console.doors);
    let user = ledger.user(name)?.filter(|user| !user.disabled && asks <= PER_PERSON);
    let to = ledger.address_of(name)?;
    let (Some(user), Some(to), Some(post)) = (user, to, &doors.post) else { return Ok(()) };
    let token = tokens::fresh()?;
    ledger.open_link(&user.name, &tokens::hashed(&token), next, desk.console.clock.now() + LIVES)?;
    let url = format!("{}/sign-in/link?token={token}", doors.base);
    post.send(&LinkLetter { to, name: user.name.clone(), url, locale, minutes: LIVES.num_minutes() })?;
    ledger.audit(&user.name, "sign-in-link", &user.name, "mailed")
}

/// `GET /sign-in/link?token=…`: a button, because programs that look through mails open links, and must not use it up.
pub fn form(_desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    page::show(&OpenPage { page: Page::of(visit), token: visit.query.get("token"), over: false })
}

/// `POST /sign-in/link/open`: uses the link up.
pub fn open(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    match desk.console.ledger.take_link(&tokens::hashed(visit.form.get("token")))? {
        Some((user, next)) => super::enter(desk, visit, &user, "link", &next),
        None => {
            let over = OpenPage { page: Page::of(visit), token: "", over: true };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page::show(&over)?).into_response())
        }
    }
}
