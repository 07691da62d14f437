//! `show RUN --differences`: what each new edition of a run says otherwise than the one before.

use serde_json::{Value, json};

use crate::ledger::DocumentHead;
use crate::pipeline::{Pipeline, differences};
use crate::words::Locale;

use super::Ending;
use super::printer::Printer;

/// Prints the differences of every document that the run issued again.
pub(super) fn show(pipeline: &Pipeline, run: &str, printer: &Printer) -> anyhow::Result<Ending> {
    let documents = pipeline.ledger.run_heads(run)?;
    let again: Vec<&DocumentHead> = documents.iter().filter(|one| one.run_id == run && one.edition > 1).collect();
    let locale = pipeline.settings.locale;
    for document in &again {
        printer.line(&heading(document, locale));
        for change in differences(document.changed.as_deref()) {
            let what = change.what.get(locale);
            match change.before.is_empty() && change.after.is_empty() {
                true => printer.line(&format!("  {what}")),
                false => printer.line(&format!("  {what}: {} → {}", change.before, change.after)),
            }
        }
    }
    if again.is_empty() {
        printer.line(match locale {
            Locale::Zh => "本次运行没有重新签发任何文档",
            Locale::En => "this run issued no document again",
        });
    }
    printer.document(&json!({ "run": run, "documents": again.iter().map(|one| facts(one)).collect::<Vec<_>>() }));
    Ok(Ending::Done)
}

fn heading(document: &DocumentHead, locale: Locale) -> String {
    let (kind, subject, edition) = (document.kind.title(), &document.subject, document.edition);
    match locale {
        Locale::Zh => format!("{} {subject} {}：第 {} 版 → 第 {edition} 版", kind.zh, document.name, edition - 1),
        Locale::En => format!("{} {subject} {}: edition {} → {edition}", kind.en, document.name, edition - 1),
    }
}

/// One document's differences for a program.
pub(super) fn facts(document: &DocumentHead) -> Value {
    let changes = differences(document.changed.as_deref());
    json!({
        "kind": document.kind.word(), "subject": document.subject, "team": document.team, "edition": document.edition,
        "changes": changes.iter().map(|one| json!({
            "what": one.what, "before": one.before, "after": one.after,
        })).collect::<Vec<_>>(),
    })
}
