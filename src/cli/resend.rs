//! `resend`: tries refused letters again.

use serde_json::json;

use crate::pipeline::{self, Pipeline};
use crate::words::Locale;

use super::arguments::ResendOptions;
use super::printer::Printer;
use super::progress::Progress;
use super::{Ending, results, who};

/// Tries the failed letters of a run again, all or one agent's.
pub(super) async fn resend(pipeline: &Pipeline, options: &ResendOptions, printer: &Printer) -> anyhow::Result<Ending> {
    let progress = Progress::new(printer, pipeline.settings.locale);
    let watch = |event| progress.take(event);
    let tally = pipeline::resend(pipeline, &options.run, options.agent.as_deref(), &who(), &watch).await?;
    printer.line(&match pipeline.settings.locale {
        Locale::Zh => format!(
            "{}：本次发出 {} 封；共已发 {}，待发 {}，稍后再试 {}，失败 {}，不明 {}",
            options.run, tally.sent_now, tally.sent, tally.pending, tally.deferred, tally.failed, tally.unknown
        ),
        Locale::En => format!(
            "{}: {} sent now; {} sent in all, {} pending, {} deferred, {} failed, {} unknown",
            options.run, tally.sent_now, tally.sent, tally.pending, tally.deferred, tally.failed, tally.unknown
        ),
    });
    if let Some(reason) = &tally.stopped {
        printer.line(&format!("sending stopped: {reason}"));
    }
    printer.document(&json!({ "run": options.run, "letters": results::tally(&tally) }));
    Ok(if tally.complete() { Ending::Done } else { Ending::NotDone })
}
