//! Both ways of a comparison give the same numbers, or there is nothing to compare.

use std::collections::BTreeMap;

use polars::prelude::*;
use scorepost::exact::Exact;
use scorepost::score::Appraisal;
use scorepost::tables::exacts;

/// Checks every card's line against the sum that its metric begins with, by agent.
pub fn check(appraisal: &Appraisal, bare: &[DataFrame], line: &str, column: &str) {
    let sums = sums(bare, column);
    assert!(!appraisal.cards.is_empty() && appraisal.cards.len() == sums.len(), "every agent has a card and a sum");
    for card in &appraisal.cards {
        let line = card.lines.iter().find(|one| one.id == line).and_then(|line| line.measured.as_ref());
        let found = line.map(|measured| &measured.numerator);
        assert_eq!(found, sums.get(&card.agent.id), "`{column}` of {}", card.agent.id);
    }
}

/// A column by agent, of the first answer that is by agent alone and has it.
fn sums(bare: &[DataFrame], column: &str) -> BTreeMap<String, Exact> {
    let mut by_agent =
        bare.iter().filter(|frame| !["week", "date", "range"].iter().any(|key| frame.schema().contains(key)));
    let frame = by_agent.find(|frame| frame.schema().contains(column)).unwrap_or_else(|| panic!("`{column}`"));
    let read = || -> anyhow::Result<BTreeMap<String, Exact>> {
        let agents = frame.column("agent_id")?.str()?.iter().flatten().map(str::to_owned);
        Ok(agents.zip(exacts(frame.column(column)?)?.into_iter().flatten()).collect())
    };
    read().unwrap_or_else(|error| panic!("{error:#}"))
}
