//! `cancel`: stops a run.

use serde_json::json;

use crate::pipeline::{self, Pipeline};

use super::printer::Printer;
use super::{Ending, who};

/// Marks the run as cancelled, which its process notices at the next step, and says what had gone out.
pub(super) fn cancel(pipeline: &Pipeline, id: &str, printer: &Printer) -> anyhow::Result<Ending> {
    let gone = pipeline::cancel(pipeline, id, &who(), "")?;
    printer.line(gone.text().get(pipeline.settings.locale));
    printer.document(&json!({
        "run": id, "was": gone.was.word(), "sent": gone.sent, "unknown": gone.unknown, "letters": gone.letters,
    }));
    Ok(Ending::Done)
}
