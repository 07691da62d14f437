//! The audit chain: who did what, and whether anybody touched the record.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use chrono_tz::Tz;

use super::attend::Visit;
use super::desk::Desk;
use super::page::{self, Page};
use super::refusal::Refusal;
use super::say;
use crate::ledger::{AuditEntry, AuditWish};

/// Entries on one page.
const ON_A_PAGE: u32 = 100;
/// Letters of a detail that are shown; the rest stands in the chain.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "audit.html", config = "src/console/askama.toml")]
struct AuditPage {
    page: Page,
    who: String,
    action: String,
    rows: Vec<Row>,
    older: Option<String>,
    checked: Option<Checked>,
}

/// What a look at the whole chain found.
enum Checked {
    Whole,
    /// The number of the first entry that does not fit.
    Broken(i64),
}

/// One act.
struct Row {
    number: i64,
    at: String,
    who: String,
    action: String,
    subject: String,
    detail: String,
}

/// `GET /audit?who=&action=&before=&check=`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let ledger = &desk.console.ledger;
    let word = |name: &str| visit.query.given(name).unwrap_or_default().to_owned();
    let wish = AuditWish {
        who: word("who"),
        action: word("action"),
        before: visit.query.number("before").unwrap_or_default().max(0),
    };
    let mut entries = ledger.find_audit(&wish, ON_A_PAGE + 1)?;
    let more = entries.len() > ON_A_PAGE as usize;
    entries.truncate(ON_A_PAGE as usize);
    let zone = desk.console.jobs.first().map_or(Tz::UTC, |job| job.zone);
    // Only when asked for: the whole chain is read.
    let checked = visit.query.given("check").map(|_| ledger.first_broken_audit()).transpose()?;
    page::show(&AuditPage {
        page: Page::of(visit),
        older: entries.last().filter(|_| more).map(|last| older(&wish, last.number)),
        rows: entries.into_iter().map(|entry| row(entry, zone)).collect(),
        checked: checked.map(|broken| broken.map_or(Checked::Whole, Checked::Broken)),
        who: wish.who,
        action: wish.action,
    })
}

fn older(wish: &AuditWish, before: i64) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("who", &wish.who).append_pair("action", &wish.action);
    format!("/audit?{}", query.append_pair("before", &before.to_string()).finish())
}

fn row(entry: AuditEntry, zone: Tz) -> Row {
    let mut detail: String = entry.detail.chars().take(SHOWN).collect();
    if detail.len() < entry.detail.len() {
        detail.push('…');
    }
    Row {
        number: entry.number,
        at: say::when(entry.at, zone),
        who: entry.who,
        action: entry.action,
        subject: entry.subject,
        detail,
    }
}
