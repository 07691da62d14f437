//! The first user: a one-time link, printed by whoever starts the console, lets its holder become the operator.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};

use super::attend::Visit;
use super::desk::Desk;
use super::page::{self, Page};
use super::refusal::Refusal;
use super::sign_in::LONGEST_NAME;
use super::{passwords, tokens};
use crate::clock::Clock;
use crate::ledger::{Ledger, Role, User};
use crate::words::Bilingual;

/// How long the link lives; starting the console again makes a new one.
const LIVES: TimeDelta = TimeDelta::hours(1);

/// What the console keeps of the invitation: a hash and an end.
#[derive(Clone, Debug)]
pub struct SetupToken {
    hash: String,
    until: DateTime<Utc>,
}

/// The invitation of the first user.
#[derive(Clone, Debug)]
pub struct FirstUser {
    /// For [`Console::setup`](super::Console::setup).
    pub token: SetupToken,
    /// The path to print after the console's address, `/setup?token=…`; a secret, good once and for an hour.
    pub path: String,
}

/// An invitation if the ledger has no user, else none.
///
/// Errors when the ledger cannot be read or the machine gives no random bytes.
pub fn first_user_token(ledger: &Ledger, clock: &Clock) -> anyhow::Result<Option<FirstUser>> {
    if !ledger.users()?.is_empty() {
        return Ok(None);
    }
    let plain = tokens::fresh()?;
    let token = SetupToken { hash: tokens::hashed(&plain), until: clock.now() + LIVES };
    Ok(Some(FirstUser { token, path: format!("/setup?token={plain}") }))
}

#[derive(Template)]
#[template(path = "setup.html", config = "src/console/askama.toml")]
struct SetupPage<'a> {
    page: Page,
    token: &'a str,
    name: &'a str,
    wrong: Option<Bilingual>,
}

/// `GET /setup?token=…`; without the right token there is nothing here.
pub fn form(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let token = visit.query.get("token");
    let setup = desk.setup.lock().map_err(|_| poisoned())?;
    check(desk, setup.as_ref(), token)?;
    page::show(&SetupPage { page: Page::of(visit), token, name: "", wrong: None })
}

/// `POST /setup`: makes the operator and uses the invitation up.
pub fn create(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    // Held to the end: of two forms with the same token one finds it used.
    let mut setup = desk.setup.lock().map_err(|_| poisoned())?;
    let token = visit.form.get("token");
    check(desk, setup.as_ref(), token)?;
    let name = visit.form.get("name").trim();
    match new_operator(desk, visit, name)? {
        Err(wrong) => {
            let again = SetupPage { page: Page::of(visit), token, name, wrong: Some(wrong) };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page::show(&again)?).into_response())
        }
        Ok(operator) => {
            desk.console.ledger.put_user(&operator)?;
            desk.console.ledger.audit(name, "set-up", name, "first operator")?;
            *setup = None;
            Ok(Redirect::to("/sign-in").into_response())
        }
    }
}

fn check(desk: &Desk, setup: Option<&SetupToken>, token: &str) -> Result<(), Refusal> {
    let now = desk.console.clock.now();
    let open = setup.is_some_and(|setup| now < setup.until && tokens::same(&setup.hash, &tokens::hashed(token)));
    if open && desk.console.ledger.users()?.is_empty() { Ok(()) } else { Err(Refusal::NotFound) }
}

fn new_operator(desk: &Desk, visit: &Visit, name: &str) -> anyhow::Result<Result<User, Bilingual>> {
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Ok(Err(Bilingual::new("请填写用户名，最多 64 个字。", "Give a name of at most 64 characters.")));
    }
    let hash = match passwords::chosen(visit.form.get("password"), visit.form.get("again")) {
        Ok(hash) => hash,
        Err(wrong) => return Ok(Err(wrong)),
    };
    Ok(Ok(User {
        name: name.to_owned(),
        role: Role::Operator,
        staff_number: None,
        teams: Vec::new(),
        disabled: false,
        password_hash: Some(hash),
        created_at: desk.console.clock.now(),
    }))
}

fn poisoned() -> Refusal {
    Refusal::Broken(anyhow::anyhow!("an earlier set-up broke in the middle; start the console again"))
}
