//! The families of the card: groups, levels, items and indicators.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use std::collections::BTreeMap;

use super::{Expression, Written};
use crate::diag::Spanned;
use crate::exact::Exact;
use crate::scheme::{Absent, AllowanceMode, Compare, Measure, Missing, Per, RankTies, Unchecked};
use crate::words::Bilingual;

/// `[[group]]`: a heading whose indicators sum to its weight.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct GroupTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
    /// What its lines sum to.
    pub(in crate::scheme) weight: Option<Spanned<Weight>>,
    /// Whether its lines stand apart from the total.
    #[serde(default)]
    pub(in crate::scheme) apart: bool,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// A weight: a number, `unset`, a parameter's id, or `equal` for an equal part.
#[derive(Debug)]
pub(in crate::scheme) enum Weight {
    /// An equal part of what the group, or the scheme, has.
    Equal,
    /// A number of its own.
    Own(Written),
}

impl<'de> Deserialize<'de> for Weight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::Named(word) if word == "equal" => Self::Equal,
            own => Self::Own(own),
        })
    }
}

/// `[[level]]`: a named level that bands may give.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct LevelTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
}

/// `[[item]]`: one line of a check sheet.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct ItemTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What is checked.
    pub(in crate::scheme) text: Bilingual,
    /// The chapter of the sheet.
    pub(in crate::scheme) chapter: Option<String>,
    /// To whom it applies.
    pub(in crate::scheme) applies_when: Option<Spanned<Expression>>,
    /// The verdict, where it is computed and not ticked.
    pub(in crate::scheme) met_when: Option<Spanned<Expression>>,
    /// Whether a person or the site is checked.
    #[serde(default)]
    pub(in crate::scheme) of: crate::scheme::Level,
    /// Whether failing it fails the whole line.
    #[serde(default)]
    pub(in crate::scheme) critical: bool,
}

/// `[[indicator]]`: a line on the card.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct IndicatorTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Option<Bilingual>,
    /// What a rater and the agent should know about it.
    pub(in crate::scheme) about: Option<Bilingual>,
    /// The heading under which it stands.
    pub(in crate::scheme) group: Option<Spanned<String>>,
    /// Its part of the total.
    pub(in crate::scheme) weight: Option<Spanned<Weight>>,
    /// Points that are marks as they are.
    pub(in crate::scheme) marks: Option<Spanned<Written>>,
    /// Whether it is only printed.
    #[serde(default)]
    pub(in crate::scheme) shown: bool,
    /// The points that count as all of it.
    pub(in crate::scheme) full_points: Option<Spanned<Exact>>,
    /// The value that is judged.
    pub(in crate::scheme) metric: Option<Spanned<Expression>>,
    /// What the value is compared with.
    pub(in crate::scheme) relative_to: Option<Spanned<Expression>>,
    /// How it is compared.
    #[serde(default)]
    pub(in crate::scheme) compare: Compare,
    /// Scores given by people.
    pub(in crate::scheme) rating: Option<Spanned<RatingTable>>,
    /// Items of a check sheet.
    pub(in crate::scheme) checklist: Option<Spanned<ChecklistTable>>,
    /// Recorded events.
    #[serde(default)]
    pub(in crate::scheme) occurrence: Vec<Spanned<OccurrenceTable>>,
    /// The points before any event.
    pub(in crate::scheme) start: Option<Spanned<Written>>,
    /// Points by an expression.
    pub(in crate::scheme) points: Option<Spanned<Expression>>,
    /// Full points when all of these hold.
    #[serde(default)]
    pub(in crate::scheme) met_when: Vec<Spanned<Expression>>,
    /// Bands from best to worst.
    #[serde(default)]
    pub(in crate::scheme) bands: Vec<Spanned<BandTable>>,
    /// Evenly spaced bands.
    pub(in crate::scheme) steps: Option<Spanned<StepsTable>>,
    /// A straight line.
    pub(in crate::scheme) linear: Option<LinearTable>,
    /// Points by place.
    pub(in crate::scheme) rank_points: Option<RankPointsTable>,
    /// What everything else gives.
    pub(in crate::scheme) otherwise: Option<Spanned<Written>>,
    /// The level when no band fires.
    pub(in crate::scheme) otherwise_level: Option<Spanned<String>>,
    /// How often, or over which stretch.
    #[serde(default)]
    pub(in crate::scheme) per: Per,
    /// To whom it applies.
    pub(in crate::scheme) when: Option<Spanned<Expression>>,
    /// What happens without data.
    #[serde(default)]
    pub(in crate::scheme) missing: Missing,
    /// It is never less.
    pub(in crate::scheme) at_least: Option<Spanned<Exact>>,
    /// It is never more.
    pub(in crate::scheme) at_most: Option<Spanned<Exact>>,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// One band: exactly one edge, and what it gives.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(transform = super::schemas::with_value)]
pub(in crate::scheme) struct BandTable {
    /// ≥ (以上).
    pub(in crate::scheme) at_least: Option<Written>,
    /// > (超过).
    pub(in crate::scheme) above: Option<Written>,
    /// ≤ (以内).
    pub(in crate::scheme) at_most: Option<Written>,
    /// < (低于).
    pub(in crate::scheme) below: Option<Written>,
    /// The points that it gives.
    #[serde(alias = "value")]
    pub(in crate::scheme) points: Option<Written>,
    /// The level that it gives.
    pub(in crate::scheme) level: Option<Spanned<String>>,
}

/// Evenly spaced bands from the best edge to the last.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct StepsTable {
    /// The best edge.
    pub(in crate::scheme) from: Exact,
    /// The last edge.
    pub(in crate::scheme) to: Exact,
    /// How far they lie apart.
    pub(in crate::scheme) step: Exact,
    /// The points of the best.
    pub(in crate::scheme) points: Exact,
    /// How many fewer each next one gives.
    pub(in crate::scheme) points_step: Exact,
}

