//! `cancel`: stops a run.

use anyhow::Context;
use serde_json::json;

use crate::ledger::{DeliveryState, RunState};
use crate::pipeline::Pipeline;
use crate::words::Locale;

use super::printer::Printer;
use super::{Ending, who};

/// Marks the run as cancelled, which its process notices at the next step, and says what had gone out.
pub(super) fn cancel(pipeline: &Pipeline, id: &str, printer: &Printer) -> anyhow::Result<Ending> {
    let run =
        pipeline.ledger.run(id)?.with_context(|| format!("there is no run `{id}`; `scorepost runs` lists them"))?;
    anyhow::ensure!(!run.state.is_over(), "run `{id}` is over ({}), so there is nothing to cancel", run.state.word());
    let who = who();
    pipeline.ledger.finish_run(id, RunState::Cancelled, Some(&format!("cancelled by {who}")))?;
    pipeline.ledger.audit(&who, "cancel", id, "")?;
    let deliveries = pipeline.ledger.deliveries(id)?;
    let count = |wanted: &[DeliveryState]| deliveries.iter().filter(|one| wanted.contains(&one.state)).count();
    let sent = count(&[DeliveryState::Sent, DeliveryState::ResolvedSent]);
    let unknown = count(&[DeliveryState::Unknown, DeliveryState::InDoubt]);
    printer.line(&match pipeline.settings.locale {
        Locale::Zh => format!("{id}：已取消；{} 封邮件中已有 {sent} 封发出，{unknown} 封不明", deliveries.len()),
        Locale::En => {
            format!("{id}: cancelled; {sent} of {} letters had gone out, {unknown} are unknown", deliveries.len())
        }
    });
    printer.document(&json!({ "run": id, "sent": sent, "unknown": unknown, "letters": deliveries.len() }));
    Ok(Ending::Done)
}
