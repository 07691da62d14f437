//! What the lines of many cards gave, read without the rest of them.

use anyhow::Context;
use serde::Deserialize;

use crate::ledger::{CardSummary, Ledger};

/// The lines of one card.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Pointed {
    /// In the order of the card.
    pub lines: Vec<Line>,
}

/// One line.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Line {
    /// Its id in the scheme.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// The points.
    pub points: Option<String>,
    /// The points at best.
    pub full_marks: Option<String>,
}

/// The lines of these cards.
///
/// Errors when the ledger's copy of one is damaged.
pub fn pointed<'a>(ledger: &Ledger, cards: &'a [CardSummary]) -> anyhow::Result<Vec<(&'a CardSummary, Pointed)>> {
    let ids: Vec<i64> = cards.iter().map(|card| card.id).collect();
    let contents = ledger.contents(&ids)?;
    let read = |card: &'a CardSummary| {
        let content = contents.get(&card.id)?;
        let pointed = serde_json::from_str(content)
            .with_context(|| format!("the ledger's copy of document {} is damaged", card.id));
        Some(pointed.map(|pointed| (card, pointed)))
    };
    cards.iter().filter_map(read).collect()
}
