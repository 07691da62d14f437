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
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) label: Bilingual,
    pub(in crate::scheme) weight: Option<Spanned<Weight>>,
    #[serde(default)]
    pub(in crate::scheme) apart: bool,
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
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) label: Bilingual,
}

/// `[[item]]`: one line of a check sheet.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct ItemTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) text: Bilingual,
    pub(in crate::scheme) chapter: Option<String>,
    pub(in crate::scheme) applies_when: Option<Spanned<Expression>>,
    pub(in crate::scheme) met_when: Option<Spanned<Expression>>,
    #[serde(default)]
    pub(in crate::scheme) of: crate::scheme::Level,
    #[serde(default)]
    pub(in crate::scheme) critical: bool,
}

/// `[[indicator]]`: a line on the card.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct IndicatorTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) label: Option<Bilingual>,
    pub(in crate::scheme) about: Option<Bilingual>,
    pub(in crate::scheme) group: Option<Spanned<String>>,
    pub(in crate::scheme) weight: Option<Spanned<Weight>>,
    pub(in crate::scheme) marks: Option<Spanned<Written>>,
    #[serde(default)]
    pub(in crate::scheme) shown: bool,
    pub(in crate::scheme) full_points: Option<Spanned<Exact>>,
    pub(in crate::scheme) metric: Option<Spanned<Expression>>,
    pub(in crate::scheme) relative_to: Option<Spanned<Expression>>,
    #[serde(default)]
    pub(in crate::scheme) compare: Compare,
    pub(in crate::scheme) rating: Option<Spanned<RatingTable>>,
    pub(in crate::scheme) checklist: Option<Spanned<ChecklistTable>>,
    #[serde(default)]
    pub(in crate::scheme) occurrence: Vec<Spanned<OccurrenceTable>>,
    pub(in crate::scheme) start: Option<Spanned<Written>>,
    pub(in crate::scheme) points: Option<Spanned<Expression>>,
    #[serde(default)]
    pub(in crate::scheme) met_when: Vec<Spanned<Expression>>,
    #[serde(default)]
    pub(in crate::scheme) bands: Vec<Spanned<BandTable>>,
    pub(in crate::scheme) steps: Option<Spanned<StepsTable>>,
    pub(in crate::scheme) linear: Option<LinearTable>,
    pub(in crate::scheme) rank_points: Option<RankPointsTable>,
    pub(in crate::scheme) otherwise: Option<Spanned<Written>>,
    pub(in crate::scheme) otherwise_level: Option<Spanned<String>>,
    #[serde(default)]
    pub(in crate::scheme) per: Per,
    pub(in crate::scheme) when: Option<Spanned<Expression>>,
    #[serde(default)]
    pub(in crate::scheme) missing: Missing,
    pub(in crate::scheme) at_least: Option<Spanned<Exact>>,
    pub(in crate::scheme) at_most: Option<Spanned<Exact>>,
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// One band: exactly one edge, and what it gives.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(transform = super::schemas::with_value)]
pub(in crate::scheme) struct BandTable {
    pub(in crate::scheme) at_least: Option<Written>,
    pub(in crate::scheme) above: Option<Written>,
    pub(in crate::scheme) at_most: Option<Written>,
    pub(in crate::scheme) below: Option<Written>,
    #[serde(alias = "value")]
    pub(in crate::scheme) points: Option<Written>,
    pub(in crate::scheme) level: Option<Spanned<String>>,
}

/// Evenly spaced bands from the best edge to the last.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct StepsTable {
    pub(in crate::scheme) from: Exact,
    pub(in crate::scheme) to: Exact,
    pub(in crate::scheme) step: Exact,
    pub(in crate::scheme) points: Exact,
    pub(in crate::scheme) points_step: Exact,
}

/// A straight line between two points, flat beyond them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct LinearTable {
    pub(in crate::scheme) from: Exact,
    pub(in crate::scheme) to: Spanned<Exact>,
    pub(in crate::scheme) points_from: Exact,
    pub(in crate::scheme) points_to: Exact,
}

/// Points by place among others.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct RankPointsTable {
    pub(in crate::scheme) points: Spanned<Vec<Written>>,
    pub(in crate::scheme) within: crate::scheme::Within,
    pub(in crate::scheme) reach: Option<Spanned<Expression>>,
    pub(in crate::scheme) below: Option<BelowTable>,
    #[serde(default)]
    pub(in crate::scheme) ties: RankTies,
}

/// What happens to whoever is worse than a reference.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct BelowTable {
    pub(in crate::scheme) than: Spanned<Expression>,
    pub(in crate::scheme) points: Written,
}

/// `rating`: scores given by people.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct RatingTable {
    pub(in crate::scheme) item: String,
    pub(in crate::scheme) max: Option<Exact>,
    #[serde(default)]
    pub(in crate::scheme) mix: Mix,
    #[serde(default)]
    pub(in crate::scheme) reference_only: Vec<String>,
    #[serde(default)]
    pub(in crate::scheme) absent: Absent,
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
    #[serde(default)]
    pub(in crate::scheme) items: Vec<Spanned<String>>,
    pub(in crate::scheme) chapter: Option<Spanned<String>>,
    #[serde(default)]
    pub(in crate::scheme) chapters: Vec<Spanned<String>>,
    #[serde(default)]
    pub(in crate::scheme) measure: Measure,
    #[serde(default)]
    pub(in crate::scheme) unchecked: Unchecked,
}

/// `[[indicator.occurrence]]`: points for each recorded event of a kind.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct OccurrenceTable {
    pub(in crate::scheme) what: Bilingual,
    #[serde(default = "events")]
    pub(in crate::scheme) table: String,
    #[serde(rename = "where")]
    pub(in crate::scheme) keep: Option<Spanned<String>>,
    pub(in crate::scheme) points: Option<Written>,
    pub(in crate::scheme) points_from: Option<Spanned<String>>,
    pub(in crate::scheme) between: Option<Spanned<Vec<Exact>>>,
    #[serde(default)]
    pub(in crate::scheme) cumulative: Vec<Written>,
    pub(in crate::scheme) zero_at: Option<u32>,
    #[serde(default)]
    pub(in crate::scheme) allowance: u32,
    #[serde(default)]
    pub(in crate::scheme) allowance_mode: AllowanceMode,
    pub(in crate::scheme) if_none: Option<Written>,
    pub(in crate::scheme) at_most: Option<Spanned<Exact>>,
    pub(in crate::scheme) at_least: Option<Spanned<Exact>>,
    pub(in crate::scheme) extra: Option<ExtraTable>,
    #[serde(default = "agent_column")]
    pub(in crate::scheme) agents: Vec<String>,
    pub(in crate::scheme) count: Option<Spanned<String>>,
    pub(in crate::scheme) note: Option<String>,
}

/// `extra`: points once a number of occurrences is reached.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct ExtraTable {
    pub(in crate::scheme) at: u32,
    pub(in crate::scheme) points: Written,
}

fn events() -> String {
    "events".to_owned()
}

pub(super) fn agent_column() -> Vec<String> {
    vec!["agent_id".to_owned()]
}
