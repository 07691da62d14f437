//! What a person does to a run: send it, cancel it, send again what failed. All are requests to the scheduler.

use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};

use super::attend::Visit;
use super::desk::Desk;
use super::refusal::Refusal;
use super::requests;
use super::rights::{self, Sight};
use crate::ledger::{NewRequest, RequestKind, Run, RunState};
use crate::words::Bilingual;

/// Whether a person may do something to a run now.
pub type MayNow = fn(&Sight, &Run) -> bool;

/// Whether this person may send this run now: theirs, finished, unsent and not held.
pub fn may_release(sight: &Sight, run: &Run) -> bool {
    run.state == RunState::Ready && sight.commands_run(run)
}

/// Whether this person may cancel this run now: theirs, and not over.
pub fn may_cancel(sight: &Sight, run: &Run) -> bool {
    !run.state.is_over() && sight.commands_run(run)
}

/// Whether this person may have the failed mails of this run sent again now: theirs, and its mails went out.
///
/// Not before: sending again is no way around a release.
pub fn may_resend(sight: &Sight, run: &Run) -> bool {
    run.state == RunState::PartlySent && sight.commands_run(run)
}

/// `POST /runs/{run}/release`
pub fn release(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    act(desk, visit, RequestKind::Release, may_release)
}

/// `POST /runs/{run}/cancel`
pub fn cancel(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    act(desk, visit, RequestKind::Cancel, may_cancel)
}

/// `POST /runs/{run}/resend`
pub fn resend(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    act(desk, visit, RequestKind::Resend, may_resend)
}

fn act(desk: &Arc<Desk>, visit: &Visit, kind: RequestKind, may_now: MayNow) -> Result<Response, Refusal> {
    let asked = ask_for(desk, visit, kind, may_now, visit.form.get("key"))?;
    Ok(Redirect::to(&requests::path(asked)).into_response())
}

/// Asks for it, once under a key; what is already asked for is found again.
pub fn ask_for(desk: &Arc<Desk>, visit: &Visit, kind: RequestKind, may_now: MayNow, key: &str) -> Result<i64, Refusal> {
    let person = visit.person()?;
    let ledger = &desk.console.ledger;
    let seen = rights::open_run(ledger, &person.sight, visit.params.get("run"))?.ok_or(Refusal::NotFound)?;
    let run = &seen.run;
    if !person.sight.commands_run(run) {
        return Err(Refusal::NotFound);
    }
    if let Some(open) = requests::open_for_run(desk, kind, &run.id)? {
        return Ok(open);
    }
    if !may_now(&person.sight, run) {
        return Err(Refusal::Conflict(moved_on()));
    }
    let new = NewRequest {
        key: requests::key(person, kind, &format!("{}:{key}", run.id)),
        kind,
        job: run.job.clone(),
        period: run.period.to_string(),
        scope: run.scope.clone(),
        refresh: false,
        send: kind != RequestKind::Cancel,
        run_id: Some(run.id.clone()),
        requested_by: person.user.name.clone(),
    };
    requests::ask(desk, visit, new)
}

/// What is said when a page was older than the thing it showed.
pub fn moved_on() -> Bilingual {
    Bilingual::new(
        "这次运行的状态已经变化，不能再这样操作。请返回查看。",
        "This run has moved on, so that this can no longer be done. Go back and look.",
    )
}
