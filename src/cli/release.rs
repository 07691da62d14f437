//! `release`: lets the letters of a ready run go, or of one that a person answers for.

use anyhow::Context;
use serde_json::json;

use crate::finding::Weight;
use crate::ledger::DeliveryState;
use crate::pipeline::{self, Pipeline};
use crate::words::Locale;

use super::arguments::ReleaseOptions;
use super::printer::Printer;
use super::progress::Progress;
use super::results::View;
use super::{Ending, results, who};

/// Sends what is pending and prints how the run stands then; with `--look`, only says what would go.
pub(super) async fn release(
    pipeline: &Pipeline,
    options: &ReleaseOptions,
    printer: &Printer,
) -> anyhow::Result<Ending> {
    if options.look {
        return look(pipeline, &options.run, printer);
    }
    if let (true, Some(reason)) = (options.accept, &options.reason) {
        pipeline::accept(pipeline, &options.run, &who(), reason)?;
    }
    if !options.except.is_empty() {
        pipeline::hold_back(pipeline, &options.run, &options.except, &who())?;
    }
    let progress = Progress::new(printer, pipeline.settings.locale);
    let outcome = pipeline::release(pipeline, &options.run, &who(), &|event| progress.take(event)).await?;
    results::print(pipeline, &outcome, None, printer)?;
    Ok(if outcome.succeeded() { Ending::Done } else { Ending::NotDone })
}

/// What a release would send, with what stands out first; changes nothing.
fn look(pipeline: &Pipeline, id: &str, printer: &Printer) -> anyhow::Result<Ending> {
    let run = pipeline.ledger.run(id)?.with_context(|| format!("there is no run `{id}`"))?;
    let (documents, deliveries) = (pipeline.ledger.run_heads(id)?, pipeline.ledger.deliveries(id)?);
    let findings = pipeline.ledger.findings(id)?;
    let view = View::of(pipeline.settings.locale, &documents, &deliveries);
    printer.line(&format!("{} · {} · {}", run.id, run.scope, view.state(run.state)));
    view.findings(&findings, printer);
    let first = pipeline.ledger.first_release_word(id)?;
    view.first_word(first.as_deref(), printer);
    let waits =
        |state| matches!(state, DeliveryState::Pending | DeliveryState::Deferred | DeliveryState::ResolvedResend);
    let to_go = deliveries.iter().filter(|one| waits(one.state) && one.edition == one.latest_edition).count();
    let outliers = findings.iter().filter(|one| one.is_outlier()).count();
    let held = findings.iter().filter(|one| one.weight == Weight::HoldSubject).count();
    printer.line(&match view.locale {
        Locale::Zh => format!("将发出 {to_go} 封邮件；{outliers} 处异常，{held} 处单独挂起；未作任何改动"),
        Locale::En => {
            format!("{to_go} letters would go out; outliers: {outliers}, held singly: {held}; nothing was changed")
        }
    });
    printer.document(&json!({
        "run": id, "state": run.state.word(), "letters_to_go": to_go, "outliers": outliers, "held_singly": held,
        "first_word": first, "findings": results::ordered(&findings).into_iter().map(results::finding).collect::<Vec<_>>(),
    }));
    Ok(Ending::Done)
}
