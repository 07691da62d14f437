//! The schedule: every job with its last run, the next thing it does and why it does not run; paused and resumed here.

use std::sync::Arc;

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Planned, Tab, tabs};
use crate::console::attend::Visit;
use crate::console::desk::Desk;
use crate::console::page::{self, Page};
use crate::console::refusal::Refusal;
use crate::console::say;
use crate::words::{Bilingual, Locale};

/// Letters of a reason at most.
const LONGEST_REASON: usize = 500;

#[derive(Template)]
#[template(path = "operator-schedule.html", config = "src/console/askama.toml")]
struct SchedulePage {
    page: Page,
    tabs: Vec<Tab>,
    jobs: Vec<Row>,
}

/// One job.
struct Row {
    id: String,
    title: String,
    zone: String,
    has_schedule: bool,
    is_paused: bool,
    last: Option<LastRun>,
    next: Option<String>,
    why_not: Vec<String>,
}

/// The newest run of a job.
struct LastRun {
    path: String,
    period: String,
    state: String,
    tone: &'static str,
}

/// `GET /operator`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let jobs = desk.console.machine.schedule()?;
    let page = Page::of(visit);
    page::show(&SchedulePage {
        tabs: tabs(&page),
        jobs: jobs.iter().map(|job| Row::of(job, visit.locale)).collect(),
        page,
    })
}

impl Row {
    fn of(job: &Planned, locale: Locale) -> Self {
        let last = job.last.as_ref().map(|run| {
            let (state, tone) = say::run_state(run.state);
            LastRun {
                path: format!("/operator/runs/{}/log", run.id),
                period: run.period.to_string(),
                state: state.get(locale).to_owned(),
                tone: tone.class(),
            }
        });
        let next = job.next.as_ref().map(|(due, milestone)| {
            let at = say::when(*due, job.zone);
            milestone.as_ref().map_or_else(|| at.clone(), |milestone| format!("{at} · {milestone}"))
        });
        Self {
            id: job.job.clone(),
            title: job.title.get(locale).to_owned(),
            zone: job.zone.to_string(),
            has_schedule: job.has_schedule,
            is_paused: job.pause.is_some(),
            last,
            next,
            why_not: job.why_not.iter().map(|why| why.get(locale).to_owned()).collect(),
        }
    }
}

/// `POST /operator/jobs/{job}/pause`: it no longer runs on its own until somebody resumes it.
pub fn pause(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (person, ledger) = (visit.person()?, &desk.console.ledger);
    let job = desk.job(visit.params.get("job")).ok_or(Refusal::NotFound)?;
    let reason = visit.form.given("reason").filter(|reason| reason.chars().count() <= LONGEST_REASON);
    let reason = reason.ok_or_else(|| Refusal::Conflict(say_why()))?;
    // The same form sent twice.
    if ledger.pause_of(&job.id)?.is_none() {
        ledger.pause_job(&job.id, &person.user.name, reason)?;
    }
    Ok(Redirect::to("/operator").into_response())
}

/// `POST /operator/jobs/{job}/resume`: what fell due meanwhile is made up for as its file says.
pub fn resume(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (person, ledger) = (visit.person()?, &desk.console.ledger);
    let job = desk.job(visit.params.get("job")).ok_or(Refusal::NotFound)?;
    if ledger.pause_of(&job.id)?.is_some() {
        ledger.resume_job(&job.id, &person.user.name)?;
        desk.console.poke.notify_one();
    }
    Ok(Redirect::to("/operator").into_response())
}

fn say_why() -> Bilingual {
    Bilingual::new("请写明暂停的理由（不超过 500 字）。", "Say why it is paused, in at most 500 letters.")
}
