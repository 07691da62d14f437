//! What people set by hand on single lines after an appeal: dated words that come in as data beside tables and scheme.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::exact::Exact;
use crate::finding::Finding;
use crate::words::Bilingual;

use super::appraisal::{Adjusted, Card, Measured};

/// What an adjustment sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sets {
    /// The points of the line, whatever its rules give.
    Points,
    /// The value that the line's rules judge.
    Value,
    /// What was counted; the denominator and the rules stay.
    Numerator,
}

/// One line of one agent, set by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// The staff number.
    pub agent: String,
    /// The indicator's id.
    pub line: String,
    /// What it sets.
    pub sets: Sets,
    /// To what.
    pub amount: Exact,
    /// Who decided.
    pub by: String,
    /// The day on which they did.
    pub on: NaiveDate,
}

impl Adjustment {
    /// The measure with what was set in place of what was found; `None` where there is nothing that it fits.
    pub(super) fn measure(&self, found: Option<&Measured>) -> Option<Measured> {
        let amount = self.amount.clone();
        match (self.sets, found) {
            (Sets::Points, _) | (Sets::Numerator, None) => None,
            (Sets::Value, _) => Some(Measured { value: Some(amount.clone()), numerator: amount, denominator: None }),
            (Sets::Numerator, Some(found)) => {
                let share = |numerator: &Exact| match &found.denominator {
                    Some(denominator) => numerator.checked_div(denominator),
                    None => Some(numerator.clone()),
                };
                // A value that is more than its parts cannot be made anew from them.
                let is_plain = share(&found.numerator) == found.value;
                let value = share(&amount);
                is_plain.then_some(Measured { value, numerator: amount, denominator: found.denominator.clone() })
            }
        }
    }

    /// How a line keeps it.
    pub(super) fn noted(&self) -> Adjusted {
        Adjusted { sets: self.sets, by: self.by.clone(), on: self.on }
    }
}

/// Adjustments by agent and line; of several for one line the last counts.
#[derive(Default)]
pub(super) struct Adjustments(BTreeMap<String, BTreeMap<String, Adjustment>>);

impl Adjustments {
    pub(super) fn of(all: &[Adjustment]) -> Self {
        let mut by_agent: BTreeMap<String, BTreeMap<String, Adjustment>> = BTreeMap::new();
        for one in all {
            by_agent.entry(one.agent.clone()).or_default().insert(one.line.clone(), one.clone());
        }
        Self(by_agent)
    }

    pub(super) fn on(&self, agent: &str, line: &str) -> Option<&Adjustment> {
        self.0.get(agent)?.get(line)
    }
}

/// Adjustments that fitted no line hold their agent's card: what was promised would not stand on it.
pub(super) fn unfitting(all: &[Adjustment], cards: &[Card]) -> Vec<Finding> {
    let is_taken = |one: &&Adjustment| {
        let card = cards.iter().find(|card| card.agent.id == one.agent);
        card.is_some_and(|card| card.lines.iter().any(|line| line.id == one.line && line.adjusted.is_some()))
    };
    all.iter().filter(|one| !is_taken(one)).map(unfit).collect()
}

fn unfit(one: &Adjustment) -> Finding {
    let Adjustment { agent, line, by, on, .. } = one;
    Finding::hold_subject(
        "adjustment-unfit",
        agent,
        Bilingual::new(
            format!("{by} 于 {on} 对 {line} 的申诉调整无法用到 {agent} 的绩效卡"),
            format!("what {by} set on {on} for {line} after an appeal fits no line of `{agent}`"),
        ),
        Bilingual::new(
            "该考核项不按单一指标值计分，或已不在方案中：请就该项再次申诉，直接改定得分",
            "the line is not judged by one value, or has left the scheme: answer another appeal by setting its points",
        ),
    )
}
