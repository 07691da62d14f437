//! Asking for a draft to be tried on past periods; the scheduler does it and leaves the result.

use std::sync::Arc;

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use super::compare::{named, value};
use super::{Tab, tabs};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::home::job_title;
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::console::{say, tokens};
use crate::ledger::{NewSimulation, RequestState, Simulation};
use crate::period::Period;
use crate::words::{Bilingual, Locale};

/// How many periods at most; each is scored twice.
const MOST_PERIODS: i64 = 12;
/// How many earlier simulations are listed.
const LISTED: u32 = 20;

#[derive(Template)]
#[template(path = "policy-simulate.html", config = "src/console/askama.toml")]
struct SimulatePage {
    page: Page,
    tabs: Vec<Tab>,
    jobs: Vec<(String, String)>,
    drafts: Vec<Choice>,
    key: String,
    earlier: Vec<Earlier>,
}

/// A version that can be tried.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// A simulation that was asked for.
struct Earlier {
    path: String,
    what: String,
    state: Bilingual,
    tone: &'static str,
    who: String,
    when: String,
}

/// `GET /policy/simulate?draft=`
pub fn form(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let registry = desk.console.policies.schemes();
    let jobs = desk.console.policies.jobs();
    let choice = |scheme: &crate::scheme::Scheme| Choice {
        value: value(scheme),
        label: format!("{} · {}", scheme.title.get(visit.locale), value(scheme)),
        chosen: value(scheme) == visit.query.get("draft"),
    };
    let page = Page::of(visit);
    page::show(&SimulatePage {
        tabs: tabs(&page),
        jobs: jobs.into_iter().map(|(job, _)| (job_title(desk, &job, visit.locale), job)).collect(),
        drafts: registry.all().iter().map(choice).collect(),
        key: tokens::fresh()?,
        earlier: desk.console.ledger.simulations(LISTED)?.iter().map(|one| Earlier::of(one, visit.locale)).collect(),
        page,
    })
}

/// `POST /policy/simulate/ask` with `job`, `draft`, `periods`, `key`.
pub fn ask(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (person, form) = (visit.person()?, &visit.form);
    let job = desk.job(form.get("job")).ok_or(Refusal::NotFound)?;
    let registry = desk.console.policies.schemes();
    let draft = named(&registry, form.get("draft")).ok_or(Refusal::NotFound)?;
    if draft.cycle != job.cycle {
        return Err(Refusal::Conflict(say_cycle()));
    }
    let count = form.number("periods").unwrap_or(6).clamp(1, MOST_PERIODS);
    let today = desk.console.clock.now().with_timezone(&job.zone).date_naive();
    let last = Period::last_before(job.cycle, today);
    let periods: Vec<String> = std::iter::successors(Some(last), |period| Some(period.previous()))
        .take(usize::try_from(count).unwrap_or(1))
        .map(|period| period.to_string())
        .collect();
    let who = &person.user.name;
    let simulation = desk.console.ledger.ask_simulation(&NewSimulation {
        key: tokens::hashed(&format!("{who}\nsimulate\n{}", form.get("key"))),
        job: job.id.clone(),
        scheme: draft.id.clone(),
        version: draft.version.clone(),
        periods: periods.join(" "),
        requested_by: who.clone(),
    })?;
    desk.console.poke.notify_one();
    Ok(Redirect::to(&path(simulation.id)).into_response())
}

/// Where a simulation is shown.
pub(super) fn path(id: i64) -> String {
    format!("/policy/simulations/{id}")
}

/// How far a simulation is, with how that looks.
pub(super) fn state(state: RequestState) -> (Bilingual, &'static str) {
    match state {
        RequestState::Waiting => (Bilingual::new("等待", "waiting"), "quiet"),
        RequestState::Taken => (Bilingual::new("正在试算", "at work"), "busy"),
        RequestState::Done => (Bilingual::new("完成", "done"), "good"),
        RequestState::Failed => (Bilingual::new("失败", "failed"), "bad"),
    }
}

impl Earlier {
    fn of(one: &Simulation, locale: Locale) -> Self {
        let (state, tone) = state(one.state);
        let asked = &one.asked;
        let count = asked.periods.split(' ').count();
        let what = match locale {
            Locale::Zh => format!("{} {}，{count} 期", asked.scheme, asked.version),
            Locale::En => format!("{} {}, {count} periods", asked.scheme, asked.version),
        };
        let when = say::when(one.created_at, chrono_tz::UTC);
        Self { path: path(one.id), what, state, tone, who: asked.requested_by.clone(), when }
    }
}

fn say_cycle() -> Bilingual {
    Bilingual::new(
        "草稿的考核周期与任务不同。请选择周期相同的任务。",
        "The draft's periods are not as long as the job's. Choose a job of the same cycle.",
    )
}
