//! Signing in and out.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::attend::Visit;
use super::desk::Desk;
use super::page::{self, Page};
use super::refusal::Refusal;
use super::{passwords, sessions, throttle};
use crate::ledger::User;

/// Characters that a user's name has at most.
pub const LONGEST_NAME: usize = 64;

#[derive(Template)]
#[template(path = "sign-in.html", config = "src/console/askama.toml")]
struct SignInPage<'a> {
    page: Page,
    name: &'a str,
    next: &'a str,
    wrong: bool,
    nobody_yet: bool,
}

/// `GET /sign-in`
pub fn form(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let nobody_yet = desk.setup.lock().is_ok_and(|setup| setup.is_some());
    let next = local(visit.query.get("next"));
    page::show(&SignInPage { page: Page::of(visit), name: "", next, wrong: false, nobody_yet })
}

/// `POST /sign-in`: the same answer, after the same work, for a wrong password and an unknown name.
pub fn enter(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let name: String = visit.form.get("name").trim().chars().take(LONGEST_NAME).collect();
    throttle::check(desk, &name, visit.address)?;
    let known = desk.console.ledger.user(&name)?;
    if !password_fits(desk, known.as_ref(), visit.form.get("password")) {
        return refuse(desk, visit, &name);
    }
    if let Some(old) = &visit.token_hash {
        desk.console.ledger.close_session(old)?;
    }
    desk.console.ledger.clear_failed_sign_ins(&name)?;
    let cookie = sessions::open(desk, &name)?;
    desk.console.ledger.audit(&name, "sign-in", &name, &from(visit))?;
    Ok(with_cookie(cookie, local(visit.form.get("next"))))
}

/// `POST /sign-out`: the session ends here, whatever the browser keeps.
pub fn leave(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    desk.console.ledger.close_session(&person.token_hash)?;
    desk.console.ledger.audit(&person.user.name, "sign-out", &person.user.name, "")?;
    Ok(with_cookie(sessions::forgotten(desk)?, "/sign-in"))
}

/// Does the work of one password check, whoever was named.
fn password_fits(desk: &Desk, known: Option<&User>, password: &str) -> bool {
    match known.filter(|user| !user.disabled).and_then(|user| user.password_hash.as_deref()) {
        Some(kept) => passwords::fits(password, kept),
        None => {
            desk.decoy.check(password);
            false
        }
    }
}

fn refuse(desk: &Desk, visit: &Visit, name: &str) -> Result<Response, Refusal> {
    let address = visit.address.map(|address| address.to_string()).unwrap_or_default();
    desk.console.ledger.record_failed_sign_in(name, &address)?;
    desk.console.ledger.audit(name, "sign-in-refused", name, &from(visit))?;
    let next = local(visit.form.get("next"));
    let again = SignInPage { page: Page::of(visit), name, next, wrong: true, nobody_yet: false };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page::show(&again)?).into_response())
}

fn from(visit: &Visit) -> String {
    visit.address.map(|address| format!("from {address}")).unwrap_or_default()
}

fn with_cookie(cookie: HeaderValue, path: &str) -> Response {
    let mut answer = Redirect::to(path).into_response();
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    answer
}

/// The path if it is one of ours, else home: a link must not lead elsewhere by way of the sign-in.
fn local(path: &str) -> &str {
    let rest = path.strip_prefix('/');
    let ours =
        rest.is_some_and(|rest| !rest.starts_with(['/', '\\'])) && path.bytes().all(|byte| byte.is_ascii_graphic());
    if ours { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn a_link_never_leads_elsewhere() {
        assert_eq!(local("/runs/a?page=2"), "/runs/a?page=2");
        for foreign in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "runs", "/\t/evil.example"]
        {
            assert_eq!(local(foreign), "/", "{foreign:?}");
        }
    }
}
