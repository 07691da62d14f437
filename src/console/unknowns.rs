//! Every mail of which nobody knows whether it arrived: what to look for in the relay's log, and the word on each.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;

use super::attend::Visit;
use super::desk::Desk;
use super::home::{job_title, zone_of};
use super::page::{self, Page};
use super::refusal::Refusal;
use super::rights::{self, Sight};
use super::seen_run::SeenRun;
use super::{say, verdicts};
use crate::ledger::{Delivery, Ledger};

#[derive(Template)]
#[template(path = "unknowns.html", config = "src/console/askama.toml")]
struct UnknownsPage {
    page: Page,
    rows: Vec<Row>,
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
    let unknown = desk.console.ledger.unknown_deliveries()?;
    let rows = unknown.iter().map(|one| row(desk, visit, &person.sight, one)).collect::<anyhow::Result<Vec<_>>>()?;
    page::show(&UnknownsPage { page: Page::of(visit), rows: rows.into_iter().flatten().collect() })
}

/// How many mails wait for this person's word.
pub fn waiting(ledger: &Ledger, sight: &Sight) -> anyhow::Result<usize> {
    let all = ledger.unknown_deliveries()?.into_iter();
    all.map(|one| decidable(ledger, sight, &one)).try_fold(0, |count, found| Ok(count + usize::from(found?.is_some())))
}

/// The mail's document and run, where this person may decide about it.
fn decidable(ledger: &Ledger, sight: &Sight, one: &Delivery) -> anyhow::Result<Option<(SeenRun, String)>> {
    let Some(seen) = rights::open_run(ledger, sight, &one.run_id)? else { return Ok(None) };
    let document = seen.document(ledger, one.document_id)?.filter(|_| sight.sees_delivery(one));
    let document = document.filter(|document| verdicts::may_decide(sight, document));
    Ok(document.map(|document| (seen, document.name)))
}

fn row(desk: &Desk, visit: &Visit, sight: &Sight, one: &Delivery) -> anyhow::Result<Option<Row>> {
    let Some((seen, name)) = decidable(&desk.console.ledger, sight, one)? else { return Ok(None) };
    let zone = zone_of(desk, &seen.run.job);
    Ok(Some(Row {
        name,
        recipient: one.recipient.clone(),
        run: format!("{} {}", job_title(desk, &seen.run.job, visit.locale), seen.run.period),
        path: format!("/runs/{}", one.run_id),
        at: one.in_doubt_at.map(|at| format!("{} {zone}", say::when(at, zone))).unwrap_or_default(),
        message_id: one.message_id.clone(),
        reply: one.reply.clone(),
        reason: one.reason.clone().unwrap_or_default(),
        verdict: format!("/runs/{}/deliveries/{}/resolve", one.run_id, one.id),
    }))
}
