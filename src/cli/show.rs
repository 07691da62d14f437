//! `show`: one run with its cards, findings and letters.

use anyhow::Context;
use serde_json::json;

use crate::extract::Manifest;
use crate::finding::Finding;
use crate::ledger::{Delivery, DeliveryState, RunState};
use crate::pipeline::{Pipeline, manifest};
use crate::words::{Bilingual, Locale};

use super::Ending;
use super::differences;
use super::jobs::announcement_facts;
use super::printer::Printer;
use super::results::{self, View};
use super::runs::facts;

/// Prints the run.
pub(super) fn show(pipeline: &Pipeline, id: &str, printer: &Printer) -> anyhow::Result<Ending> {
    let run =
        pipeline.ledger.run(id)?.with_context(|| format!("there is no run `{id}`; `scorepost runs` lists them"))?;
    let documents = pipeline.ledger.run_heads(id)?;
    let deliveries = pipeline.ledger.deliveries(id)?;
    let findings = pipeline.ledger.findings(id)?;
    let waiting = pipeline.ledger.waiting_proposals(id)?;
    let view = View::of(pipeline.settings.locale, &documents, &deliveries);
    printer.line(&format!("{} · {} · {}", run.id, run.scope, view.state(run.state)));
    let reason = pipeline.ledger.reason_of(id)?;
    if let Some(reason) = &reason {
        printer.line(&format!("{}: {reason}", if view.locale == Locale::Zh { "原因" } else { "reason" }));
    }
    if let Some(error) = &run.error {
        printer.line(&format!("error: {error}"));
    }
    let first = pipeline.ledger.first_release_word(id)?.filter(|_| run.state == RunState::Ready);
    view.first_word(first.as_deref(), printer);
    let announcements = pipeline.ledger.run_announcements(id)?;
    announcements.iter().for_each(|one| printer.line(one.said.text.get(view.locale)));
    let outliers: Vec<Finding> = findings.iter().filter(|one| one.is_outlier()).cloned().collect();
    view.findings(&outliers, printer);
    view.cards(printer, usize::MAX);
    view.reports(printer);
    let others: Vec<Finding> = findings.iter().filter(|one| !one.is_outlier()).cloned().collect();
    view.findings(&others, printer);
    let manifest = manifest(pipeline, id)?;
    manifest.iter().flatten().for_each(|one| printer.line(read(one).get(view.locale)));
    view.waiting(&run, waiting.len(), printer);
    for delivery in &deliveries {
        trouble(&view, delivery, printer);
    }
    let notices = pipeline.ledger.notices(id)?;
    for one in &notices {
        let reason = one.reason.as_deref().unwrap_or_default();
        printer.line(&format!(
            "{} {} {}: {} {reason}",
            view.say("群消息", "notice"),
            one.channel,
            one.team,
            one.state.word()
        ));
    }
    let tests = pipeline.ledger.tests_of_run(id)?;
    if tests > 0 {
        printer
            .line(&format!("{}: {tests}", view.say("测试邮件（不计入已发）", "test letters, which count for nobody")));
    }
    for document in &documents {
        if let Some(hash) = &document.pdf_hash {
            printer.line(&format!(
                "{} {} {}",
                document.kind.word(),
                document.subject,
                pipeline.folders.pdf(hash).display()
            ));
        }
    }
    printer.document(&json!({
        "run": facts(&run),
        "reason": reason,
        "data": manifest,
        "findings": results::ordered(&findings).into_iter().map(results::finding).collect::<Vec<_>>(),
        "first_word": first,
        "announcements": announcements.iter().map(announcement_facts).collect::<Vec<_>>(),
        "deliveries": deliveries.iter().map(|one| json!({
            "delivery": one.id, "state": one.state.word(), "kind": one.kind.word(), "subject": one.subject,
            "recipient": one.recipient, "edition": one.edition, "message_id": one.message_id, "attempts": one.attempts,
            "reply": one.reply, "reason": one.reason,
        })).collect::<Vec<_>>(),
        "notices": notices.iter().map(|one| json!({
            "channel": one.channel, "team": one.team, "state": one.state.word(), "attempts": one.attempts,
            "reason": one.reason,
        })).collect::<Vec<_>>(),
        "test_letters": tests,
        "proposals_pending": waiting.len(),
        "documents": documents.iter().map(|one| json!({
            "kind": one.kind.word(), "subject": one.subject, "team": one.team, "edition": one.edition, "pdf": one.pdf_hash,
            "changes": differences::facts(one)["changes"],
        })).collect::<Vec<_>>(),
    }));
    Ok(Ending::Done)
}

/// What was read of a source.
pub(super) fn read(manifest: &Manifest) -> Bilingual {
    let walks = manifest.resources.iter().flat_map(|resource| &resource.walks);
    let (walks, pages) = walks.fold((0, 0), |(walks, pages), walk| (walks + 1, pages + walk.pages));
    let (begun, hash) = (manifest.begun.format("%Y-%m-%d %H:%MZ"), manifest.raw_hash.get(..12).unwrap_or_default());
    let (source, pull) = (&manifest.source, &manifest.pull);
    Bilingual::new(
        format!("数据 {source}：{pull}，{begun}，{walks} 段 {pages} 页，{hash}"),
        format!("data {source}: {pull}, {begun}, {walks} walks, {pages} pages, {hash}"),
    )
}

/// A letter that did not simply go out, with what a person can do.
fn trouble(view: &View<'_>, delivery: &Delivery, printer: &Printer) {
    let next = match delivery.state {
        DeliveryState::Unknown | DeliveryState::InDoubt => format!(
            "{} `{}` (scorepost unknowns); scorepost resolve {} --arrived|--send-again --reason …",
            view.say("请在邮件服务器日志中查找", "look in the relay's log for"),
            delivery.message_id,
            delivery.id
        ),
        DeliveryState::Failed | DeliveryState::Bounced => {
            format!("scorepost resend {} --agent {}", delivery.run_id, delivery.recipient)
        }
        DeliveryState::Deferred => view.say("稍后自动再试", "is tried again later").to_owned(),
        _ => return,
    };
    let reason = delivery.reason.as_deref().unwrap_or_default();
    printer.line(&format!("#{} {} {}: {reason} → {next}", delivery.id, delivery.recipient, delivery.state.word()));
}
