//! Letting chosen letters of a run go; the others stay as they are.

use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::refusal::Refusal;
use super::super::{requests, run_actions};
use super::Post;
use crate::ledger::{LetterMark, NewRequest, RecipientRole, RequestKind, Terms};
use crate::words::Bilingual;

/// `POST /runs/{run}/letters/send`: asks for the release of the letters that were chosen; a form sent twice asks once.
pub fn send(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let post = Post::of(desk, visit)?;
    let run = &post.seen.run;
    if !person.sight.commands_run(run) {
        return Err(Refusal::NotFound);
    }
    if let Some(open) = requests::open_for_run(desk, RequestKind::Release, &run.id)? {
        return Ok(Redirect::to(&requests::path(open)).into_response());
    }
    if !run_actions::may_release(&person.sight, run) {
        return Err(Refusal::Conflict(run_actions::moved_on()));
    }
    let chosen = chosen(visit, &post.seen.letter_marks(&desk.console.ledger)?);
    if chosen.is_empty() {
        return Err(Refusal::Conflict(choose_one()));
    }
    let new = NewRequest {
        key: requests::key(person, RequestKind::Release, &format!("{}:{}", run.id, visit.form.get("key"))),
        kind: RequestKind::Release,
        job: run.job.clone(),
        period: run.period.to_string(),
        scope: run.scope.clone(),
        refresh: false,
        send: true,
        run_id: Some(run.id.clone()),
        requested_by: person.user.name.clone(),
    };
    let terms = Terms { scheme_version: None, letters: Some(chosen) };
    Ok(Redirect::to(&requests::path(requests::ask_on_terms(desk, visit, new, &terms)?)).into_response())
}

/// The waiting letters that the pressed button means; of a letter that does not wait, or is another's, nothing is sent.
fn chosen(visit: &Visit, marks: &[LetterMark]) -> Vec<i64> {
    let ticked: Vec<&str> = visit.form.behind("letter-").collect();
    let is_chosen = |mark: &&LetterMark| match visit.form.get("which") {
        "all" => true,
        "changed" => mark.is_issued,
        "managers" => mark.role == RecipientRole::Manager,
        "ticked" => ticked.contains(&mark.id.to_string().as_str()),
        _ => false,
    };
    marks.iter().filter(|mark| mark.waits).filter(is_chosen).map(|mark| mark.id).collect()
}

fn choose_one() -> Bilingual {
    Bilingual::new(
        "没有选中任何待发的邮件。请返回，至少选一封。",
        "No waiting letter was chosen. Go back and choose one.",
    )
}
