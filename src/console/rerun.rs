//! Asking for a run: first the plan with its effects, then the button.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::attend::Visit;
use super::desk::Desk;
use super::page::{self, Page};
use super::refusal::Refusal;
use super::requests;
use super::rights::Sight;
use super::sessions::SignedIn;
use super::tokens;
use super::{JobCard, SchemeVersion};
use crate::ledger::{CardSummary, CardWish, NewRequest, RequestKind, RequestState, Scope, Terms};
use crate::period::Period;
use crate::words::Bilingual;

/// How many past periods are offered.
const PERIODS: usize = 13;
/// How many people of a team are offered one by one.
const AGENTS: u32 = 200;

#[derive(Template)]
#[template(path = "rerun.html", config = "src/console/askama.toml")]
struct RerunPage {
    page: Page,
    jobs: Vec<Choice>,
    job: String,
    whole_shop: bool,
    teams: Vec<Choice>,
    periods: Vec<Choice>,
    agents: Vec<Choice>,
    named: String,
    narrowed: bool,
    versions: Vec<Choice>,
    wrong: Option<Bilingual>,
    key: String,
}

/// One thing that can be chosen.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// What a person wants run, as they chose it.
struct Wish<'a> {
    job: &'a JobCard,
    team: Option<String>,
    period: Option<Period>,
    agents: BTreeSet<String>,
    version: Option<String>,
}

/// `GET /rerun?job=&period=&team=&agent=`
pub fn form(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let first = desk.console.jobs.first();
    let job = visit.query.given("job").map_or(first, |id| desk.job(id)).ok_or(Refusal::NotFound)?;
    let team = visit.query.given("team").map(str::to_owned);
    let wish = Wish {
        job,
        team,
        period: Period::parse_for(job.cycle, visit.query.get("period")),
        agents: staff_numbers(visit.query.get("agent")).collect(),
        version: None,
    };
    page::show(&compose(desk, visit, &wish, None)?)
}

/// `POST /rerun/plan`: asks for a plan; a form sent twice asks once.
pub fn plan(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let wish = read_wish(desk, visit)?;
    let team = wish.team.as_deref();
    let theirs = wish
        .period
        .map_or_else(|| person.sight.commands(team), |period| person.sight.commands_in(&wish.job.id, &period, team));
    if !theirs {
        return Err(Refusal::NotFound);
    }
    let Some(period) = wish.period else {
        let wrong = Bilingual::new("请选择一个已经开始的考核周期。", "Choose a period that has begun.");
        let again = compose(desk, visit, &wish, Some(wrong))?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page::show(&again)?).into_response());
    };
    requests::check_pace(desk, person, wish.team.as_deref())?;
    let new = NewRequest {
        key: requests::key(person, RequestKind::Plan, visit.form.get("key")),
        kind: RequestKind::Plan,
        job: wish.job.id.clone(),
        period: period.to_string(),
        scope: Scope { team: wish.team, agent: only(&wish.agents) },
        refresh: visit.form.get("data") == "refresh",
        send: visit.form.get("mail") == "send",
        run_id: None,
        requested_by: person.user.name.clone(),
    };
    let terms = Terms { scheme_version: wish.version, letters: None };
    Ok(Redirect::to(&requests::path(requests::ask_on_terms(desk, visit, new, &terms)?)).into_response())
}

/// `POST /rerun/run`: runs exactly the plan that was shown, once.
pub fn run(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let plan = requests::find(desk, visit, visit.form.number("plan"))?;
    if plan.kind != RequestKind::Plan || plan.state != RequestState::Done {
        return Err(Refusal::NotFound);
    }
    let terms = desk.console.ledger.request_terms(plan.id)?;
    if let Some(open) = requests::open_like(desk, &plan, &terms)? {
        return Ok(Redirect::to(&requests::path(open)).into_response());
    }
    requests::check_pace(desk, person, plan.scope.team.as_deref())?;
    let new = NewRequest {
        key: tokens::hashed(&format!("run of plan {}", plan.id)),
        kind: RequestKind::Run,
        job: plan.job,
        period: plan.period,
        scope: plan.scope,
        refresh: plan.refresh,
        send: plan.send,
        run_id: None,
        requested_by: person.user.name.clone(),
    };
    Ok(Redirect::to(&requests::path(requests::ask_on_terms(desk, visit, new, &terms)?)).into_response())
}

fn read_wish<'a>(desk: &'a Desk, visit: &Visit) -> Result<Wish<'a>, Refusal> {
    let job = desk.job(visit.form.get("job")).ok_or(Refusal::NotFound)?;
    let version = visit.form.given("version").map(str::to_owned);
    if version.as_ref().is_some_and(|version| !job.versions.iter().any(|known| known.version == *version)) {
        return Err(Refusal::NotFound);
    }
    let ticked = visit.form.behind("agent-").map(str::to_owned);
    let begun = |period: &Period| period.bounds(job.zone).0 <= desk.console.clock.now();
    Ok(Wish {
        job,
        team: visit.form.given("team").map(str::to_owned),
        period: Period::parse_for(job.cycle, visit.form.get("period")).filter(begun),
        agents: ticked.chain(staff_numbers(visit.form.get("agents"))).collect(),
        version,
    })
}

