//! What follows for a person: gates and quotas that hold, proposals that wait for approval, what is due.

use serde_json::{Value, json};

use super::body::{all_said, said};
use super::clean::clean;
use super::figures::yuan;
use crate::score::appraisal::{Appraisal, Card, DutyDue, Proposal};
use crate::words::{Bilingual, Locale};

/// The gates and quotas that hold for an agent.
pub(super) fn marks_body(card: &Card, locale: Locale) -> Vec<String> {
    all_said(&card.marks.iter().map(|mark| mark.label.clone()).collect::<Vec<_>>(), locale)
}

/// Every gate and quota that holds for somebody, with the names.
pub(super) fn team_marks(cards: &[&Card], locale: Locale) -> Value {
    let mut marks: Vec<(&str, &Bilingual)> = Vec::new();
    for mark in cards.iter().flat_map(|card| &card.marks) {
        if !marks.iter().any(|(id, _)| *id == mark.id) {
            marks.push((&mark.id, &mark.label));
        }
    }
    let row = |(id, label): &(&str, &Bilingual)| {
        let holders = cards.iter().filter(|card| card.marks.iter().any(|mark| mark.id == *id));
        json!({
            "label": said(label, locale),
            "names": holders.map(|card| clean(&card.agent.name)).collect::<Vec<_>>(),
        })
    };
    marks.iter().map(row).collect()
}

/// Consequences that a person must approve, each with what led to it.
pub(super) fn proposals_body(card: &Card, locale: Locale) -> Value {
    card.proposals.iter().map(|one| proposal_body(card, one, locale)).collect()
}

/// The same for a team.
pub(super) fn team_proposals(cards: &[&Card], locale: Locale) -> Value {
    cards.iter().flat_map(|card| card.proposals.iter().map(|one| proposal_body(card, one, locale))).collect()
}

fn proposal_body(card: &Card, one: &Proposal, locale: Locale) -> Value {
    json!({
        "name": clean(&card.agent.name),
        "text": said(&one.text, locale),
        "amount": one.amount.as_ref().map(|amount| yuan(amount, 2)),
        "evidence": said(&one.evidence, locale),
    })
}

/// What is due for an agent and meant for their eyes.
pub(super) fn duties_body(appraisal: &Appraisal, card: &Card, locale: Locale) -> Value {
    let own = appraisal
        .duties
        .iter()
        .filter(|duty| duty.about == card.agent.id && reaches(duty, &["agent", "agents", "all"]));
    own.map(|duty| duty_body(card, duty, locale)).collect()
}

/// What is due for the agents of a team and meant for their manager.
pub(super) fn team_duties(appraisal: &Appraisal, cards: &[&Card], locale: Locale) -> Value {
    let of = |duty: &DutyDue| {
        let card = cards.iter().find(|card| card.agent.id == duty.about)?;
        reaches(duty, &["manager", "managers", "all"]).then(|| duty_body(card, duty, locale))
    };
    appraisal.duties.iter().filter_map(of).collect()
}

fn reaches(duty: &DutyDue, readers: &[&str]) -> bool {
    duty.to.iter().any(|to| readers.contains(&to.as_str()))
}

fn duty_body(card: &Card, duty: &DutyDue, locale: Locale) -> Value {
    json!({
        "name": clean(&card.agent.name),
        "text": said(&duty.text, locale),
        "due": duty.due.as_ref().map(|due| said(due, locale)),
    })
}
