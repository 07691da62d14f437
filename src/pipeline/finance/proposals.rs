//! Proposals for finance: what was proposed, and who said what to it.

use serde_json::{Value, json};

use super::account::Account;
use crate::ledger::Proposal;
use crate::words::Locale;

/// The columns of `finance-proposals.csv`.
pub(super) const COLUMNS: [&str; 14] = [
    "id",
    "team",
    "agent",
    "name",
    "kind",
    "rule",
    "text",
    "evidence",
    "amount",
    "state",
    "decided_by",
    "decided_at",
    "reason",
    "edition",
];

/// All rows, by team and agent.
pub(super) fn rows(account: &Account<'_>, locale: Locale) -> Vec<Vec<Option<String>>> {
    account.proposals.iter().map(|one| row(one, locale)).collect()
}

fn row(one: &Proposal, locale: Locale) -> Vec<Option<String>> {
    let ended = one.ended.as_ref();
    vec![
        Some(one.id.to_string()),
        Some(one.team.clone()),
        Some(one.agent.clone()),
        Some(one.name.clone()),
        Some(one.what.kind.clone()),
        Some(one.what.rule.clone()),
        Some(one.what.text.get(locale).to_owned()),
        Some(one.what.evidence.get(locale).to_owned()),
        one.what.amount.as_ref().map(|amount| amount.fixed(2)),
        Some(one.state.word().to_owned()),
        ended.map(|ended| ended.by.clone()),
        ended.map(|ended| ended.at.to_rfc3339()),
        ended.map(|ended| ended.reason.clone()),
        Some(one.edition.to_string()),
    ]
}

/// One proposal for programs.
pub(super) fn document(one: &Proposal) -> Value {
    let ended = one.ended.as_ref();
    json!({
        "id": one.id,
        "agent": one.agent,
        "name": one.name,
        "team": one.team,
        "kind": one.what.kind,
        "rule": one.what.rule,
        "zh": one.what.text.zh,
        "en": one.what.text.en,
        "evidence": one.what.evidence.zh,
        "amount": one.what.amount.as_ref().map(|amount| amount.fixed(2)),
        "state": one.state.word(),
        "decided_by": ended.map(|ended| &ended.by),
        "decided_at": ended.map(|ended| ended.at.to_rfc3339()),
        "reason": ended.map(|ended| &ended.reason),
        "edition": one.edition,
        "run": one.run_id,
    })
}
