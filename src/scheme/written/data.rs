//! The families that say what is counted: population, parameters, filters, metrics, formulas, lookups.

use schemars::JsonSchema;
use serde::Deserialize;

use super::agent_column;
use super::{BandTable, Expression, Written};
use crate::diag::Spanned;
use crate::exact::Exact;
use crate::scheme::{Average, Direction, Level, Rows, Subjects, Unit, ZeroDenominator};
use crate::words::Bilingual;

/// `[population]`: who is scored, ranked, averaged and counted.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct PopulationTable {
    #[serde(default)]
    pub(in crate::scheme) subjects: Subjects,
    #[serde(default)]
    pub(in crate::scheme) roles: Vec<String>,
    pub(in crate::scheme) scored: Option<Spanned<Expression>>,
    pub(in crate::scheme) ranked: Option<Spanned<Expression>>,
    pub(in crate::scheme) averaged: Option<Spanned<Expression>>,
    pub(in crate::scheme) headcount: Option<Spanned<Expression>>,
    #[serde(default)]
    pub(in crate::scheme) exclude: Vec<ExcludeTable>,
    pub(in crate::scheme) minimum: Option<MinimumTable>,
}

/// `exclude`: who is listed but not scored, with the reason.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct ExcludeTable {
    pub(in crate::scheme) when: Spanned<Expression>,
    pub(in crate::scheme) reason: Bilingual,
}

/// `minimum`: the sample below which nobody is scored.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct MinimumTable {
    pub(in crate::scheme) metric: Spanned<String>,
    pub(in crate::scheme) at_least: Exact,
    pub(in crate::scheme) reason: Bilingual,
}

/// `[[parameter]]`: a number of the policy under a name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct ParameterTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) label: Bilingual,
    pub(in crate::scheme) value: Spanned<Written>,
    #[serde(default)]
    pub(in crate::scheme) unit: Unit,
    pub(in crate::scheme) decimals: Option<Spanned<u32>>,
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[filter]]`: which rows of a table count, under a name of their own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct FilterTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) label: Option<Bilingual>,
    pub(in crate::scheme) table: Spanned<String>,
    pub(in crate::scheme) keep: Spanned<String>,
}

/// `[[metric]]`: a named number counted over rows.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct MetricTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) label: Bilingual,
    pub(in crate::scheme) table: Spanned<String>,
    pub(in crate::scheme) expression: Spanned<String>,
    #[serde(default)]
    pub(in crate::scheme) of: Level,
    pub(in crate::scheme) unit: Unit,
    pub(in crate::scheme) decimals: Option<Spanned<u32>>,
    #[serde(default)]
    pub(in crate::scheme) direction: Direction,
    pub(in crate::scheme) counts: Option<Bilingual>,
    #[serde(default)]
    pub(in crate::scheme) average: Average,
    #[serde(default)]
    pub(in crate::scheme) zero_denominator: ZeroDenominator,
    pub(in crate::scheme) matures_after: Option<Spanned<u32>>,
    pub(in crate::scheme) provisional: Option<Spanned<String>>,
    pub(in crate::scheme) months_ago: Option<Spanned<Vec<u32>>>,
    #[serde(default = "agent_column")]
    pub(in crate::scheme) agents: Vec<String>,
    #[serde(default)]
    pub(in crate::scheme) rows: Rows,
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[formula]]`: a number made of named numbers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct FormulaTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) label: Bilingual,
    pub(in crate::scheme) expression: Spanned<Expression>,
    #[serde(default)]
    pub(in crate::scheme) of: Level,
    #[serde(default)]
    pub(in crate::scheme) unit: Unit,
    pub(in crate::scheme) decimals: Option<Spanned<u32>>,
    #[serde(default)]
    pub(in crate::scheme) direction: Direction,
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[lookup]]`: a step table from a number to a number.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct LookupTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) label: Bilingual,
    pub(in crate::scheme) of_value: Spanned<Expression>,
    pub(in crate::scheme) bands: Vec<Spanned<BandTable>>,
    pub(in crate::scheme) otherwise: Written,
    #[serde(default)]
    pub(in crate::scheme) of: Level,
    #[serde(default)]
    pub(in crate::scheme) unit: Unit,
    pub(in crate::scheme) decimals: Option<Spanned<u32>>,
    #[serde(default)]
    pub(in crate::scheme) direction: Direction,
    pub(in crate::scheme) assumed: Option<Bilingual>,
}
