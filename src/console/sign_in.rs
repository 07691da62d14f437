//! Signing in and out.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::attend::Visit;
use super::desk::Desk;
use super::page::{self, Page};
use super::passwords::{self, Decoy};
use super::refusal::Refusal;
use super::{doors, sessions, throttle};
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
    links: bool,
    provider: Option<&'a str>,
}

/// `GET /sign-in`
pub fn form(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let next = local(visit.query.get("next"));
    if let Some(user) = known_to_proxy(desk, visit)? {
        return doors::enter(desk, visit, &user, "proxy", next);
    }
    let nobody_yet = desk.setup.lock().is_ok_and(|setup| setup.is_some());
    page::show(&SignInPage { next, nobody_yet, ..SignInPage::of(desk, visit) })
}

/// Who the proxy in front of us says has signed in there, if we let them in.
fn known_to_proxy(desk: &Desk, visit: &Visit) -> anyhow::Result<Option<User>> {
    let Some(name) = &visit.proxy_user else { return Ok(None) };
    Ok(desk.console.ledger.user(name)?.filter(|user| !user.disabled))
}

impl<'a> SignInPage<'a> {
    fn of(desk: &'a Desk, visit: &'a Visit) -> Self {
        let doors = &desk.console.doors;
        Self {
            page: Page::of(visit),
            name: "",
            next: "/",
            wrong: false,
            nobody_yet: false,
            links: doors.post.is_some(),
            provider: doors.identity.as_ref().map(|provider| provider.title()),
        }
    }
}

/// `POST /sign-in`: the same answer, after the same work, for a wrong password and an unknown name.
pub fn enter(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let name: String = visit.form.get("name").trim().chars().take(LONGEST_NAME).collect();
    throttle::check(desk, &name, visit.address)?;
    let known = desk.console.ledger.user(&name)?;
    if !password_fits(&desk.decoy, known.as_ref(), visit.form.get("password")) {
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
fn password_fits(decoy: &Decoy, known: Option<&User>, password: &str) -> bool {
    match known.filter(|user| !user.disabled).and_then(|user| user.password_hash.as_deref()) {
        Some(kept) => passwords::fits(password, kept),
        None => {
            decoy.check(password);
            false
        }
    }
}

fn refuse(desk: &Desk, visit: &Visit, name: &str) -> Result<Response, Refusal> {
    let address = visit.address.map(|address| address.to_string()).unwrap_or_default();
    desk.console.ledger.record_failed_sign_in(name, &address)?;
    desk.console.ledger.audit(name, "sign-in-refused", name, &from(visit))?;
    let next = local(visit.form.get("next"));
    let again = SignInPage { name, next, wrong: true, ..SignInPage::of(desk, visit) };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page::show(&again)?).into_response())
}

/// Where a visit comes from, for the audit.
pub fn from(visit: &Visit) -> String {
    visit.address.map(|address| format!("from {address}")).unwrap_or_default()
}

/// Leads to `path` with a cookie.
pub fn with_cookie(cookie: HeaderValue, path: &str) -> Response {
    let mut answer = Redirect::to(path).into_response();
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    answer
}

/// The path if it is one of ours, else home: a link must not lead elsewhere by way of the sign-in.
pub fn local(path: &str) -> &str {
    let rest = path.strip_prefix('/');
    let ours =
        rest.is_some_and(|rest| !rest.starts_with(['/', '\\'])) && path.bytes().all(|byte| byte.is_ascii_graphic());
    if ours { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{local, password_fits};
    use crate::console::passwords::{CHECKED, Decoy, hash_password};
    use crate::ledger::{Role, User};

    /// What a wrong password costs is the same for everybody: one hash.
    #[test]
    fn every_try_does_the_work_of_one_hash() {
        let decoy = Decoy::new().expect("a decoy");
        let known = User {
            name: "lead1".to_owned(),
            role: Role::Manager,
            staff_number: None,
            teams: Vec::new(),
            disabled: false,
            password_hash: Some(hash_password("four unrelated words").expect("a hash")),
            created_at: DateTime::UNIX_EPOCH,
        };
        let disabled = User { disabled: true, ..known.clone() };
        let without = User { password_hash: None, ..known.clone() };
        for (who, password, fits) in [
            (Some(&known), "four unrelated words", true),
            (Some(&known), "another", false),
            (Some(&disabled), "four unrelated words", false),
            (Some(&without), "four unrelated words", false),
            (None, "four unrelated words", false),
        ] {
            CHECKED.set(0);
            assert_eq!(password_fits(&decoy, who, password), fits);
            assert_eq!(CHECKED.get(), 1, "{who:?}");
        }
    }

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
