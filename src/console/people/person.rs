//! One person: what they are, which teams they see and why, and where they are signed in.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use chrono_tz::Tz;

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::page::{self, Page};
use super::super::refusal::Refusal;
use super::super::say;
use super::list::{RoleChoice, roles};
use crate::ledger::{Grant, Role};

#[derive(Template)]
#[template(path = "people-person.html", config = "src/console/askama.toml")]
struct PersonPage {
    page: Page,
    path: String,
    name: String,
    role: String,
    staff_number: String,
    address: String,
    disabled: bool,
    is_manager: bool,
    administered: bool,
    roles: Vec<RoleChoice>,
    led: Vec<String>,
    always: Vec<String>,
    grants: Vec<GrantRow>,
    sessions: Vec<String>,
}

/// A team that was given for a time.
struct GrantRow {
    team: String,
    from: String,
    until: String,
}

impl From<Grant> for GrantRow {
    fn from(grant: Grant) -> Self {
        let day = |day: Option<chrono::NaiveDate>| day.map_or_else(|| "…".to_owned(), |day| day.to_string());
        Self { team: grant.team, from: day(grant.from), until: day(grant.until) }
    }
}

/// `GET /people/{person}`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (ledger, person) = (&desk.console.ledger, visit.person()?);
    let user = super::named(desk, visit)?;
    let zone = desk.console.jobs.first().map_or(Tz::UTC, |job| job.zone);
    let sessions = ledger.sessions_of(&user.name)?;
    page::show(&PersonPage {
        page: Page::of(visit),
        path: super::path(&user.name),
        role: say::role(user.role).get(visit.locale).to_owned(),
        staff_number: user.staff_number.clone().unwrap_or_default(),
        address: ledger.address_of(&user.name)?.unwrap_or_default(),
        disabled: user.disabled,
        is_manager: user.role == Role::Manager,
        administered: super::administers(person, &user),
        roles: roles(|role| super::gives(person, role), user.role),
        led: ledger.led_by(&user)?.now().into_iter().collect(),
        always: user.teams.clone(),
        grants: ledger.grants_of(&user.name)?.into_iter().map(GrantRow::from).collect(),
        sessions: sessions.iter().map(|one| say::when(one.last_seen_at, zone)).collect(),
        name: user.name,
    })
}
