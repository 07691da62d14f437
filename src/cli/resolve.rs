//! `resolve`: a person says what became of an unknown letter.

use serde_json::json;

use crate::ledger::Resolution;
use crate::pipeline::{self, Pipeline};

use super::arguments::ResolveOptions;
use super::printer::Printer;
use super::{Ending, who};

/// Records the verdict with its author and reason.
pub(super) fn resolve(pipeline: &Pipeline, options: &ResolveOptions, printer: &Printer) -> anyhow::Result<Ending> {
    pipeline::recover(pipeline)?;
    let verdict = if options.arrived { Resolution::Arrived } else { Resolution::SendAgain };
    pipeline.ledger.resolve_unknown(options.delivery, verdict, &who(), &options.reason)?;
    let delivery = pipeline.ledger.delivery(options.delivery)?;
    let run = delivery.map(|one| one.run_id).unwrap_or_default();
    match verdict {
        Resolution::Arrived => printer.line(&format!("#{}: recorded as arrived", options.delivery)),
        Resolution::SendAgain => {
            printer.line(&format!("#{}: will be sent again by `scorepost resend {run} --failed`", options.delivery));
        }
    }
    printer.document(&json!({ "delivery": options.delivery, "verdict": verdict.word(), "run": run }));
    Ok(Ending::Done)
}