fn compose(desk: &Desk, visit: &Visit, wish: &Wish, wrong: Option<Bilingual>) -> Result<RerunPage, Refusal> {
    let person = visit.person()?;
    let jobs = desk.console.jobs.iter();
    let offered = agents(desk, person, wish)?;
    Ok(RerunPage {
        page: Page::of(visit),
        jobs: jobs.map(|job| job_choice(job, visit, wish)).collect(),
        job: wish.job.id.clone(),
        whole_shop: person.sight.commands(None),
        teams: teams(desk, person, wish)?,
        periods: periods(desk, wish),
        named: wish
            .agents
            .iter()
            .filter(|id| !offered.iter().any(|one| one.value == **id))
            .cloned()
            .collect::<Vec<_>>()
            .join(", "),
        agents: offered,
        narrowed: !wish.agents.is_empty(),
        versions: versions(wish),
        wrong,
        key: tokens::fresh()?,
    })
}

/// Staff numbers as people write them, with commas or blanks between them.
fn staff_numbers(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(|sign: char| sign.is_whitespace() || ",，、;；".contains(sign));
    parts.filter(|part| !part.is_empty()).map(str::to_owned)
}

/// The scope's word for these agents.
fn only(agents: &BTreeSet<String>) -> Option<String> {
    (!agents.is_empty()).then(|| agents.iter().map(String::as_str).collect::<Vec<_>>().join(","))
}

/// The people of the team that is meant, as its newest cards name them; none while no team is.
fn agents(desk: &Desk, person: &SignedIn, wish: &Wish) -> anyhow::Result<Vec<Choice>> {
    let team = match (&wish.team, &person.sight) {
        (Some(team), sight) if sight.commands(Some(team)) => team.clone(),
        (None, Sight::Teams(led)) if led.now().len() == 1 => led.now().pop_first().unwrap_or_default(),
        _ => return Ok(Vec::new()),
    };
    let ledger = &desk.console.ledger;
    let newest = ledger.carded_periods()?.into_iter().find(|one| one.job == wish.job.id);
    let Some(newest) = newest else { return Ok(Vec::new()) };
    let of_team =
        CardWish { job: newest.job, period: newest.period, team: Some(team), agent: None, text: String::new() };
    let cards = ledger.find_cards(&of_team, AGENTS)?;
    let choice = |card: CardSummary| Choice {
        chosen: wish.agents.contains(&card.agent),
        label: format!("{} {}", card.name, card.agent),
        value: card.agent,
    };
    Ok(cards.into_iter().map(choice).collect())
}

/// The versions of the job's scheme, the newest first.
fn versions(wish: &Wish) -> Vec<Choice> {
    let choice = |one: &SchemeVersion| Choice {
        value: one.version.clone(),
        label: format!("{} ({})", one.version, one.from),
        chosen: wish.version.as_ref() == Some(&one.version),
    };
    wish.job.versions.iter().rev().map(choice).collect()
}

fn job_choice(job: &JobCard, visit: &Visit, wish: &Wish) -> Choice {
    Choice {
        value: url::form_urlencoded::byte_serialize(job.id.as_bytes()).collect(),
        label: job.title.get(visit.locale).to_owned(),
        chosen: job.id == wish.job.id,
    }
}

/// The teams that can be chosen: a manager's own, or all that the job ever made a pack for.
fn teams(desk: &Desk, person: &SignedIn, wish: &Wish) -> anyhow::Result<Vec<Choice>> {
    let mut names = Arc::unwrap_or_clone(desk.console.ledger.team_names(&wish.job.id)?);
    if let Sight::Teams(led) = &person.sight {
        let mine = led.now();
        names.retain(|id, _| mine.contains(id));
        for id in mine {
            names.entry(id.clone()).or_insert(id);
        }
    }
    let choices = names.into_iter().map(|(value, label)| {
        let chosen = wish.team.as_deref() == Some(&value);
        Choice { value, label, chosen }
    });
    Ok(choices.collect())
}

/// The present period and those before it, newest first; the last full one is chosen unless another was asked for.
fn periods(desk: &Desk, wish: &Wish) -> Vec<Choice> {
    let today = desk.console.clock.now().with_timezone(&wish.job.zone).date_naive();
    let present = Period::containing(wish.job.cycle, today);
    let chosen = wish.period.unwrap_or_else(|| present.previous());
    let mut offered: Vec<Period> =
        std::iter::successors(Some(present), |period| Some(period.previous())).take(PERIODS).collect();
    if chosen.start < present.start && !offered.contains(&chosen) {
        offered.push(chosen);
    }
    let choices = offered.into_iter().map(|period| {
        let label =
            format!("{} ({} – {})", period.name(), period.start.format("%m-%d"), period.last_day().format("%m-%d"));
        Choice { value: period.to_string(), label, chosen: period == chosen }
    });
    choices.collect()
}
