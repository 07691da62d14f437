//! `proposals`: what waits for a person's word, and the word.

mod decide;
mod list;

use serde_json::{Value, json};

use crate::ledger::{Proposal, ProposalState, Verdict};
use crate::pipeline::Pipeline;
use crate::words::Locale;

use super::Ending;
use super::arguments::{ProposalsCommand, ProposalsOptions};
use super::printer::Printer;

/// Lists proposals, or decides about some.
pub(super) fn proposals(pipeline: &Pipeline, options: &ProposalsOptions, printer: &Printer) -> anyhow::Result<Ending> {
    match &options.command {
        None => list::list(pipeline, &options.which, printer),
        Some(ProposalsCommand::Approve(word)) => decide::decide(pipeline, word, Verdict::Approve, printer),
        Some(ProposalsCommand::Refuse(word)) => decide::decide(pipeline, word, Verdict::Refuse, printer),
    }
}

/// A proposal's state in words.
fn state(state: ProposalState, locale: Locale) -> &'static str {
    let zh = match state {
        ProposalState::Pending => "待批准",
        ProposalState::Approved => "已批准",
        ProposalState::Refused => "已驳回",
        ProposalState::Withdrawn => "已撤回",
    };
    if locale == Locale::Zh { zh } else { state.word() }
}

/// A proposal for a program.
fn facts(one: &Proposal) -> Value {
    let ended = one.ended.as_ref();
    json!({
        "id": one.id, "state": one.state.word(), "job": one.job, "period": one.period.to_string(),
        "agent": one.agent, "name": one.name, "team": one.team, "edition": one.edition, "run": one.run_id,
        "rule": one.what.rule, "kind": one.what.kind, "text": one.what.text, "evidence": one.what.evidence,
        "amount": one.what.amount.as_ref().map(|amount| amount.fixed(2)),
        "settled": one.is_settled, "earlier": one.earlier, "created_at": one.created_at.to_rfc3339(),
        "decided_by": ended.map(|end| &end.by), "decided_at": ended.map(|end| end.at.to_rfc3339()),
        "reason": ended.map(|end| &end.reason),
        "first_word_by": one.first_word.as_ref().map(|word| &word.said.by),
    })
}
