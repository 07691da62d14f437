//! Jobs and runs.

use std::sync::Arc;

use axum::response::Response;
use schemars::{Schema, SchemaGenerator, json_schema};

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::refusal::Refusal;
use super::super::rights::{self, Sight};
use super::super::seen_run::SeenRun;
use super::pace::Part;
use super::shapes::{self, instant};
use super::{Parameter, json};
use crate::ledger::{CardSummary, Delivery, Run, RunState};
use crate::words::Bilingual;

/// Only runs in one state.
pub(super) const STATE: Parameter = Parameter::optional("state", "Only runs in this state.", states);

fn states(_: &mut SchemaGenerator) -> Schema {
    let words: Vec<&str> = RunState::ALL.iter().map(|state| state.word()).collect();
    json_schema!({ "type": "string", "enum": words })
}

/// `GET /api/v1/jobs`
pub(super) fn jobs(desk: &Arc<Desk>, _visit: &Visit) -> Result<Response, Refusal> {
    let now = desk.console.clock.now();
    let jobs = desk.console.jobs.iter().map(|job| shapes::Job {
        id: job.id.clone(),
        title: (&job.title).into(),
        time_zone: job.zone.to_string(),
        next: (job.next)(now).map(instant),
    });
    json(&shapes::Jobs { jobs: jobs.collect() })
}

/// `GET /api/v1/runs?job=&period=&state=`
pub(super) fn list(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let part = Part::of(visit)?;
    let wanted = |name: &str, has: &str| visit.query.given(name).is_none_or(|wanted| wanted == has);
    if visit.query.written("state").is_some_and(|word| RunState::from_word(word).is_none()) {
        return Err(Refusal::Malformed(Bilingual::new("没有这样的运行状态。", "There is no such state of a run.")));
    }
    let fits = |run: &Run| {
        wanted("job", &run.job) && wanted("period", &run.period.to_string()) && wanted("state", run.state.word())
    };
    let sight = &visit.person()?.sight;
    let (runs, more) = part.cut(rights::newest_runs_that(&desk.console.ledger, sight, part.reach(), fits)?);
    json(&shapes::Runs { runs: runs.iter().map(shapes::Run::from).collect(), more })
}

/// `GET /api/v1/runs/{run}`
pub(super) fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let seen = named(desk, visit)?;
    let tells = visit.person()?.sight.sees_errors();
    json(&shapes::RunInFull {
        run: (&seen.run).into(),
        error: seen.run.error.clone().filter(|_| tells),
        cards: seen.cards(),
        findings: seen.findings.iter().map(shapes::Finding::from).collect(),
    })
}

/// `GET /api/v1/runs/{run}/cards`
pub(super) fn cards(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let part = Part::of(visit)?;
    let seen = named(desk, visit)?;
    let cards = seen.cards_in(&desk.console.ledger, part.range())?.into_iter();
    let more = seen.cards() > part.range().end;
    json(&shapes::Cards { cards: cards.map(|card| CardSummary::from(card).into()).collect(), more })
}

/// `GET /api/v1/runs/{run}/deliveries`
pub(super) fn deliveries(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let part = Part::of(visit)?;
    let seen = named(desk, visit)?;
    let (deliveries, more) = part.cut(letters(desk, &seen, &visit.person()?.sight, part.reach())?);
    json(&shapes::Deliveries { deliveries: deliveries.into_iter().map(shapes::Delivery::from).collect(), more })
}

/// The first letters of a run, team by team.
fn letters(desk: &Desk, seen: &SeenRun, sight: &Sight, reach: usize) -> anyhow::Result<Vec<Delivery>> {
    let mut letters = Vec::new();
    for team in seen.teams() {
        if letters.len() < reach {
            letters.extend(seen.letters_of(&desk.console.ledger, sight, team)?);
        }
    }
    Ok(letters)
}

fn named(desk: &Desk, visit: &Visit) -> Result<SeenRun, Refusal> {
    let sight = &visit.person()?.sight;
    rights::open_run(&desk.console.ledger, sight, visit.params.get("run"))?.ok_or(Refusal::NotFound)
}
