//! `run`: one run now.

use std::fs;

use anyhow::Context;

use crate::pipeline::{self, Event, Order, Pipeline};

use super::arguments::RunOptions;
use super::plan::order;
use super::printer::Printer;
use super::progress::Progress;
use super::timings::{Passed, Timings};
use super::{Ending, results};

/// Runs the job, shows the result, and exports it where asked.
pub(super) async fn run(pipeline: &Pipeline, options: &RunOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let reason = options.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
    let order = Order { reason, ..order(pipeline, &options.order)? };
    if let Some(folder) = &options.export {
        // A bad path fails before the work, not after it.
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    }
    let progress = Progress::new(printer, pipeline.settings.locale);
    let timings = Timings::begin();
    let watch = |event: Event| {
        timings.take(&event);
        progress.take(event);
    };
    let outcome = pipeline::run(pipeline, &order, &watch).await?;
    let passed = options.timings.then(|| timings.end());
    if let Some(folder) = &options.export {
        pipeline::export(pipeline, &outcome, folder)?;
    }
    results::print(pipeline, &outcome, passed.as_ref().map(Passed::facts), printer)?;
    if let Some(passed) = &passed {
        passed.print(pipeline.settings.locale, printer);
    }
    if let Some(folder) = &options.export {
        printer.line(&format!("export: {}", folder.display()));
    }
    Ok(if outcome.succeeded() { Ending::Done } else { Ending::NotDone })
}
