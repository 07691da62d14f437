//! One appeal.

use crate::console::CardBody;
use crate::ledger::NotAnswered;
use crate::pipeline::Pipeline;

use super::super::Ending;
use super::super::fault::Fault;
use super::super::printer::Printer;
use super::{facts, set, state};

/// Prints what is disputed, what the card says, and the answer.
pub(super) fn show(pipeline: &Pipeline, id: i64, printer: &Printer) -> anyhow::Result<Ending> {
    let found = pipeline.ledger.appeal(id)?;
    let one = found.ok_or_else(|| Fault::Usage(NotAnswered::NoSuchAppeal(id).to_string()))?;
    let locale = pipeline.settings.locale;
    printer.line(&format!("#{id} {} {} · {} {} · {}", one.job, one.period, one.agent, one.name, one.label));
    if let Some(card) = pipeline.ledger.document(one.document_id)? {
        let line = CardBody::of(&card)?.lines.into_iter().find(|line| line.id == one.line).unwrap_or_default();
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        printer.line(&format!("{} → {} · {}", or_dash(line.value), or_dash(line.points), or_dash(line.rule)));
    }
    printer.line(&format!("{}: {}", one.opened_at.format("%Y-%m-%d %H:%M"), one.reason));
    printer.line(state(one.state, locale));
    if let Some(end) = &one.answered {
        let set = end.correction.as_ref().map(|correction| format!(" · {}", set(correction))).unwrap_or_default();
        printer.line(&format!("{} {}: {}{set}", end.by, end.at.format("%Y-%m-%d %H:%M"), end.reason));
    }
    printer.document(&facts(&one));
    Ok(Ending::Done)
}
