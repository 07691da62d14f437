//! The first page: what waits for me, the runs, the schedule.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::appeals;
use super::attend::Visit;
use super::desk::Desk;
use super::my_teams::{self, TeamRow};
use super::page::{self, Page};
use super::proposals;
use super::refusal::Refusal;
use super::rights::{self, Sight};
use super::routes::Audience;
use super::run_rows::Progress;
use super::say;
use super::sessions::SignedIn;
use super::unknowns;
use crate::finding::Weight;
use crate::ledger::{DeliveryState, Role, Run, RunState, TeamNames, Trigger};
use crate::words::{Bilingual, Locale};

/// How many of the newest runs are shown.
const RUNS: usize = 60;

#[derive(Template)]
#[template(path = "home.html", config = "src/console/askama.toml")]
struct HomePage {
    page: Page,
    is_agent: bool,
    waiting: Vec<Waiting>,
    teams: Vec<TeamRow>,
    runs: Vec<RunRow>,
    schedule: Vec<Planned>,
}

/// Something that a person has to do.
struct Waiting {
    path: String,
    what: String,
    scope: Bilingual,
    next: Bilingual,
}

/// One line of the list of runs.
struct RunRow {
    path: String,
    title: String,
    period: String,
    scope: String,
    state: String,
    tone: &'static str,
    progress: Option<Progress>,
    asked_by: String,
    when: String,
}

/// When a job fires next.
struct Planned {
    title: String,
    cycle: String,
    next: Option<String>,
    zone: String,
    paused: Option<String>,
}

/// The names of teams, job by job.
struct Teams(BTreeMap<String, Arc<TeamNames>>);

impl Teams {
    fn of(desk: &Desk, runs: &[Run]) -> anyhow::Result<Self> {
        let jobs: BTreeSet<&String> = runs.iter().map(|run| &run.job).collect();
        let names = jobs.into_iter().map(|job| Ok((job.clone(), desk.console.ledger.team_names(job)?)));
        names.collect::<anyhow::Result<_>>().map(Self)
    }

    fn scope_of(&self, run: &Run) -> Bilingual {
        self.0.get(&run.job).map_or_else(|| say::scope(&run.scope), |names| say::scope_with_name(&run.scope, names))
    }
}

/// `GET /`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let runs = rights::newest_runs(&desk.console.ledger, &person.sight, RUNS)?;
    let teams = Teams::of(desk, &runs)?;
    let mut waiting = waiting(desk, person, visit.locale, &runs, &teams)?;
    waiting.extend(undecided(desk, person, visit.locale)?);
    waiting.extend(questioned(desk, person, visit.locale)?);
    waiting.extend(unknown(desk, person, visit.locale)?);
    let is_agent = person.user.role == Role::Agent;
    let schedule = if is_agent { Vec::new() } else { schedule(desk, visit.locale)? };
    let runs = runs.iter().map(|run| row(desk, visit.locale, run, &teams)).collect();
    let teams = my_teams::of(desk, &person.sight, visit.locale)?;
    page::show(&HomePage { page: Page::of(visit), is_agent, waiting, teams, runs, schedule })
}

/// The title of a job, or its id when it is no longer among the files.
pub fn job_title(desk: &Desk, job: &str, locale: Locale) -> String {
    desk.job(job).map_or(job, |card| card.title.get(locale)).to_owned()
}

/// The zone of a job's days, or UTC when it is no longer among the files.
pub fn zone_of(desk: &Desk, job: &str) -> chrono_tz::Tz {
    desk.job(job).map_or(chrono_tz::UTC, |card| card.zone)
}

/// Who asked for a run: a person, or the schedule.
pub fn asked_by(run: &Run, locale: Locale) -> String {
    match run.trigger {
        Trigger::AdHoc => run.requested_by.clone(),
        other => say::trigger(other).get(locale).to_owned(),
    }
}

fn row(desk: &Desk, locale: Locale, run: &Run, teams: &Teams) -> RunRow {
    let (state, tone) = say::run_state(run.state);
    RunRow {
        path: format!("/runs/{}", run.id),
        title: job_title(desk, &run.job, locale),
        period: run.period.to_string(),
        scope: teams.scope_of(run).get(locale).to_owned(),
        state: state.get(locale).to_owned(),
        tone: tone.class(),
        progress: Progress::of(run),
        asked_by: asked_by(run, locale),
        when: say::when(run.created_at, zone_of(desk, &run.job)),
    }
}

fn waiting(
    desk: &Desk,
    person: &SignedIn,
    locale: Locale,
    runs: &[Run],
    teams: &Teams,
) -> anyhow::Result<Vec<Waiting>> {
    let mut waiting = Vec::new();
    // Newest first: what a later run of the same period and scope replaced waits for nobody.
    let mut looked_at = BTreeSet::new();
    for run in runs.iter().filter(|run| person.sight.commands_run(run)) {
        if !looked_at.insert((&run.job, run.period, &run.scope)) {
            continue;
        }
        if let Some(next) = next_step(desk, person, run)? {
            waiting.push(Waiting {
                path: format!("/runs/{}", run.id),
                what: format!("{} {}", job_title(desk, &run.job, locale), run.period),
                scope: teams.scope_of(run),
                next,
            });
        }
    }
    Ok(waiting)
}

