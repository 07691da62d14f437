//! `unknowns`: every letter, notice and reminder of which nobody knows whether it arrived, and how to find out.

use serde_json::json;

use crate::ledger::{Delivery, Errand, UnknownErrand};
use crate::pipeline::{self, Pipeline};
use crate::words::Locale;

use super::Ending;
use super::printer::Printer;

/// Lists them over all runs, the oldest first.
pub(super) fn unknowns(pipeline: &Pipeline, printer: &Printer) -> anyhow::Result<Ending> {
    pipeline::recover(pipeline)?;
    let unknown = pipeline.ledger.unknown_deliveries()?;
    let errands = pipeline.ledger.unknown_errands()?;
    let locale = pipeline.settings.locale;
    if unknown.is_empty() && errands.is_empty() {
        printer.line(match locale {
            Locale::Zh => "没有下落不明的邮件",
            Locale::En => "no letter is unknown",
        });
    }
    for delivery in &unknown {
        describe(delivery, locale).iter().for_each(|line| printer.line(line));
    }
    for errand in &errands {
        describe_errand(errand, locale).iter().for_each(|line| printer.line(line));
    }
    let facts = unknown.iter().map(facts).chain(errands.iter().map(errand_facts));
    printer.document(&json!(facts.collect::<Vec<_>>()));
    Ok(Ending::Done)
}

fn describe(one: &Delivery, locale: Locale) -> Vec<String> {
    let at = one.in_doubt_at.map(|at| at.format("%Y-%m-%d %H:%M:%SZ").to_string()).unwrap_or_default();
    let reason = one.reason.as_deref().unwrap_or_default();
    let (id, search) = (one.id, one.message_id.as_str());
    let head = format!("#{id} {at} {} · {} {} · {reason}", one.run_id, one.kind.word(), one.recipient);
    let (look, arrived, again) = match locale {
        Locale::Zh => (
            format!("  在邮件服务器日志中查找 message-id=<{search}>，再按其队列号看该时刻之后的结果"),
            "  有 status=sent（或收件人确认收到）",
            "  日志中没有，或 status=bounced",
        ),
        Locale::En => (
            format!(
                "  in the relay's log look for message-id=<{search}>, then for what became of its queue id after that time"
            ),
            "  status=sent there, or the recipient has it",
            "  not there, or status=bounced",
        ),
    };
    vec![
        head,
        look,
        format!("{arrived}: scorepost resolve {id} --arrived --reason …"),
        format!("{again}: scorepost resolve {id} --send-again --reason …"),
    ]
}

fn facts(one: &Delivery) -> serde_json::Value {
    json!({
        "delivery": one.id, "run": one.run_id, "in_doubt_at": one.in_doubt_at.map(|at| at.to_rfc3339()),
        "kind": one.kind.word(), "subject": one.subject, "recipient": one.recipient, "edition": one.edition,
        "message_id": one.message_id, "reply": one.reply, "reason": one.reason,
    })
}

fn describe_errand(one: &UnknownErrand, locale: Locale) -> Vec<String> {
    let at = one.in_doubt_at.map(|at| at.format("%Y-%m-%d %H:%M:%SZ").to_string()).unwrap_or_default();
    let (errand, id) = (one.errand, one.id);
    let search = one.message_id.as_deref().unwrap_or_default();
    let (look, arrived, again) = match (errand, locale) {
        (Errand::Notice, Locale::Zh) => {
            ("  在该群中查找该时刻的机器人消息".to_owned(), "  群里有这条消息", "  群里没有")
        }
        (Errand::Notice, Locale::En) => (
            "  look into the chat for the robot's message of that time".to_owned(),
            "  it is there",
            "  it is not there",
        ),
        (Errand::Reminder, Locale::Zh) => {
            (format!("  在邮件服务器日志中查找 message-id=<{search}>"), "  有 status=sent", "  日志中没有")
        }
        (Errand::Reminder, Locale::En) => {
            (format!("  in the relay's log look for message-id=<{search}>"), "  status=sent there", "  not there")
        }
    };
    vec![
        format!("{errand} {id} {at} {} · {} · {}", one.about, one.to, one.reason.as_deref().unwrap_or_default()),
        look,
        format!("{arrived}: scorepost resolve {id} --of {errand} --arrived --reason …"),
        format!("{again}: scorepost resolve {id} --of {errand} --send-again --reason …"),
    ]
}

fn errand_facts(one: &UnknownErrand) -> serde_json::Value {
    json!({
        one.errand.word(): one.id, "about": one.about, "to": one.to, "message_id": one.message_id,
        "in_doubt_at": one.in_doubt_at.map(|at| at.to_rfc3339()), "reason": one.reason,
    })
}