/// A straight line between two points, flat beyond them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct LinearTable {
    /// Where it begins.
    pub(in crate::scheme) from: Exact,
    /// Where it ends.
    pub(in crate::scheme) to: Spanned<Exact>,
    /// The points at the beginning.
    pub(in crate::scheme) points_from: Exact,
    /// The points at the end.
    pub(in crate::scheme) points_to: Exact,
}

/// Points by place among others.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct RankPointsTable {
    /// For the first, the second, …
    pub(in crate::scheme) points: Spanned<Vec<Written>>,
    /// Among whom.
    pub(in crate::scheme) within: crate::scheme::Within,
    /// A value that must be reached to get any.
    pub(in crate::scheme) reach: Option<Spanned<Expression>>,
    /// What happens to whoever is worse than a reference.
    pub(in crate::scheme) below: Option<BelowTable>,
    /// What equals do.
    #[serde(default)]
    pub(in crate::scheme) ties: RankTies,
}

/// What happens to whoever is worse than a reference.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct BelowTable {
    /// The reference.
    pub(in crate::scheme) than: Spanned<Expression>,
    /// The points that it gives.
    pub(in crate::scheme) points: Written,
}

/// `rating`: scores given by people.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct RatingTable {
    /// The item of the table `ratings`.
    pub(in crate::scheme) item: String,
    /// The best score that can be given.
    pub(in crate::scheme) max: Option<Exact>,
    /// How the scores of several raters become one.
    #[serde(default)]
    pub(in crate::scheme) mix: Mix,
    /// Roles whose scores are shown and do not count.
    #[serde(default)]
    pub(in crate::scheme) reference_only: Vec<String>,
    /// What a silent role does.
    #[serde(default)]
    pub(in crate::scheme) absent: Absent,
    /// The scores of levels that raters choose.
    #[serde(default)]
    pub(in crate::scheme) levels: BTreeMap<String, Written>,
}

/// How the scores of several raters become one.
#[derive(Debug, Default)]
pub(in crate::scheme) enum Mix {
    /// Their plain mean.
    #[default]
    Mean,
    /// Means by role, weighted.
    Weights(BTreeMap<String, Written>),
}

impl<'de> Deserialize<'de> for Mix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(word) if word == "mean" => Ok(Self::Mean),
            toml::Value::Table(table) => {
                let weights = BTreeMap::<String, Written>::deserialize(table).map_err(D::Error::custom)?;
                Ok(Self::Weights(weights))
            }
            _ => Err(D::Error::custom("a mix is \"mean\" or weights by role such as { self = 40, supervisor = 60 }")),
        }
    }
}

/// `checklist`: items of a check sheet.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct ChecklistTable {
    /// Items by id.
    #[serde(default)]
    pub(in crate::scheme) items: Vec<Spanned<String>>,
    /// All items of a chapter.
    pub(in crate::scheme) chapter: Option<Spanned<String>>,
    /// All items of several chapters.
    #[serde(default)]
    pub(in crate::scheme) chapters: Vec<Spanned<String>>,
    /// What is counted.
    #[serde(default)]
    pub(in crate::scheme) measure: Measure,
    /// What an unchecked item does.
    #[serde(default)]
    pub(in crate::scheme) unchecked: Unchecked,
}

/// `[[indicator.occurrence]]`: points for each recorded event of a kind.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct OccurrenceTable {
    /// What happened.
    pub(in crate::scheme) what: Bilingual,
    /// The table that records it.
    #[serde(default = "events")]
    pub(in crate::scheme) table: String,
    /// An SQL condition on a row.
    #[serde(rename = "where")]
    pub(in crate::scheme) keep: Option<Spanned<String>>,
    /// Points for each.
    pub(in crate::scheme) points: Option<Written>,
    /// The column, or SQL, that says the points.
    pub(in crate::scheme) points_from: Option<Spanned<String>>,
    /// The least and the most that it may say.
    pub(in crate::scheme) between: Option<Spanned<Vec<Exact>>>,
    /// The sum after the first, the second, …
    #[serde(default)]
    pub(in crate::scheme) cumulative: Vec<Written>,
    /// From how many on the whole line is nought.
    pub(in crate::scheme) zero_at: Option<u32>,
    /// How many are free.
    #[serde(default)]
    pub(in crate::scheme) allowance: u32,
    /// What the allowance frees.
    #[serde(default)]
    pub(in crate::scheme) allowance_mode: AllowanceMode,
    /// Points when there was none.
    pub(in crate::scheme) if_none: Option<Written>,
    /// The sum of this kind is never more.
    pub(in crate::scheme) at_most: Option<Spanned<Exact>>,
    /// The sum of this kind is never less.
    pub(in crate::scheme) at_least: Option<Spanned<Exact>>,
    /// Points once so many are reached.
    pub(in crate::scheme) extra: Option<ExtraTable>,
    /// The columns that name who is charged.
    #[serde(default = "agent_column")]
    pub(in crate::scheme) agents: Vec<String>,
    /// SQL: how many occurrences a row stands for.
    pub(in crate::scheme) count: Option<Spanned<String>>,
    /// The column whose text is shown as evidence.
    pub(in crate::scheme) note: Option<String>,
}

/// `extra`: points once a number of occurrences is reached.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct ExtraTable {
    /// How many.
    pub(in crate::scheme) at: u32,
    /// The points that it gives.
    pub(in crate::scheme) points: Written,
}

fn events() -> String {
    "events".to_owned()
}

pub(super) fn agent_column() -> Vec<String> {
    vec!["agent_id".to_owned()]
}