/// The proposals that wait for this person's word, if there are any.
fn undecided(desk: &Desk, person: &SignedIn, locale: Locale) -> anyhow::Result<Option<Waiting>> {
    let count = proposals::waiting_for(desk, person)?;
    Ok((count > 0).then(|| Waiting {
        path: "/proposals".to_owned(),
        what: Bilingual::new("奖惩建议", "Proposals").get(locale).to_owned(),
        scope: Bilingual::new(format!("{count} 项"), count.to_string()),
        next: Bilingual::new("逐项批准或驳回，批准前不生效", "approve or refuse each; none takes effect before"),
    }))
}

/// The appeals that wait for this person's answer, if there are any.
fn questioned(desk: &Desk, person: &SignedIn, locale: Locale) -> anyhow::Result<Option<Waiting>> {
    let count = appeals::waiting_for(desk, person)?;
    Ok((count > 0).then(|| Waiting {
        path: "/appeals".to_owned(),
        what: Bilingual::new("申诉", "Appeals").get(locale).to_owned(),
        scope: Bilingual::new(format!("{count} 项"), count.to_string()),
        next: Bilingual::new("逐项答复，采纳后自动重新计分", "answer each; what is accepted is scored again"),
    }))
}

/// The mails that may or may not have arrived, if there are any.
fn unknown(desk: &Desk, person: &SignedIn, locale: Locale) -> anyhow::Result<Option<Waiting>> {
    if !Audience::Runners.includes(person.user.role) {
        return Ok(None);
    }
    let count = unknowns::waiting(&desk.console.ledger, &person.sight)?;
    Ok((count > 0).then(|| Waiting {
        path: "/unknowns".to_owned(),
        what: Bilingual::new("下落不明的邮件", "Unknown mails").get(locale).to_owned(),
        scope: Bilingual::new(format!("{count} 封"), count.to_string()),
        next: Bilingual::new("查明是否送达，再决定是否重发", "find out whether they arrived, then decide"),
    }))
}

/// What a run waits for, if it waits for a person.
fn next_step(desk: &Desk, person: &SignedIn, run: &Run) -> anyhow::Result<Option<Bilingual>> {
    Ok(match run.state {
        RunState::Ready => Some(to_release(desk, person, run)?),
        RunState::Held => Some(why_held(desk, &person.sight, run)?),
        RunState::PartlySent => {
            let all = desk.console.ledger.count_troubled(&run.id)?;
            let count = |state| all.iter().filter(|one| one.state == state).map(|one| one.letters).sum::<usize>();
            let (unknown, failed) = (count(DeliveryState::Unknown), count(DeliveryState::Failed));
            Some(Bilingual::new(
                format!("{unknown} 封不确定是否送达，{failed} 封失败"),
                format!("mails of unknown fate: {unknown}, failed: {failed}"),
            ))
        }
        RunState::Failed if person.sight.sees_errors() => Some(Bilingual::new("运行失败：查看原因", "failed: see why")),
        _ => None,
    })
}

/// Whose word a ready run waits for, and until when.
fn to_release(desk: &Desk, person: &SignedIn, run: &Run) -> anyhow::Result<Bilingual> {
    let ledger = &desk.console.ledger;
    let what = match ledger.first_release_word(&run.id)? {
        Some(first) if first == person.user.name => {
            Bilingual::new("您已放行，等待另一人放行", "you released it; another person must release it too")
        }
        Some(first) => Bilingual::new(
            format!("{first} 已放行，等待您放行"),
            format!("released first by {first}; it goes when you release it"),
        ),
        None => Bilingual::new("文档已就绪，等待发布", "ready: look through it and send it"),
    };
    let Some(job) = desk.job(&run.job) else { return Ok(what) };
    let until = ledger.waits_since(&run.id)?.zip(job.deadline).map(|(since, after)| say::when(since + after, job.zone));
    Ok(match until {
        Some(until) => {
            Bilingual::new(format!("{}，最迟 {until}", what.zh), format!("{}; no later than {until}", what.en))
        }
        None => what,
    })
}

/// The first reason that holds a run and that this person may read, with what to do.
fn why_held(desk: &Desk, sight: &Sight, run: &Run) -> anyhow::Result<Bilingual> {
    let findings = match sight {
        Sight::Everything => desk.console.ledger.findings(&run.id)?,
        _ => rights::open_run(&desk.console.ledger, sight, &run.id)?.map(|seen| seen.findings).unwrap_or_default(),
    };
    let Some(first) = findings.into_iter().find(|one| one.weight == Weight::Hold) else {
        return Ok(Bilingual::new("已挂起：查看原因和处理办法", "held: see why, and what to do"));
    };
    let with_next = |text: &str, next: &str, mark: &str| match next {
        "" => text.to_owned(),
        next => format!("{text}{mark}{next}"),
    };
    Ok(Bilingual::new(
        format!("已挂起：{}", with_next(&first.text.zh, &first.next.zh, "；")),
        format!("held: {}", with_next(&first.text.en, &first.next.en, "; ")),
    ))
}

fn schedule(desk: &Desk, locale: Locale) -> anyhow::Result<Vec<Planned>> {
    let now = desk.console.clock.now();
    let mut planned = Vec::new();
    for card in &desk.console.jobs {
        planned.push(Planned {
            title: card.title.get(locale).to_owned(),
            cycle: say::cycle(card.cycle).get(locale).to_owned(),
            next: (card.next)(now).map(|next| say::when(next, card.zone)),
            zone: card.zone.to_string(),
            paused: desk.console.ledger.pause_of(&card.id)?.map(|pause| pause.who),
        });
    }
    Ok(planned)
}
