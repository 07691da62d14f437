//! What came of a simulation, as the ledger keeps it: numbers as text, exactly as they are shown.

use serde::{Deserialize, Serialize};

use crate::words::Bilingual;

/// How a simulation ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// The scheme in force with which the draft was compared: its id and version.
    pub in_force: Option<(String, String)>,
    /// The periods of which no tables are kept.
    pub missing: Vec<String>,
    /// Why nothing came of it.
    pub why: Option<String>,
}

/// One period under the scheme in force and under the draft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TriedPeriod {
    /// The period.
    pub period: String,
    /// How the totals lie, before and after.
    pub totals: [TriedTotals; 2],
    /// Everybody, by team and staff number.
    pub agents: Vec<TriedAgent>,
}

/// How the totals of a period lie under one scheme, and what they cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedTotals {
    /// How many are scored.
    pub scored: usize,
    /// The least, the quartiles and the greatest total, to two decimals; none when nobody is scored.
    pub quartiles: Option<[String; 5]>,
    /// The mean, to two decimals.
    pub mean: Option<String>,
    /// How many have each grade, best first.
    pub grades: Vec<(Bilingual, usize)>,
    /// Yuan that need nobody's approval, to the fen.
    pub pay: String,
    /// Yuan that a person would have to approve, to the fen.
    pub for_approval: String,
    /// Why the run would be held.
    pub holds: Vec<Bilingual>,
}

/// One agent under both schemes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedAgent {
    /// The staff number.
    pub agent: String,
    /// The agent's name.
    pub name: String,
    /// The team's id.
    pub team: String,
    /// What the team is called.
    pub team_name: String,
    /// Under the scheme in force; `None` for somebody whom it does not list.
    pub before: Option<TriedOutcome>,
    /// Under the draft.
    pub after: Option<TriedOutcome>,
    /// Whether grade, place or pay differ.
    pub changes: bool,
}

/// What an agent has under one scheme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedOutcome {
    /// The total, to twelve decimals at most; `None` for somebody who is not scored.
    pub total: Option<String>,
    /// The place.
    pub rank: Option<u32>,
    /// The grade.
    pub grade: Option<Bilingual>,
    /// Yuan that need nobody's approval, to the fen.
    pub pay: String,
    /// Yuan that a person would have to approve, to the fen.
    pub for_approval: String,
    /// The kinds of what is proposed.
    pub proposals: Vec<String>,
}
