//! The scheme file as its author writes it; [`super::check`] turns it into a [`super::Scheme`].

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use toml::Spanned;
use toml::value::Datetime;

use crate::exact::Exact;
use crate::period::Cycle;
use super::metric::{Direction, Unit};
use crate::words::Bilingual;

/// A whole file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SchemeFile {
    pub id: Spanned<String>,
    pub catalogue: Option<String>,
    pub title: Label,
    pub version: String,
    pub effective_from: Spanned<Datetime>,
    pub supersedes: Option<String>,
    pub cycle: Cycle,
    #[serde(default = "hundred")]
    pub full_marks: Exact,
    #[serde(default)]
    pub remarks: Vec<Label>,
    #[serde(default)]
    pub population: PopulationTable,
    #[serde(default)]
    pub filter: Vec<FilterTable>,
    #[serde(default)]
    pub metric: Vec<MetricTable>,
    #[serde(default)]
    pub indicator: Vec<IndicatorTable>,
    pub rank: RankTable,
    #[serde(default)]
    pub grade: Vec<Spanned<GradeTable>>,
}

/// `[population]`: who is scored.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PopulationTable {
    pub minimum: Option<MinimumTable>,
}

/// `minimum`: the sample below which nobody is scored.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MinimumTable {
    pub metric: Spanned<String>,
    pub at_least: Exact,
    pub reason: Label,
}

/// `[[filter]]`: which rows of a table count, under a name of their own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FilterTable {
    pub id: Spanned<String>,
    pub table: Spanned<String>,
    pub keep: Spanned<String>,
}

/// `[[metric]]`: a named number per agent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MetricTable {
    pub id: Spanned<String>,
    pub label: Label,
    pub table: Spanned<String>,
    pub expression: Spanned<String>,
    pub unit: Unit,
    pub decimals: Option<u32>,
    #[serde(default)]
    pub direction: Direction,
    pub counts: Option<Label>,
}

/// `[[indicator]]`: a scored line.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct IndicatorTable {
    pub id: Spanned<String>,
    pub metric: Spanned<String>,
    pub label: Option<Label>,
    pub relative_to: Option<Spanned<String>>,
    pub weight: Spanned<Amount>,
    #[serde(default = "hundred")]
    pub full_points: Exact,
    #[serde(default)]
    pub bands: Vec<Spanned<BandTable>>,
    pub steps: Option<Spanned<StepsTable>>,
    pub otherwise: Option<Amount>,
    #[serde(default)]
    pub missing: Missing,
    pub assumed: Option<Label>,
}

/// One band: exactly one edge, and the points it gives.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BandTable {
    pub at_least: Option<Exact>,
    pub above: Option<Exact>,
    pub at_most: Option<Exact>,
    pub below: Option<Exact>,
    pub points: Amount,
}

/// Evenly spaced bands from the best edge to the last.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StepsTable {
    pub from: Exact,
    pub to: Exact,
    pub step: Exact,
    pub points: Exact,
    pub points_step: Exact,
}

/// `[rank]`: how agents are ordered.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RankTable {
    pub within: Within,
    #[serde(default)]
    pub method: Method,
    #[serde(default)]
    pub ties: Vec<Spanned<String>>,
}

/// `[[grade]]`: a label and its lower limit.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GradeTable {
    pub label: Label,
    pub at_least: Option<Exact>,
}

/// What happens to the total when an indicator has no data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// Its weight is shared out over the other indicators.
    #[default]
    Renormalise,
    /// The agent is not scored until the data is there.
    Hold,
    /// It counts as full points.
    Full,
    /// It counts as no points.
    Zero,
}

/// Among whom an agent is ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Within {
    /// The agent's own team.
    Team,
    /// All agents of the shop.
    Shop,
}

/// What equal totals do to the places after them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// 1, 1, 3.
    #[default]
    Competition,
    /// 1, 1, 2.
    Dense,
}

/// A number, or the word `unset` for one that the owner must still supply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// A known number.
    Known(Exact),
    /// Not supplied; a run that needs it is held.
    Unset,
}

impl Amount {
    /// The number, unless it is unset.
    pub fn known(&self) -> Option<&Exact> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unset => None,
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrUnset;
        impl Visitor<'_> for NumberOrUnset {
            type Value = Amount;
            fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
                out.write_str("a number such as 45 or \"2%\", or \"unset\"")
            }
            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Amount, E> {
                Ok(Amount::Known(Exact::whole(value)))
            }
            fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Amount, E> {
                Exact::from_float(value).map(Amount::Known).ok_or_else(|| E::custom("a number must be finite"))
            }
            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Amount, E> {
                if value == "unset" {
                    return Ok(Amount::Unset);
                }
                Exact::parse(value)
                    .map(Amount::Known)
                    .ok_or_else(|| E::custom(format!("`{value}` is neither a number nor `unset`")))
            }
        }
        deserializer.deserialize_any(NumberOrUnset)
    }
}

/// A text: one string for both languages, or `{ zh = "…", en = "…" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Label {
    /// The same in both.
    One(String),
    /// One text each.
    Both(Bilingual),
}

impl Label {
    /// Both texts.
    pub fn bilingual(&self) -> Bilingual {
        match self {
            Self::One(text) => Bilingual::same(text),
            Self::Both(both) => both.clone(),
        }
    }
}

fn hundred() -> Exact {
    Exact::whole(100)
}
