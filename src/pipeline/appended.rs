//! The cards that follow a manager's pack, page for page as their agents have them.

use anyhow::Context;
use serde_json::{Value, json};

use crate::job::Job;
use crate::ledger::{Document, DocumentKind};
use crate::render::Issue;
use crate::score::Appraisal;
use crate::score::appraisal::Card;

use super::Pipeline;
use super::documents::{changes_of, digest_of};

/// What the body of a pack says of the cards that follow it, so that a corrected card makes another edition of the pack.
pub(super) fn named(pipeline: &Pipeline, appraisal: &Appraisal, own: &[&Card]) -> Value {
    let named = |card: &&Card| json!({ "id": card.agent.id, "content": digest_of(pipeline, appraisal, card) });
    own.iter().map(named).collect()
}

/// The cards that a pack's body names, as they were issued; none where it names none.
pub(super) fn cards(
    pipeline: &Pipeline,
    job: &Job,
    pack: &Document,
    body: &Value,
) -> anyhow::Result<Vec<(Value, Issue)>> {
    let named = body["cards"].as_array().map(Vec::as_slice).unwrap_or_default();
    named.iter().map(|one| card(pipeline, job, pack, one)).collect()
}

fn card(pipeline: &Pipeline, job: &Job, pack: &Document, named: &Value) -> anyhow::Result<(Value, Issue)> {
    let agent = named["id"].as_str().unwrap_or_default();
    let latest = pipeline.ledger.latest_document(&pack.job, &pack.period, DocumentKind::Card, agent)?;
    let card = latest.filter(|card| named["content"] == card.content_hash.as_str());
    let card =
        card.with_context(|| format!("the card of `{agent}` that follows the pack of `{}` is gone", pack.subject))?;
    let run = pipeline.ledger.run(&card.run_id)?;
    let cut_off = run.and_then(|run| run.cut_off).context("a card was issued by a run without data")?;
    let body = serde_json::from_str(&card.data).context("the ledger's copy of a card is damaged")?;
    let changed = changes_of(card.changed.as_deref());
    Ok((
        body,
        Issue {
            run: card.run_id,
            edition: card.edition,
            cut_off,
            zone: job.time_zone,
            calendar: job.calendar.clone(),
            changed,
            // The manager who reads the pack does not speak for the agent.
            link: None,
        },
    ))
}
