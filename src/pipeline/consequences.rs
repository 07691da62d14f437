//! What of a card's consequences persons agreed to: only that may be paid.

use crate::ledger::{self, ProposalState};
use crate::score::appraisal::{Card, MoneyLine, Proposal};

use super::documents::recorded;

/// A card's money and proposals by what persons said to them.
pub(super) struct Consequences<'a> {
    /// Each proposal of the card with the ledger's record of it.
    pub(super) proposals: Vec<(&'a Proposal, Option<&'a ledger::Proposal>)>,
    /// Amounts that need no approval, or have it.
    pub(super) agreed: Vec<&'a MoneyLine>,
    /// Amounts that wait for approval; refused ones are in neither.
    pub(super) pending: Vec<&'a MoneyLine>,
}

impl<'a> Consequences<'a> {
    /// Reads the ledger's `kept` proposals of the card's job and period.
    pub(super) fn of(card: &'a Card, kept: &'a [ledger::Proposal]) -> Self {
        let proposals = known(card, kept);
        let mut consequences = Self { proposals, agreed: Vec::new(), pending: Vec::new() };
        for line in &card.money {
            match consequences.state_of(line) {
                Some(ProposalState::Approved) => consequences.agreed.push(line),
                Some(ProposalState::Pending) => consequences.pending.push(line),
                Some(ProposalState::Refused | ProposalState::Withdrawn) => {}
                None if line.needs_approval => consequences.pending.push(line),
                None => consequences.agreed.push(line),
            }
        }
        consequences
    }

    /// What was said to an amount that needs approval; where several proposals fit, the least of it.
    fn state_of(&self, line: &MoneyLine) -> Option<ProposalState> {
        let fits = |one: &Proposal| one.rule == line.id && one.amount.as_ref() == Some(&line.amount);
        let states = self.proposals.iter().filter(|(one, _)| line.needs_approval && fits(one));
        states
            .map(|(_, known)| known.map_or(ProposalState::Pending, |known| known.state))
            .min_by_key(|state| *state == ProposalState::Approved)
    }
}

/// Pairs each proposal of a card with the newest record that says the same and was not withdrawn, each record once.
fn known<'a>(card: &'a Card, kept: &'a [ledger::Proposal]) -> Vec<(&'a Proposal, Option<&'a ledger::Proposal>)> {
    let mut own: Vec<&ledger::Proposal> = kept.iter().filter(|one| one.agent == card.agent.id).collect();
    own.sort_by_key(|one| (one.state != ProposalState::Withdrawn, one.id));
    let pair = |one: &'a Proposal| {
        let what = recorded(one);
        let at = own.iter().rposition(|kept| kept.what == what);
        (one, at.map(|at| own.remove(at)))
    };
    card.proposals.iter().map(pair).collect()
}
