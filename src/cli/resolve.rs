//! `resolve`: a person says what became of an unknown letter, notice or reminder.

use serde_json::json;

use crate::ledger::{Errand, Resolution};
use crate::pipeline::{self, Pipeline};

use super::arguments::{ResolveOptions, Unknown};
use super::printer::Printer;
use super::{Ending, who};

/// Records the verdict with its author and reason.
pub(super) fn resolve(pipeline: &Pipeline, options: &ResolveOptions, printer: &Printer) -> anyhow::Result<Ending> {
    pipeline::recover(pipeline)?;
    let verdict = if options.arrived { Resolution::Arrived } else { Resolution::SendAgain };
    match options.of {
        Unknown::Letter => letter(pipeline, options, verdict, printer),
        Unknown::Notice => errand(pipeline, options, Errand::Notice, verdict, printer),
        Unknown::Reminder => errand(pipeline, options, Errand::Reminder, verdict, printer),
    }
}

fn letter(
    pipeline: &Pipeline,
    options: &ResolveOptions,
    verdict: Resolution,
    printer: &Printer,
) -> anyhow::Result<Ending> {
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

fn errand(
    pipeline: &Pipeline,
    options: &ResolveOptions,
    errand: Errand,
    verdict: Resolution,
    printer: &Printer,
) -> anyhow::Result<Ending> {
    pipeline.ledger.resolve_errand(errand, options.delivery, verdict, &who(), &options.reason)?;
    let id = options.delivery;
    match verdict {
        Resolution::Arrived => printer.line(&format!("{errand} {id}: recorded as arrived")),
        Resolution::SendAgain => printer.line(&format!("{errand} {id}: goes again within a minute of `serve`")),
    }
    printer.document(&json!({ errand.word(): id, "verdict": verdict.word() }));
    Ok(Ending::Done)
}
