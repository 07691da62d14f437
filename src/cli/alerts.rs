//! `alerts`: what the operator is told of, and whether they are reached.

use serde_json::json;

use crate::pipeline::Pipeline;
use crate::upkeep::{self, Channel};
use crate::words::Bilingual;

use super::Ending;
use super::arguments::AlertsCommand;
use super::fault::Fault;
use super::printer::Printer;

/// Lists what stands, or sends a trial.
pub(super) async fn alerts(pipeline: &Pipeline, command: &AlertsCommand, printer: &Printer) -> anyhow::Result<Ending> {
    match command {
        AlertsCommand::List => list(pipeline, printer),
        AlertsCommand::Test => test(pipeline, printer).await,
    }
}

fn list(pipeline: &Pipeline, printer: &Printer) -> anyhow::Result<Ending> {
    let open = pipeline.ledger.open_alerts()?;
    let locale = pipeline.settings.locale;
    let never = Bilingual::new("未通知", "not told");
    for alert in &open {
        let told = alert.told_at.map_or_else(|| never.get(locale).to_owned(), |at| at.to_rfc3339());
        printer.line(&format!("{} {} · {told}", alert.raised_at.to_rfc3339(), alert.cause));
    }
    if open.is_empty() {
        printer.line(Bilingual::new("没有需要处理的事", "nothing needs you").get(locale));
    }
    printer.document(&json!(
        open.iter()
            .map(|alert| json!({
                "cause": alert.cause, "kind": alert.kind, "raised_at": alert.raised_at.to_rfc3339(),
                "told_at": alert.told_at.map(|at| at.to_rfc3339()),
            }))
            .collect::<Vec<_>>()
    ));
    Ok(Ending::Done)
}

async fn test(pipeline: &Pipeline, printer: &Printer) -> anyhow::Result<Ending> {
    if !pipeline.settings.alerts.reach_somebody() {
        let how = "nobody is to be told: set `mail` or `webhook` in `[alerts]` of `scorepost.toml`";
        return Err(Fault::Usage(how.to_owned()).into());
    }
    let mut facts = Vec::new();
    let mut ending = Ending::Done;
    for told in upkeep::tell_trial(pipeline).await {
        let channel = match told.channel {
            Channel::Mail => "mail",
            Channel::Webhook => "webhook",
        };
        let error = told.result.err().map(|error| format!("{error:#}"));
        if error.is_some() {
            ending = Ending::NotDone;
        }
        printer.line(&format!("{channel}: {}", error.as_deref().unwrap_or("ok")));
        facts.push(json!({ "channel": channel, "error": error }));
    }
    printer.document(&json!(facts));
    Ok(ending)
}
