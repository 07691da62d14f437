//! `appeals`: lines that agents dispute, and the answer.

mod answer;
mod list;
mod show;

use serde_json::{Value, json};

use crate::ledger::{Appeal, AppealState, Correction};
use crate::pipeline::Pipeline;
use crate::words::Locale;

use super::Ending;
use super::arguments::AppealsCommand;
use super::printer::Printer;

/// Lists, shows or answers appeals.
pub(super) fn appeals(pipeline: &Pipeline, command: &AppealsCommand, printer: &Printer) -> anyhow::Result<Ending> {
    match command {
        AppealsCommand::List(which) => list::list(pipeline, which, printer),
        AppealsCommand::Show { id } => show::show(pipeline, *id, printer),
        AppealsCommand::Accept(accepting) => answer::accept(pipeline, accepting, printer),
        AppealsCommand::Refuse(word) => answer::refuse(pipeline, word, printer),
    }
}

/// An appeal's state in words.
fn state(state: AppealState, locale: Locale) -> &'static str {
    let zh = match state {
        AppealState::Open => "待答复",
        AppealState::Accepted => "已采纳",
        AppealState::Refused => "未采纳",
        AppealState::Withdrawn => "已撤回",
    };
    if locale == Locale::Zh { zh } else { state.word() }
}

/// What was set, as `points 9`.
fn set(correction: &Correction) -> String {
    format!("{} {}", correction.sets, correction.amount.trimmed(6))
}

/// An appeal for a program.
fn facts(one: &Appeal) -> Value {
    let answered = one.answered.as_ref();
    let correction = answered.and_then(|end| end.correction.as_ref());
    json!({
        "id": one.id, "state": one.state.word(), "job": one.job, "period": one.period.to_string(),
        "agent": one.agent, "name": one.name, "team": one.team, "edition": one.edition,
        "line": one.line, "label": one.label, "reason": one.reason, "opened_at": one.opened_at.to_rfc3339(),
        "answered_by": answered.map(|end| &end.by), "answered_at": answered.map(|end| end.at.to_rfc3339()),
        "answer": answered.map(|end| &end.reason),
        "sets": correction.map(|one| one.sets.word()), "amount": correction.map(|one| one.amount.trimmed(6)),
    })
}
