//! What a card proposes now against what the ledger has of it: new ones wait, outdated ones are withdrawn.

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::{NewProposal, Proposal, ProposalState, SELECT, read_proposal};
use crate::ledger::audit::append;
use crate::ledger::documents::Document;
use crate::ledger::store::{self, Connection, params};
use crate::ledger::stored::{At, Fraction, Label};

/// Brings the ledger's proposals of a card in line with what its present edition proposes.
///
/// One that says the same stands, pending or decided; another content is a new pending one that refers to the one before;
/// a pending one that is not proposed as it stands any more is withdrawn, and the audit says so. Done twice it does nothing
/// the second time, so that it belongs into the transaction that issues the card.
pub(in crate::ledger) fn reconcile(
    connection: &Connection,
    run_id: &str,
    card: &Document,
    proposed: &[NewProposal],
    now: DateTime<Utc>,
) -> Result<()> {
    let mut standing = standing(connection, card)?;
    let mut changed = Vec::new();
    for new in proposed {
        // The newest of equal ones: what was decided last.
        match standing.iter().rposition(|kept| kept.what == *new) {
            Some(at) => keep(connection, &standing.remove(at), card)?,
            None => changed.push(new),
        }
    }
    for new in changed {
        insert(connection, card, new, earlier(&standing, new), now)?;
    }
    for outdated in standing.iter().filter(|kept| kept.state == ProposalState::Pending) {
        withdraw(connection, run_id, card, outdated, now)?;
    }
    Ok(())
}

/// All that is pending or decided about the card's agent, job and period, as it came.
fn standing(connection: &Connection, card: &Document) -> Result<Vec<Proposal>> {
    let sql = format!(
        "{SELECT} WHERE documents.job = ?1 AND documents.period = ?2 AND documents.kind = ?3 \
         AND documents.subject = ?4 AND proposals.state <> 'withdrawn' ORDER BY proposals.id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map(params![card.job, Label(card.period), card.kind, card.subject], read_proposal)?;
    Ok(found.collect::<store::Result<_>>()?)
}

/// The one of the same rule from which a new one differs: what was decided last, else what waited.
fn earlier(standing: &[Proposal], new: &NewProposal) -> Option<i64> {
    let same_rule = |kept: &&Proposal| kept.what.rule == new.rule && kept.what.kind == new.kind;
    let decided = |kept: &&Proposal| same_rule(kept) && kept.state != ProposalState::Pending;
    standing.iter().rfind(decided).or_else(|| standing.iter().rfind(same_rule)).map(|kept| kept.id)
}

/// Whoever decides about a pending one decides about the newest edition that proposes it.
fn keep(connection: &Connection, kept: &Proposal, card: &Document) -> Result<()> {
    let sql = "UPDATE proposals SET document_id = ?2 WHERE id = ?1 AND state = 'pending' AND document_id <> ?2";
    connection.execute(sql, params![kept.id, card.id])?;
    Ok(())
}

fn insert(
    connection: &Connection,
    card: &Document,
    new: &NewProposal,
    earlier: Option<i64>,
    now: DateTime<Utc>,
) -> Result<()> {
    connection.execute(
        "INSERT INTO proposals (document_id, rule, kind, text_zh, text_en, evidence_zh, evidence_en, amount, state, \
         earlier, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            card.id,
            new.rule,
            new.kind,
            new.text.zh,
            new.text.en,
            new.evidence.zh,
            new.evidence.en,
            new.amount.clone().map(Fraction),
            ProposalState::Pending,
            earlier,
            At(now),
        ],
    )?;
    Ok(())
}

fn withdraw(
    connection: &Connection,
    run_id: &str,
    card: &Document,
    outdated: &Proposal,
    now: DateTime<Utc>,
) -> Result<()> {
    let who: String =
        connection.query_row("SELECT requested_by FROM runs WHERE id = ?1", [run_id], |row| row.get(0))?;
    let reason = format!("edition {} of the card, by run {run_id}, no longer proposes it", card.edition);
    connection.execute(
        "UPDATE proposals SET state = ?2, decided_by = ?3, decided_at = ?4, reason = ?5 WHERE id = ?1",
        params![outdated.id, ProposalState::Withdrawn, who, At(now), reason],
    )?;
    let detail = format!("{}; {reason}", outdated.called());
    append(connection, now, &who, "withdraw-proposal", &format!("proposal {}", outdated.id), &detail)
}
