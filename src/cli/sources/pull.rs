//! `sources pull`: sources pulled for a period, without a job.

use std::sync::Mutex;

use serde_json::{Value, json};

use crate::extract::{Count, Progress as Step};
use crate::finding::Weight;
use crate::pipeline::{self, Event, Pipeline, SourcePulled, Stage};
use crate::source::Source;
use crate::words::Locale;

use super::super::Ending;
use super::super::arguments::PullSourcesOptions;
use super::super::fault::Fault;
use super::super::printer::Printer;
use super::super::progress::Progress;
use super::super::results;

/// Pulls one source or all; one that fails does not keep the others from being pulled.
pub(super) async fn pull(
    pipeline: &Pipeline,
    options: &PullSourcesOptions,
    printer: &Printer,
) -> anyhow::Result<Ending> {
    let sources = match (&options.source, options.all) {
        (Some(id), _) => vec![super::find(pipeline, id)?],
        (None, true) => pipeline::in_order(pipeline),
        (None, false) => return Err(Fault::Usage("name a source, or give `--all`".to_owned()).into()),
    };
    let mut facts = Vec::new();
    let mut failed = 0;
    for source in sources {
        match one(pipeline, source, options, printer).await {
            Ok(pulled) => {
                tell(&pulled, pipeline.settings.locale, printer);
                facts.push(done(&pulled));
            }
            Err(error) if options.all => {
                failed += 1;
                printer.line(&format!("{}: {error:#}", source.id));
                facts.push(json!({ "source": source.id, "error": format!("{error:#}") }));
            }
            Err(error) => return Err(error),
        }
    }
    printer.document(&json!({ "sources": facts }));
    Ok(if failed > 0 { Ending::NotDone } else { Ending::Done })
}

async fn one(
    pipeline: &Pipeline,
    source: &Source,
    options: &PullSourcesOptions,
    printer: &Printer,
) -> anyhow::Result<SourcePulled> {
    let period = super::period(pipeline, source, &options.period)?;
    let progress = Progress::new(printer, pipeline.settings.locale);
    progress.take(Event::Begins(Stage::Pull));
    let counter = Mutex::new((0, 0));
    let listener = |step: Step| pipeline::tell(&counter, step, &|event| progress.take(event));
    let pulled = pipeline::pull_source(pipeline, source, period, options.refresh, &listener).await?;
    progress.take(Event::Ends(Stage::Pull));
    Ok(pulled)
}

fn tell(pulled: &SourcePulled, locale: Locale, printer: &Printer) {
    let head = match locale {
        Locale::Zh => ["接口", "页数", "其中已保留", "记录", "跳过", "搁置"],
        Locale::En => ["resource", "pages", "kept before", "records", "skipped", "set aside"],
    };
    let row = |count: &Count| {
        let skipped: u64 = count.skipped.values().sum();
        let numbers = [count.pages, count.kept, count.records, skipped, count.set_aside];
        std::iter::once(count.resource.clone()).chain(numbers.map(|number| number.to_string())).collect()
    };
    let rows: Vec<String> = pulled.rows.iter().map(|(table, rows)| format!("{table} {rows}")).collect();
    printer.line(&format!("{}: {}", pulled.source, rows.join(", ")));
    printer.table(&head, pulled.counts.iter().map(row).collect());
    for finding in &pulled.findings {
        let mark = if finding.weight == Weight::Note { "·" } else { "!" };
        let subject = finding.subject.as_deref().unwrap_or_default();
        printer.line(&format!("{mark} {subject}: {}", finding.text.get(locale)));
    }
}

fn done(pulled: &SourcePulled) -> Value {
    let count = |one: &Count| {
        json!({
            "resource": one.resource, "pages": one.pages, "kept": one.kept, "records": one.records,
            "declared": one.declared, "missing": one.missing, "skipped": one.skipped, "set_aside": one.set_aside,
        })
    };
    let rows: serde_json::Map<String, Value> =
        pulled.rows.iter().map(|(table, rows)| ((*table).to_owned(), json!(rows))).collect();
    json!({
        "source": pulled.source, "cut_off": pulled.cut_off.to_rfc3339(), "rows": rows,
        "resources": pulled.counts.iter().map(count).collect::<Vec<_>>(),
        "findings": pulled.findings.iter().map(results::finding).collect::<Vec<_>>(),
    })
}
