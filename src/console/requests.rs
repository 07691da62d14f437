//! Requests: what a person asked of the scheduler, and what came of it.

use std::sync::Arc;

use anyhow::Context;
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::TimeDelta;

use super::attend::Visit;
use super::desk::Desk;
use super::home::job_title;
use super::page::{self, Page};
use super::plans::{CardEffect, Plan};
use super::refusal::Refusal;
use super::rights::Sight;
use super::run_rows::Sheets;
use super::say;
use super::sessions::SignedIn;
use crate::ledger::{NewRequest, Request, RequestKind, RequestState, Terms};
use crate::period::Period;
use crate::words::{Bilingual, Locale};

/// A person may ask for this many plans and runs …
const ASKED_AT_MOST: usize = 20;
/// For one team all people together may ask for this many …
const ASKED_FOR_A_TEAM: usize = 30;
/// … within this time.
const WITHIN: TimeDelta = TimeDelta::minutes(10);
/// How many of the newest requests are looked through.
const LOOKED_THROUGH: u32 = 200;

#[derive(Template)]
#[template(path = "request.html", config = "src/console/askama.toml")]
struct RequestPage {
    page: Page,
    id: i64,
    kind: String,
    title: String,
    period: String,
    scope: String,
    waiting: bool,
    failed: bool,
    plan: Plan,
    cards: Vec<CardEffect>,
    sheets: Sheets,
    version: Option<String>,
    refresh: bool,
    send: bool,
    may_run: bool,
    change: String,
}

/// `GET /requests/{request}`: waits with the person, shows the plan, or leads on to the run.
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let request = find(desk, visit, visit.params.number("request"))?;
    if let Some(run) = run_to_show(desk, &request)? {
        return Ok(Redirect::to(&format!("/runs/{run}")).into_response());
    }
    let teams = desk.console.ledger.team_names(&request.job)?;
    let plan = told(&request, &visit.person()?.sight, visit.locale);
    let all = plan.cards.as_deref().unwrap_or_default();
    let sheets = Sheets::of(all.len(), visit.query.get("sheet"));
    let waiting = matches!(request.state, RequestState::Waiting | RequestState::Taken);
    page::show(&RequestPage {
        page: Page::of(visit),
        id: request.id,
        kind: say::request_kind(request.kind).get(visit.locale).to_owned(),
        title: job_title(desk, &request.job, visit.locale),
        period: request.period.clone(),
        scope: say::scope_with_name(&request.scope, &teams).get(visit.locale).to_owned(),
        waiting,
        failed: request.state == RequestState::Failed,
        cards: sheets.cut(all).to_vec(),
        sheets,
        version: desk.console.ledger.request_terms(request.id)?.scheme_version,
        refresh: request.refresh,
        send: request.send,
        may_run: request.kind == RequestKind::Plan && request.state == RequestState::Done,
        change: change_path(&request),
        plan,
    })
}

/// A request that this person may see: one for a team or shop that they command.
pub fn find(desk: &Desk, visit: &Visit, id: Option<i64>) -> Result<Request, Refusal> {
    let found = desk.console.ledger.request(id.ok_or(Refusal::NotFound)?)?.ok_or(Refusal::NotFound)?;
    let (sight, team) = (&visit.person()?.sight, found.scope.team.as_deref());
    let theirs = match Period::parse(&found.period) {
        Some(period) => sight.commands_in(&found.job, &period, team),
        None => sight.commands(team),
    };
    if theirs { Ok(found) } else { Err(Refusal::NotFound) }
}

/// Writes a request, notes it in the audit and wakes the scheduler; the same key finds the first request again.
pub fn ask(desk: &Desk, visit: &Visit, new: NewRequest) -> Result<i64, Refusal> {
    ask_on_terms(desk, visit, new, &Terms::default())
}

/// The same with what is asked beyond the request's own columns.
pub fn ask_on_terms(desk: &Desk, visit: &Visit, new: NewRequest, terms: &Terms) -> Result<i64, Refusal> {
    let person = visit.person()?;
    let before = newest_id(desk)?;
    let request = desk.console.ledger.ask_on_terms(&new, terms)?;
    if before.is_none_or(|before| request.id > before) {
        let action = format!("ask-{}", new.kind.word());
        let subject = new.run_id.clone().unwrap_or_else(|| format!("{}-{}", new.job, new.period));
        desk.console.ledger.audit(&person.user.name, &action, &subject, &format!("request {}", request.id))?;
        desk.console.poke.notify_one();
    }
    Ok(request.id)
}

