//! Everybody who may sign in, a page at a time.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::page::{self, Page};
use super::super::refusal::Refusal;
use super::super::say;
use crate::ledger::{Role, User};
use crate::words::{Bilingual, Locale};

/// People on one page.
const ON_A_PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "people-list.html", config = "src/console/askama.toml")]
struct ListPage {
    page: Page,
    text: String,
    rows: Vec<Row>,
    earlier: Option<String>,
    later: Option<String>,
    roles: Vec<RoleChoice>,
    wrong: Option<Bilingual>,
}

/// One person.
struct Row {
    path: String,
    name: String,
    role: String,
    staff_number: String,
    disabled: bool,
}

/// A role that can be given.
pub struct RoleChoice {
    /// Its word.
    pub value: &'static str,
    /// What people call it.
    pub label: Bilingual,
    /// Whether it is the present one.
    pub chosen: bool,
}

/// `GET /people?text=&page=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    compose(desk, visit, None)
}

/// The list, with what was wrong about somebody who was to be added.
pub fn compose(desk: &Arc<Desk>, visit: &Visit, wrong: Option<Bilingual>) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let text = visit.query.given("text").unwrap_or_default().to_owned();
    let number = visit.query.number("page").and_then(|number| u32::try_from(number).ok()).unwrap_or(0).min(100_000);
    let mut users = desk.console.ledger.find_users(&text, number * ON_A_PAGE, ON_A_PAGE + 1)?;
    let more = users.len() > ON_A_PAGE as usize;
    users.truncate(ON_A_PAGE as usize);
    let leads = |to: u32| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        format!("/people?{}", query.append_pair("text", &text).append_pair("page", &to.to_string()).finish())
    };
    page::show(&ListPage {
        page: Page::of(visit),
        rows: users.iter().map(|user| row(user, visit.locale)).collect(),
        earlier: number.checked_sub(1).map(leads),
        later: more.then(|| leads(number + 1)),
        roles: roles(|role| super::gives(person, role), Role::Agent),
        text,
        wrong,
    })
}

/// The roles that may be given.
pub fn roles(may: impl Fn(Role) -> bool, chosen: Role) -> Vec<RoleChoice> {
    let offered = Role::ALL.iter().copied().filter(|role| may(*role));
    offered.map(|role| RoleChoice { value: role.word(), label: say::role(role), chosen: role == chosen }).collect()
}

fn row(user: &User, locale: Locale) -> Row {
    Row {
        path: super::path(&user.name),
        name: user.name.clone(),
        role: say::role(user.role).get(locale).to_owned(),
        staff_number: user.staff_number.clone().unwrap_or_default(),
        disabled: user.disabled,
    }
}
