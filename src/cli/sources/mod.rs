//! `sources`: what data comes from where, whether it can be had, and what of it is kept.

mod check;
mod list;
mod pull;
mod status;

use chrono::Days;

use crate::diag::Diagnostic;
use crate::period::{Cycle, Period};
use crate::pipeline::Pipeline;
use crate::settings::Settings;
use crate::source::Source;

use super::arguments::SourcesCommand;
use super::fault::Fault;
use super::printer::Printer;
use super::{Ending, open_sound};

/// Carries out one of the verbs about sources.
pub(super) async fn sources(settings: Settings, command: &SourcesCommand, printer: &Printer) -> anyhow::Result<Ending> {
    match command {
        SourcesCommand::List => list::list(&settings, printer),
        SourcesCommand::Check(options) => check::check(settings, options, printer).await,
        SourcesCommand::Pull(options) => pull::pull(&open_sound(settings, printer)?, options, printer).await,
        SourcesCommand::Status(options) => status::status(&open_sound(settings, printer)?, options, printer).await,
    }
}

/// The source of an id.
fn find<'a>(pipeline: &'a Pipeline, id: &str) -> anyhow::Result<&'a Source> {
    let known = || pipeline.sources.keys().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
    let source = pipeline.sources.get(id);
    source.ok_or_else(|| Fault::Usage(format!("there is no sound source `{id}`; there are {}", known())).into())
}

/// A period as typed, on the clocks of a source: `last` is the last full month, `yesterday` the last full day.
fn period(pipeline: &Pipeline, source: &Source, text: &str) -> anyhow::Result<Period> {
    let today = pipeline.settings.clock.now().with_timezone(&source.zone).date_naive();
    let period = match text {
        "last" => Some(Period::last_before(Cycle::Month, today)),
        "yesterday" => Some(Period::containing(Cycle::Day, today - Days::new(1))),
        text => Period::parse(text),
    };
    match period {
        Some(period) if period.start <= today => Ok(period),
        Some(period) => Err(wrong(&format!("{period} has not begun"))),
        None => Err(wrong(&format!("`{text}` is not a period"))),
    }
}

fn wrong(message: &str) -> anyhow::Error {
    let hint = "write a month `2026-10`, a week `2026-W41`, a day `2026-10-05`, a quarter, `last` or `yesterday`";
    crate::diag::Diagnostics::from(Diagnostic::error(message).hint(hint)).into()
}