/// The key under which a form counts once; another person's form never meets it.
pub fn key(person: &SignedIn, kind: RequestKind, form: &str) -> String {
    super::tokens::hashed(&format!("{}\n{}\n{form}", person.user.name, kind.word()))
}

/// Where a request is shown.
pub fn path(id: i64) -> String {
    format!("/requests/{id}")
}

/// The request of this kind for this run that is not yet answered.
pub fn open_for_run(desk: &Desk, kind: RequestKind, run: &str) -> anyhow::Result<Option<i64>> {
    let all = desk.console.ledger.requests(LOOKED_THROUGH)?;
    let open = all.into_iter().find(|one| {
        let unanswered = matches!(one.state, RequestState::Waiting | RequestState::Taken);
        unanswered && one.kind == kind && one.run_id.as_deref() == Some(run)
    });
    Ok(open.map(|one| one.id))
}

/// The run that somebody asked for in these very words and that is not yet answered.
pub fn open_like(desk: &Desk, plan: &Request, terms: &Terms) -> anyhow::Result<Option<i64>> {
    let ledger = &desk.console.ledger;
    for one in ledger.requests(LOOKED_THROUGH)? {
        let unanswered = matches!(one.state, RequestState::Waiting | RequestState::Taken);
        let same = (&one.job, &one.period, &one.scope, one.refresh, one.send)
            == (&plan.job, &plan.period, &plan.scope, plan.refresh, plan.send);
        if unanswered && same && one.kind == RequestKind::Run && ledger.request_terms(one.id)? == *terms {
            return Ok(Some(one.id));
        }
    }
    Ok(None)
}

/// Refuses whoever asks faster than a person would, and for a team more often than people do: every plan and run costs
/// a pull.
pub fn check_pace(desk: &Desk, person: &SignedIn, team: Option<&str>) -> Result<(), Refusal> {
    let since = desk.console.clock.now() - WITHIN;
    let mut newest = desk.console.ledger.requests(LOOKED_THROUGH)?;
    newest.retain(|one| one.created_at > since && matches!(one.kind, RequestKind::Plan | RequestKind::Run));
    let mine = newest.iter().filter(|one| one.requested_by == person.user.name).count();
    let of_team = newest.iter().filter(|one| team.is_some() && one.scope.team.as_deref() == team).count();
    let too_many = mine >= ASKED_AT_MOST || of_team >= ASKED_FOR_A_TEAM;
    if too_many { Err(Refusal::TooMany(60)) } else { Ok(()) }
}

fn newest_id(desk: &Desk) -> anyhow::Result<Option<i64>> {
    let newest = desk.console.ledger.requests(1).context("the newest request could not be read")?;
    Ok(newest.first().map(|request| request.id))
}

/// The run that says more than the request: the one that came of it, or the one that it is about once that moves or is done.
fn run_to_show(desk: &Desk, request: &Request) -> anyhow::Result<Option<String>> {
    if request.kind == RequestKind::Plan || request.run.is_some() {
        return Ok(request.run.clone());
    }
    let Some(run) = &request.run_id else { return Ok(None) };
    let shows = match request.state {
        RequestState::Done => true,
        RequestState::Taken => desk.console.ledger.run(run)?.is_some_and(|run| say::is_moving(run.state)),
        RequestState::Waiting | RequestState::Failed => false,
    };
    Ok(shows.then(|| run.clone()))
}

/// What was answered; why something failed may name anybody, so only some are told.
fn told(request: &Request, sight: &Sight, locale: Locale) -> Plan {
    if request.state == RequestState::Failed && !sight.sees_errors() {
        let ask = Bilingual::new(
            format!("请联系管理员，并告知编号 {}。", request.id),
            format!("Ask the operator, and tell them the number {}.", request.id),
        );
        return Plan { lines: vec![ask.get(locale).to_owned()], ..Plan::default() };
    }
    Plan::read(request.answer.as_deref(), locale)
}

fn change_path(asked: &Request) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("job", &asked.job).append_pair("period", &asked.period);
    if let Some(team) = &asked.scope.team {
        query.append_pair("team", team);
    }
    if let Some(agents) = &asked.scope.agent {
        query.append_pair("agent", agents);
    }
    format!("/rerun?{}", query.finish())
}
