//! `jobs list`: what runs when.

use serde_json::json;

use crate::pipeline::Pipeline;
use crate::scheduler;
use crate::words::Locale;

use super::Ending;
use super::arguments::JobsCommand;
use super::printer::Printer;
use super::results::View;

/// Prints every job with its last run and its next.
pub(super) fn jobs(pipeline: &Pipeline, command: &JobsCommand, printer: &Printer) -> anyhow::Result<Ending> {
    let JobsCommand::List = command;
    let locale = pipeline.settings.locale;
    let view = View { locale, documents: &[], deliveries: &[] };
    let mut rows = Vec::new();
    let mut facts = Vec::new();
    for job in pipeline.jobs.all() {
        let last = pipeline.ledger.runs(Some(&job.id), 1)?.into_iter().next();
        let next = scheduler::next(job, pipeline.settings.clock.now());
        rows.push(vec![
            job.id.clone(),
            job.title.get(locale).to_owned(),
            last.as_ref().map_or_else(|| "-".to_owned(), |run| format!("{} {}", run.id, view.state(run.state))),
            next.map_or_else(
                || "-".to_owned(),
                |at| at.with_timezone(&job.time_zone).format("%Y-%m-%d %H:%M %Z").to_string(),
            ),
        ]);
        facts.push(json!({
            "job": job.id, "title": job.title, "scheme": job.scheme,
            "last": last.map(|run| run.id), "next": next.map(|at| at.to_rfc3339()),
        }));
    }
    let head = match locale {
        Locale::Zh => ["任务", "名称", "上次", "下次"],
        Locale::En => ["job", "title", "last", "next"],
    };
    printer.table(&head, rows);
    printer.document(&json!(facts));
    Ok(Ending::Done)
}
