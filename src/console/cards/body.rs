//! What a card says, read back from the ledger; texts are in the language in which the card was made.

use serde::Deserialize;

use crate::ledger::Document;

/// The parts of a card that pages show; a part that the card does not have is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Body {
    /// How it came out.
    pub standing: Standing,
    /// Sentences that read the result to its agent.
    pub reading: Vec<String>,
    /// The scored and shown lines in order.
    pub lines: Vec<Line>,
    /// What would raise the score most.
    pub advice: Vec<Advice>,
    /// What is assumed or to be known.
    pub remarks: Vec<String>,
}

/// How a card came out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// Why there is no score.
    pub reason: Option<String>,
    /// The difference to the period before.
    pub change: Option<Difference>,
}

/// A difference to the period before.
#[derive(Debug, Deserialize)]
pub struct Difference {
    /// It in words, such as `−4.3`.
    pub text: String,
}

/// One line of a card.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Line {
    /// Its id in the scheme.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// What was measured, in its unit.
    pub value: Option<String>,
    /// Numerator and denominator.
    pub parts: Option<String>,
    /// What it is judged beside.
    pub reference: Option<Reference>,
    /// The points.
    pub points: Option<String>,
    /// The points at best.
    pub full_marks: Option<String>,
    /// The weight in the total.
    pub weight: Option<String>,
    /// What it adds to the total.
    pub contribution: Option<String>,
    /// `final`, `provisional`, `assumed`, `missing` or `unset`.
    pub status: String,
    /// The band or rule that gave the points.
    pub rule: Option<String>,
    /// The weeks of which it is the sum.
    pub weeks: Vec<serde_json::Value>,
    /// The events that moved its points.
    pub occurrences: Vec<serde_json::Value>,
}

/// What a line is judged beside.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Reference {
    /// What it is called.
    pub label: String,
    /// Its value.
    pub value: Option<String>,
}

/// One way to a better score.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Advice {
    /// What to do.
    pub text: String,
    /// What it would bring.
    pub gain: Option<String>,
}

impl Body {
    /// Reads the content of a document.
    ///
    /// Errors when the ledger's copy is damaged.
    pub fn of(document: &Document) -> anyhow::Result<Self> {
        use anyhow::Context;
        serde_json::from_str(&document.data)
            .with_context(|| format!("the ledger's copy of document {} is damaged", document.id))
    }
}
