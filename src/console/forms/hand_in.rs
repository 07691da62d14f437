//! Handing a form in: the draft counts as it is, and lies where the job collects forms.

use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::refusal::Refusal;
use super::Rater;
use super::named::Named;
use crate::ledger::AnswerStage;
use crate::words::Bilingual;

/// `POST /forms/{job}/{period}/{form}/hand-in`: handing in the same twice writes the same file twice.
pub fn hand_in(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let (named, person) = (Named::of(desk, visit)?, visit.person()?);
    let given = named.given(desk, AnswerStage::Draft)?;
    if given.is_empty() {
        return Err(Refusal::Conflict(Bilingual::new("还没有填写任何评分。", "Nothing is filled in yet.")));
    }
    if !named.sheet.is_collected {
        return Err(Refusal::Conflict(Bilingual::new(
            "该任务没有收表的数据源，请联系管理员添加 forms 并设置 FORMS_DIR。",
            "No source of this job collects forms; ask the operator to add `forms` and set FORMS_DIR.",
        )));
    }
    let id = person.user.staff_number.as_deref().unwrap_or(&person.user.name);
    let rater = Rater { id, name: &person.user.name };
    // The file first: a word in the ledger whose file is missing would count for nothing.
    desk.console.forms.collect(&named.of.job, &named.of.period, &named.of.form, rater, &given)?;
    desk.console.ledger.hand_in(&named.of, &given)?;
    Ok(Redirect::to(&named.path).into_response())
}
