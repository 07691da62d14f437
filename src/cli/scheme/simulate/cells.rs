//! Numbers of a simulation as text.

use crate::exact::Exact;
use crate::pipeline::{Reached, SchemeOutcome};

/// A total to two decimals, as cards print it.
pub(super) fn total(outcome: Option<&SchemeOutcome>) -> Option<String> {
    reached(outcome).map(|one| one.total.fixed(2))
}

/// Yuan to the fen.
pub(super) fn yuan(amount: &Exact) -> String {
    amount.fixed(2)
}

/// Where an agent who is scored stands.
pub(super) fn reached(outcome: Option<&SchemeOutcome>) -> Option<&Reached> {
    outcome.and_then(|one| one.reached.as_ref())
}

/// `before → after`, or the one where they are the same.
pub(super) fn from_to(before: Option<String>, after: Option<String>) -> String {
    let word = |text: Option<String>| text.filter(|text| !text.is_empty()).unwrap_or_else(|| "—".to_owned());
    let (before, after) = (word(before), word(after));
    if before == after { before } else { format!("{before} → {after}") }
}
