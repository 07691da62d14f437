//! A manager's answer to an appeal.

use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::proposals::say_barred;
use super::super::refusal::Refusal;
use super::{Misfit, one, path, read_correction};
use crate::job::ReleasedBy;
use crate::ledger::{Answer, Appeal, AppealState, LONGEST_REASON, NotAnswered, Ruling, Sets};
use crate::words::Bilingual;

/// `POST /appeals/{appeal}/answer`
pub fn answer(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (ledger, person) = (&desk.console.ledger, visit.person()?);
    let appeal = one::named(desk, visit)?;
    let (ruling, state) = match visit.form.get("ruling") {
        "accept" => match accepted(desk, visit, &appeal)? {
            Ok(ruling) => (ruling, AppealState::Accepted),
            Err(Misfit(wrong)) => return one::again(desk, visit, &appeal, wrong),
        },
        "refuse" => (Ruling::Refuse, AppealState::Refused),
        _ => return Err(Refusal::Conflict(say_which())),
    };
    let answer = Answer {
        ruling,
        by: &person.user.name,
        reason: visit.form.get("reason"),
        through: "console",
        send: desk.job(&appeal.job).is_some_and(|job| job.released_by == ReleasedBy::Automatic),
    };
    match ledger.answer_appeal(appeal.id, &answer) {
        Ok(_) => desk.console.poke.notify_one(),
        Err(error) => match error.downcast_ref() {
            // The same form sent twice.
            Some(NotAnswered::Over(_, before)) if *before == state => {}
            Some(NotAnswered::NoReason) => return one::again(desk, visit, &appeal, say_why()),
            Some(NotAnswered::Over(..)) => return Err(Refusal::Conflict(say_over())),
            Some(NotAnswered::Barred(_, bar)) => return Err(Refusal::Conflict(say_barred(*bar))),
            Some(NotAnswered::NoSuchAppeal(_) | NotAnswered::NoSuchPerson(_)) => return Err(Refusal::NotFound),
            None => return Err(Refusal::Broken(error)),
        },
    }
    Ok(Redirect::to(&path(appeal.id)).into_response())
}

/// What is set, or why what was typed does not fit.
fn accepted(desk: &Desk, visit: &Visit, appeal: &Appeal) -> Result<Result<Ruling, Misfit>, Refusal> {
    let card = desk.console.ledger.document(appeal.document_id)?.ok_or(Refusal::NotFound)?;
    let sets = Sets::from_word(visit.form.get("sets")).unwrap_or(Sets::Points);
    match read_correction(&card, &appeal.line, sets, visit.form.get("amount")) {
        Ok(correction) => Ok(Ok(Ruling::Accept(correction))),
        Err(error) => Ok(Err(error.downcast::<Misfit>()?)),
    }
}

fn say_why() -> Bilingual {
    Bilingual::new(
        format!("请写明理由（不超过 {LONGEST_REASON} 字），客服会看到。"),
        format!("Say why, in at most {LONGEST_REASON} letters; the agent reads it."),
    )
}

fn say_which() -> Bilingual {
    Bilingual::new("请选择“采纳”或“不采纳”。", "Say whether you accept it or refuse it.")
}

fn say_over() -> Bilingual {
    Bilingual::new("这项申诉已经结束，不能再改。请返回查看。", "This appeal has ended. Go back and look.")
}
