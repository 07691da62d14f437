//! Who reaches what under the one scheme and the other.

use std::collections::BTreeMap;

use crate::exact::Exact;
use crate::score::Appraisal;
use crate::score::appraisal::{Card, Standing};
use crate::words::Bilingual;

/// One agent of one period under both schemes.
#[derive(Clone, Debug)]
pub struct Change {
    /// Staff number.
    pub agent: String,
    /// The agent's name.
    pub name: String,
    /// The team's id.
    pub team: String,
    /// What the team is called.
    pub team_name: String,
    /// Under the scheme in force; `None` for somebody whom it does not list.
    pub before: Option<Outcome>,
    /// Under the draft.
    pub after: Option<Outcome>,
}

/// What an agent has under one scheme.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Total, rank and grade; `None` for somebody who is not scored.
    pub reached: Option<Reached>,
    /// Yuan of pools and pay that need nobody's approval.
    pub pay: Exact,
    /// Yuan that a person would have to approve.
    pub for_approval: Exact,
    /// The kinds of what is proposed, in order.
    pub proposals: Vec<String>,
}

/// The place of somebody who is scored.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached {
    /// The unrounded total.
    pub total: Exact,
    /// The place.
    pub rank: u32,
    /// Among how many.
    pub of: u32,
    /// The grade's label; empty without grades.
    pub grade: Bilingual,
}

impl Change {
    /// Whether the agent's grade, or whether there is one, differs.
    pub fn changes_grade(&self) -> bool {
        self.differs(|reached| &reached.grade)
    }

    /// Whether the agent's place, or whether there is one, differs.
    pub fn changes_rank(&self) -> bool {
        self.differs(|reached| &reached.rank)
    }

    /// Whether the agent's pay differs.
    pub fn changes_pay(&self) -> bool {
        let pay = |outcome: &Option<Outcome>| outcome.as_ref().map(|one| one.pay.clone());
        pay(&self.before) != pay(&self.after)
    }

    fn differs<T: PartialEq>(&self, part: impl Fn(&Reached) -> &T) -> bool {
        let (before, after) = (reached(&self.before), reached(&self.after));
        before.map(&part) != after.map(&part)
    }
}

fn reached(outcome: &Option<Outcome>) -> Option<&Reached> {
    outcome.as_ref().and_then(|one| one.reached.as_ref())
}

/// Everybody whom either scheme lists, by team and staff number.
pub(super) fn changes(before: &Appraisal, after: &Appraisal) -> Vec<Change> {
    let (mut old, mut new) = (by_agent(before), by_agent(after));
    let mut everybody: BTreeMap<(&String, &String), &Card> = BTreeMap::new();
    for card in before.cards.iter().chain(&after.cards) {
        everybody.entry((&card.team_id, &card.agent.id)).or_insert(card);
    }
    let change = |card: &Card| Change {
        agent: card.agent.id.clone(),
        name: card.agent.name.clone(),
        team: card.team_id.clone(),
        team_name: card.team_name.clone(),
        before: old.remove(card.agent.id.as_str()),
        after: new.remove(card.agent.id.as_str()),
    };
    everybody.into_values().map(change).collect()
}

fn by_agent(appraisal: &Appraisal) -> BTreeMap<&str, Outcome> {
    appraisal.cards.iter().map(|card| (card.agent.id.as_str(), outcome(card))).collect()
}

pub(super) fn outcome(card: &Card) -> Outcome {
    let reached = match &card.standing {
        Standing::Scored { total, rank, of, grade, .. } => {
            Some(Reached { total: total.clone(), rank: *rank, of: *of, grade: grade.clone() })
        }
        Standing::NotScored { .. } => None,
    };
    let paid = card.money.iter().filter(|money| !money.needs_approval);
    Outcome {
        reached,
        pay: paid.map(|money| money.amount.clone()).sum(),
        for_approval: card.proposals.iter().filter_map(|proposal| proposal.amount.clone()).sum(),
        proposals: card.proposals.iter().map(|proposal| proposal.kind.clone()).collect(),
    }
}
