//! The scheme file as its author writes it; [`super::check`] turns it into a [`super::Scheme`].

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use toml::Spanned;
use toml::value::Datetime;

use super::metric::{Direction, Unit};
use crate::exact::Exact;
use crate::period::Cycle;
use crate::words::Bilingual;

/// A whole file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct SchemeFile {
    pub(super) id: Spanned<String>,
    pub(super) catalogue: Option<String>,
    pub(super) title: Bilingual,
    pub(super) version: String,
    pub(super) effective_from: Spanned<Datetime>,
    pub(super) supersedes: Option<String>,
    pub(super) cycle: Cycle,
    #[serde(default = "hundred")]
    pub(super) full_marks: Exact,
    #[serde(default)]
    pub(super) remarks: Vec<Bilingual>,
    #[serde(default)]
    pub(super) population: PopulationTable,
    #[serde(default)]
    pub(super) filter: Vec<FilterTable>,
    #[serde(default)]
    pub(super) metric: Vec<MetricTable>,
    #[serde(default)]
    pub(super) indicator: Vec<IndicatorTable>,
    pub(super) rank: RankTable,
    #[serde(default)]
    pub(super) grade: Vec<Spanned<GradeTable>>,
}

/// `[population]`: who is scored.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PopulationTable {
    pub(super) minimum: Option<MinimumTable>,
}

/// `minimum`: the sample below which nobody is scored.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct MinimumTable {
    pub(super) metric: Spanned<String>,
    pub(super) at_least: Exact,
    pub(super) reason: Bilingual,
}

/// `[[filter]]`: which rows of a table count, under a name of their own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct FilterTable {
    pub(super) id: Spanned<String>,
    pub(super) table: Spanned<String>,
    pub(super) keep: Spanned<String>,
}

/// `[[metric]]`: a named number per agent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct MetricTable {
    pub(super) id: Spanned<String>,
    pub(super) label: Bilingual,
    pub(super) table: Spanned<String>,
    pub(super) expression: Spanned<String>,
    pub(super) unit: Unit,
    pub(super) decimals: Option<u32>,
    #[serde(default)]
    pub(super) direction: Direction,
    pub(super) counts: Option<Bilingual>,
}

/// `[[indicator]]`: a scored line.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct IndicatorTable {
    pub(super) id: Spanned<String>,
    pub(super) metric: Spanned<String>,
    pub(super) label: Option<Bilingual>,
    pub(super) relative_to: Option<Spanned<String>>,
    pub(super) weight: Spanned<Amount>,
    #[serde(default = "hundred")]
    pub(super) full_points: Exact,
    #[serde(default)]
    pub(super) bands: Vec<Spanned<BandTable>>,
    pub(super) steps: Option<Spanned<StepsTable>>,
    pub(super) otherwise: Option<Amount>,
    #[serde(default)]
    pub(super) missing: Missing,
    pub(super) assumed: Option<Bilingual>,
}

/// One band: exactly one edge, and the points it gives.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct BandTable {
    pub(super) at_least: Option<Exact>,
    pub(super) above: Option<Exact>,
    pub(super) at_most: Option<Exact>,
    pub(super) below: Option<Exact>,
    pub(super) points: Amount,
}

/// Evenly spaced bands from the best edge to the last.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct StepsTable {
    pub(super) from: Exact,
    pub(super) to: Exact,
    pub(super) step: Exact,
    pub(super) points: Exact,
    pub(super) points_step: Exact,
}

/// `[rank]`: how agents are ordered.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RankTable {
    pub(super) within: Within,
    #[serde(default)]
    pub(super) method: Method,
    #[serde(default)]
    pub(super) ties: Vec<Spanned<String>>,
}

/// `[[grade]]`: a label and its lower limit.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct GradeTable {
    pub(super) label: Bilingual,
    pub(super) at_least: Option<Exact>,
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

fn hundred() -> Exact {
    Exact::whole(100)
}
