//! The mails of which nobody knows whether they arrived: what to look for in the relay's log, and the word on each.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::attend::Visit;
use super::desk::Desk;
use super::home::{job_title, zone_of};
use super::page::{self, Page};
use super::refusal::Refusal;
use super::rights::{self, Sight};
use super::{say, verdicts};
use crate::ledger::{Delivery, Ledger, Run};

/// Mails that are shown at once; each has a form.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "unknowns.html", config = "src/console/askama.toml")]
struct UnknownsPage {
    page: Page,
    /// How many there are.
    all: usize,
    /// The first of them.
    rows: Vec<Row>,
}

impl UnknownsPage {
    /// How many are not shown yet.
    fn others(&self) -> usize {
        self.all - self.rows.len()
    }
}

/// One mail.
struct Row {
    /// Whose document it carried.
    name: String,
    /// The recipient's staff number.
    recipient: String,
    /// What the run is about.
    run: String,
    /// The run's page.
    path: String,
    /// When it was last in doubt.
    at: String,
    /// By what the relay's log knows it.
    message_id: String,
    /// What the relay said of it at an earlier time, with its queue id.
    reply: Option<String>,
    /// What was seen last.
    reason: String,
    /// Where to say what became of it.
    verdict: String,
}

/// `GET /unknowns`
pub fn show(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let person = visit.person()?;
    let unknown = decidable(&desk.console.ledger, &person.sight)?;
    let rows = unknown.iter().take(SHOWN).map(|one| row(desk, visit, one)).collect();
    page::show(&UnknownsPage { page: Page::of(visit), all: unknown.len(), rows })
}

/// How many mails wait for this person's word.
pub fn waiting(ledger: &Ledger, sight: &Sight) -> anyhow::Result<usize> {
    Ok(decidable(ledger, sight)?.len())
}

/// A mail about which a person may decide.
struct Unknown {
    mail: Delivery,
    /// The run that it is of.
    run: Run,
    /// Whose document it carries.
    name: String,
}

/// Every mail about which this person may decide, the longest in doubt first.
fn decidable(ledger: &Ledger, sight: &Sight) -> anyhow::Result<Vec<Unknown>> {
    let all = ledger.unknown_deliveries()?;
    let mut by_run: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for mail in &all {
        by_run.entry(&mail.run_id).or_default().push(mail.id);
    }
    let mut found: BTreeMap<i64, Unknown> = BTreeMap::new();
    for (run, mails) in by_run {
        let Some(seen) = rights::open_run(ledger, sight, run)? else { continue };
        for (document, mail) in ledger.run_letters(run, &mails)? {
            let is_theirs = seen.shows(&document) && sight.sees_delivery(&mail);
            if is_theirs && verdicts::may_decide(sight, &document) {
                found.insert(mail.id, Unknown { mail, run: seen.run.clone(), name: document.name });
            }
        }
    }
    Ok(all.iter().filter_map(|mail| found.remove(&mail.id)).collect())
}

fn row(desk: &Desk, visit: &Visit, unknown: &Unknown) -> Row {
    let Unknown { mail, run, name } = unknown;
    let zone = zone_of(desk, &run.job);
    Row {
        name: name.clone(),
        recipient: mail.recipient.clone(),
        run: format!("{} {}", job_title(desk, &run.job, visit.locale), run.period),
        path: format!("/runs/{}", run.id),
        at: mail.in_doubt_at.map(|at| format!("{} {zone}", say::when(at, zone))).unwrap_or_default(),
        message_id: mail.message_id.clone(),
        reply: mail.reply.clone(),
        reason: mail.reason.clone().unwrap_or_default(),
        verdict: format!("/runs/{}/deliveries/{}/resolve", run.id, mail.id),
    }
}
