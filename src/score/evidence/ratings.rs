//! Scores given by people, mixed as the scheme says (R09, R11).

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::exact::Exact;
use crate::scheme::line::Rating;
use crate::scheme::{Absent, Amount};
use crate::tables::Tables;

use crate::tables::exact;

/// A score or the level that stands for one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Given {
    Score(Exact),
    Level(String),
}

/// Ratings by item, agent and role.
#[derive(Debug, Default)]
pub(in crate::score) struct Ratings {
    given: BTreeMap<(String, String), BTreeMap<String, Vec<Given>>>,
}

/// What several raters' scores came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::score) enum Mixed {
    /// A score, with what was summed and by what it was divided.
    Score {
        /// Σ weight × mean of the role, or the sum of all scores.
        sum: Exact,
        /// Σ weights, or the number of scores.
        by: Exact,
    },
    /// Nobody rated.
    Nobody,
    /// These roles are awaited.
    Awaited(Vec<String>),
    /// A weight or a level's score is unset.
    Unset(String),
    /// A rater chose a level that the scheme does not know.
    Stranger(String),
}

impl Ratings {
    /// Reads the table `ratings`.
    pub(in crate::score) fn read(tables: &Tables) -> anyhow::Result<Self> {
        let mut ratings = Self::default();
        let Some(table) = tables.lazy("ratings") else { return Ok(ratings) };
        let columns = ["agent_id", "item_id", "rater_role", "level"];
        let texts = columns.iter().map(|name| col(*name).cast(DataType::String)).chain([col("score")]);
        let frame = table.select(texts.collect::<Vec<Expr>>()).collect()?;
        let text = |name: &str, row: usize| -> PolarsResult<Option<String>> {
            Ok(frame.column(name)?.str()?.get(row).map(str::to_owned))
        };
        for row in 0..frame.height() {
            let (Some(agent), Some(item)) = (text("agent_id", row)?, text("item_id", row)?) else { continue };
            let given = match (exact(&frame.column("score")?.get(row)?)?, text("level", row)?) {
                (Some(score), _) => Given::Score(score),
                (None, Some(level)) => Given::Level(level),
                (None, None) => continue,
            };
            let role = text("rater_role", row)?.unwrap_or_default();
            ratings.given.entry((item, agent)).or_default().entry(role).or_default().push(given);
        }
        Ok(ratings)
    }

    /// What the raters of one item came to for an agent.
    pub(in crate::score) fn of(&self, rating: &Rating, agent: &str) -> Mixed {
        let nothing = BTreeMap::new();
        let given = self.given.get(&(rating.item.clone(), agent.to_owned())).unwrap_or(&nothing);
        let reference: BTreeSet<&String> = rating.reference_only.iter().collect();
        let mut means: BTreeMap<&String, (Exact, Exact)> = BTreeMap::new();
        for (role, scores) in given.iter().filter(|(role, _)| !reference.contains(role)) {
            let mut sum = Exact::zero();
            for score in scores {
                sum = sum
                    + match score {
                        Given::Score(score) => score.clone(),
                        Given::Level(level) => match rating.levels.get(level) {
                            Some(Amount::Known(score)) => score.clone(),
                            Some(Amount::Unset(name)) => return Mixed::Unset(name.clone()),
                            None => return Mixed::Stranger(level.clone()),
                        },
                    };
            }
            means.insert(role, (sum, Exact::whole(scores.len() as i64)));
        }
        if rating.mix.is_empty() {
            return plain(means);
        }
        weighted(rating, &means)
    }
}

fn plain(means: BTreeMap<&String, (Exact, Exact)>) -> Mixed {
    let by: Exact = means.values().map(|(_, many)| many.clone()).sum();
    let sum: Exact = means.into_values().map(|(sum, _)| sum).sum();
    if by.is_zero() { Mixed::Nobody } else { Mixed::Score { sum, by } }
}

fn weighted(rating: &Rating, means: &BTreeMap<&String, (Exact, Exact)>) -> Mixed {
    let silent: Vec<String> = rating.mix.keys().filter(|role| !means.contains_key(role)).cloned().collect();
    if silent.len() == rating.mix.len() {
        return Mixed::Nobody;
    }
    if rating.absent == Absent::Hold && !silent.is_empty() {
        return Mixed::Awaited(silent);
    }
    let (mut sum, mut by) = (Exact::zero(), Exact::zero());
    for (role, weight) in &rating.mix {
        let Some((scores, many)) = means.get(role) else { continue };
        let weight = match weight {
            Amount::Known(weight) => weight.clone(),
            Amount::Unset(name) => return Mixed::Unset(name.clone()),
        };
        let Some(mean) = scores.checked_div(many) else { continue };
        sum = sum + mean * weight.clone();
        by = by + weight;
    }
    if by.is_zero() { Mixed::Nobody } else { Mixed::Score { sum, by } }
}
