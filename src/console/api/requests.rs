//! Asking for plans and runs, and looking what came of it.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::Response;

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::refusal::Refusal;
use super::super::requests;
use super::shapes::{self, Asked, AskedKind, instant};
use super::{json, with_status};
use crate::ledger::{Ability, NewRequest, RequestKind, RequestState, Scope};
use crate::period::Period;
use crate::words::Bilingual;

/// `GET /api/v1/requests/{request}`
pub(super) fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    json(&told(desk, visit, visit.params.number("request"))?)
}

/// `POST /api/v1/requests`
pub(super) fn ask(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let asked: Asked = visit.ask.read()?;
    let job = desk.job(&asked.job).ok_or_else(|| no_job(&asked.job))?;
    let begun = |period: &Period| period.bounds(job.zone).0 <= desk.console.clock.now();
    let period = Period::parse_for(job.cycle, &asked.period).filter(begun).ok_or_else(|| not_begun(&asked.period))?;
    if asked.send {
        // Whoever may only ask for runs does not release them by the way.
        super::able(desk, &person.token_hash, Ability::Release)?;
    }
    if !person.sight.commands_in(&job.id, &period, asked.team.as_deref()) {
        return Err(Refusal::NotFound);
    }
    let kind = match asked.kind {
        AskedKind::Plan => RequestKind::Plan,
        AskedKind::Run => RequestKind::Run,
    };
    let new = NewRequest {
        key: requests::key(person, kind, visit.ask.key()?),
        kind,
        job: job.id.clone(),
        period: period.to_string(),
        scope: Scope { team: asked.team, agent: asked.agent },
        refresh: asked.refresh,
        send: asked.send,
        run_id: None,
        requested_by: person.user.name.clone(),
    };
    requests::check_pace(desk, person, new.scope.team.as_deref())?;
    accept(desk, visit, new)
}

/// Writes a request, or finds the one of the same key, and says where it is.
pub(super) fn accept(desk: &Arc<Desk>, visit: &Visit, new: NewRequest) -> Result<Response, Refusal> {
    let id = requests::ask(desk, visit, new.clone())?;
    let kept = desk.console.ledger.request(id)?.ok_or(Refusal::NotFound)?;
    if kept.asked() != new {
        return Err(Refusal::Unfit(Bilingual::new(
            "这个 `Idempotency-Key` 已用于另一个请求。请换一个键。",
            "This `Idempotency-Key` was used for another request; take another key.",
        )));
    }
    accepted(desk, visit, id)
}

/// 202, with where to look.
pub(super) fn accepted(desk: &Arc<Desk>, visit: &Visit, id: i64) -> Result<Response, Refusal> {
    let mut answer = with_status(StatusCode::ACCEPTED, &told(desk, visit, Some(id))?)?;
    let place = format!("/api/v1/requests/{id}").parse().map_err(Refusal::broken)?;
    answer.headers_mut().insert(header::LOCATION, place);
    Ok(answer)
}

fn told(desk: &Desk, visit: &Visit, id: Option<i64>) -> Result<shapes::Request, Refusal> {
    let request = requests::find(desk, visit, id)?;
    let tells = request.state != RequestState::Failed || visit.person()?.sight.sees_errors();
    let answer = request.answer.as_deref().filter(|_| tells);
    Ok(shapes::Request {
        id: request.id,
        kind: request.kind.word().to_owned(),
        job: request.job,
        period: request.period,
        team: request.scope.team,
        agent: request.scope.agent,
        refresh: request.refresh,
        send: request.send,
        state: request.state.word().to_owned(),
        run: request.run.or(request.run_id),
        answer: answer.map(serde_json::from_str).transpose().map_err(Refusal::broken)?,
        requested_by: request.requested_by,
        created_at: instant(request.created_at),
    })
}

fn no_job(id: &str) -> Refusal {
    Refusal::Unfit(Bilingual::new(
        format!("没有任务 `{id}`；`GET /api/v1/jobs` 列出全部任务。"),
        format!("There is no job `{id}`; `GET /api/v1/jobs` lists them."),
    ))
}

fn not_begun(text: &str) -> Refusal {
    Refusal::Unfit(Bilingual::new(
        format!("`{text}` 不是这个任务的、已经开始的考核周期。"),
        format!("`{text}` is not a period of this job that has begun."),
    ))
}
