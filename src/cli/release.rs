//! `release`: lets the letters of a ready run go.

use crate::pipeline::{self, Pipeline};

use super::printer::Printer;
use super::progress::Progress;
use super::{Ending, results, who};

/// Sends what is pending and prints how the run stands then.
pub(super) async fn release(pipeline: &Pipeline, run: &str, printer: &Printer) -> anyhow::Result<Ending> {
    let progress = Progress::new(printer, pipeline.settings.locale);
    let outcome = pipeline::release(pipeline, run, &who(), &|event| progress.take(event)).await?;
    results::print(pipeline, &outcome, printer)?;
    Ok(if outcome.succeeded() { Ending::Done } else { Ending::NotDone })
}
