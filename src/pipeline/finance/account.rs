//! The account of a run: amounts by agent and component, with their sums.

use std::collections::BTreeMap;

use crate::exact::Exact;
use crate::finding::Weight;
use crate::ledger::{self, DocumentHead, DocumentKind, Run, RunState};
use crate::score::appraisal::{Card, MoneyLine, SchemeIdentity};
use crate::words::Bilingual;

use super::super::Outcome;
use super::super::consequences::Consequences;
use super::super::export::Sources;

/// Whether an agent's amounts may be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Those that need no approval, or have it.
    Payable,
    /// None: the run or the card is held, or was stopped.
    Held,
}

impl Standing {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Payable => "payable",
            Self::Held => "held",
        }
    }

    pub(super) fn label(self) -> Bilingual {
        match self {
            Self::Payable => Bilingual::new("可发放", "payable"),
            Self::Held => Bilingual::new("挂起，不发放", "held, not to be paid"),
        }
    }
}

/// Amounts by component.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Amounts(BTreeMap<String, Exact>);

impl Amounts {
    fn of(lines: &[&MoneyLine]) -> Self {
        let mut amounts = Self::default();
        lines.iter().for_each(|line| amounts.add(&line.id, &line.amount));
        amounts
    }

    fn add(&mut self, component: &str, amount: &Exact) {
        let sum = self.0.entry(component.to_owned()).or_insert_with(Exact::zero);
        // To the fen before it is added, so that sums are those of the printed parts.
        *sum = sum.clone() + amount.rounded(2);
    }

    pub(super) fn get(&self, component: &str) -> Option<&Exact> {
        self.0.get(component)
    }

    /// The sum of all; `None` without any.
    pub(super) fn sum(&self) -> Option<Exact> {
        (!self.0.is_empty()).then(|| self.0.values().cloned().sum())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Exact)> {
        self.0.iter()
    }

    fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|(component, amount)| self.add(component, amount));
    }
}

/// What an agent, a team or everybody gets.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Due {
    /// What may be paid.
    pub(super) payable: Amounts,
    /// What waits for somebody's approval.
    pub(super) pending: Amounts,
}

impl Due {
    fn merge(&mut self, other: &Self) {
        self.payable.merge(&other.payable);
        self.pending.merge(&other.pending);
    }
}

/// One agent's amounts.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) card: &'a Card,
    pub(super) document: Option<&'a DocumentHead>,
    pub(super) standing: Standing,
    pub(super) due: Due,
}

/// One team's entries with their sums.
#[derive(Debug)]
pub(super) struct TeamAccount<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) entries: Vec<Entry<'a>>,
    pub(super) due: Due,
}

/// The account of a run.
#[derive(Debug)]
pub(super) struct Account<'a> {
    pub(super) run: &'a Run,
    pub(super) scheme: &'a SchemeIdentity,
    /// The components in the order in which cards have them.
    pub(super) components: Vec<(&'a str, &'a Bilingual)>,
    pub(super) teams: Vec<TeamAccount<'a>>,
    pub(super) due: Due,
    /// All that was proposed to those in scope, whatever became of it.
    pub(super) proposals: Vec<&'a ledger::Proposal>,
}

impl<'a> Account<'a> {
    pub(super) fn of(outcome: &'a Outcome, sources: &'a Sources<'_>) -> Self {
        let mut teams: BTreeMap<&str, TeamAccount<'_>> = BTreeMap::new();
        for card in &sources.cards {
            let entry = entry(card, outcome, sources);
            let team = teams.entry(&card.team_id).or_insert_with(|| TeamAccount {
                id: &card.team_id,
                name: &card.team_name,
                entries: Vec::new(),
                due: Due::default(),
            });
            team.due.merge(&entry.due);
            team.entries.push(entry);
        }
        let mut due = Due::default();
        teams.values().for_each(|team| due.merge(&team.due));
        let in_scope = |one: &&ledger::Proposal| sources.cards.iter().any(|card| card.agent.id == one.agent);
        Self {
            run: &outcome.run,
            scheme: &sources.appraisal.scheme,
            components: components(&sources.cards),
            teams: teams.into_values().collect(),
            due,
            proposals: sources.proposals.iter().filter(in_scope).collect(),
        }
    }
}

fn entry<'a>(card: &'a Card, outcome: &Outcome, sources: &'a Sources<'_>) -> Entry<'a> {
    let is_own = |one: &&DocumentHead| one.kind == DocumentKind::Card && one.subject == card.agent.id;
    let standing = standing(card, outcome);
    let due = match standing {
        Standing::Held => Due::default(),
        Standing::Payable => {
            let consequences = Consequences::of(card, &sources.proposals);
            Due { payable: Amounts::of(&consequences.agreed), pending: Amounts::of(&consequences.pending) }
        }
    };
    Entry { card, document: sources.documents.iter().find(is_own), standing, due }
}

/// Only what a finished run says of a card that nothing holds may be paid.
fn standing(card: &Card, outcome: &Outcome) -> Standing {
    use RunState::{Done, PartlySent, Ready, Releasing, Sent};
    let is_settled = matches!(outcome.run.state, Ready | Releasing | Sent | PartlySent | Done);
    let holds = |one: &crate::finding::Finding| {
        one.weight == Weight::HoldSubject && one.subject.as_deref() == Some(card.agent.id.as_str())
    };
    match is_settled && !outcome.findings.iter().any(holds) {
        true => Standing::Payable,
        false => Standing::Held,
    }
}

fn components<'a>(cards: &[&'a Card]) -> Vec<(&'a str, &'a Bilingual)> {
    let mut components: Vec<(&str, &Bilingual)> = Vec::new();
    for line in cards.iter().flat_map(|card| &card.money) {
        if !components.iter().any(|(id, _)| *id == line.id) {
            components.push((&line.id, &line.label));
        }
    }
    components
}
