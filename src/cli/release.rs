//! `release`: lets the letters of a ready run go, or of one that a person answers for.

use crate::pipeline::{self, Pipeline};

use super::arguments::ReleaseOptions;
use super::printer::Printer;
use super::progress::Progress;
use super::{Ending, results, who};

/// Sends what is pending and prints how the run stands then.
pub(super) async fn release(
    pipeline: &Pipeline,
    options: &ReleaseOptions,
    printer: &Printer,
) -> anyhow::Result<Ending> {
    if let (true, Some(reason)) = (options.accept, &options.reason) {
        pipeline::accept(pipeline, &options.run, &who(), reason)?;
    }
    let progress = Progress::new(printer, pipeline.settings.locale);
    let outcome = pipeline::release(pipeline, &options.run, &who(), &|event| progress.take(event)).await?;
    results::print(pipeline, &outcome, printer)?;
    Ok(if outcome.succeeded() { Ending::Done } else { Ending::NotDone })
}
