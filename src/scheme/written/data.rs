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
    /// Agents, or departments.
    #[serde(default)]
    pub(in crate::scheme) subjects: Subjects,
    /// The roles of the roster that count.
    #[serde(default)]
    pub(in crate::scheme) roles: Vec<String>,
    /// Who is scored.
    pub(in crate::scheme) scored: Option<Spanned<Expression>>,
    /// Who takes places where points go by place.
    pub(in crate::scheme) ranked: Option<Spanned<Expression>>,
    /// Whose data is in averages.
    pub(in crate::scheme) averaged: Option<Spanned<Expression>>,
    /// Who is counted as a head.
    pub(in crate::scheme) headcount: Option<Spanned<Expression>>,
    /// Who is listed but not scored.
    #[serde(default)]
    pub(in crate::scheme) exclude: Vec<ExcludeTable>,
    /// The sample below which nobody is scored.
    pub(in crate::scheme) minimum: Option<MinimumTable>,
}

/// `exclude`: who is listed but not scored, with the reason.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct ExcludeTable {
    /// The condition, an expression over named values.
    pub(in crate::scheme) when: Spanned<Expression>,
    /// What the card says.
    pub(in crate::scheme) reason: Bilingual,
}

/// `minimum`: the sample below which nobody is scored.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct MinimumTable {
    /// The metric or expression that is looked at.
    pub(in crate::scheme) metric: Spanned<String>,
    /// The least value that is enough.
    pub(in crate::scheme) at_least: Exact,
    /// What the card says.
    pub(in crate::scheme) reason: Bilingual,
}

/// `[[parameter]]`: a number of the policy under a name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct ParameterTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
    /// The number, or `unset`.
    pub(in crate::scheme) value: Spanned<Written>,
    /// How it is printed.
    #[serde(default)]
    pub(in crate::scheme) unit: Unit,
    /// Decimals of the printed value.
    pub(in crate::scheme) decimals: Option<Spanned<u32>>,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[filter]]`: which rows of a table count, under a name of their own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct FilterTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Option<Bilingual>,
    /// The table that it selects from.
    pub(in crate::scheme) table: Spanned<String>,
    /// An SQL condition on its rows.
    pub(in crate::scheme) keep: Spanned<String>,
}

/// `[[metric]]`: a named number counted over rows.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct MetricTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
    /// The table or filter over which it is counted.
    pub(in crate::scheme) table: Spanned<String>,
    /// SQL aggregates over the table's columns, such as `SUM(a) / SUM(b)`.
    pub(in crate::scheme) expression: Spanned<String>,
    /// Whose the rows are.
    #[serde(default)]
    pub(in crate::scheme) of: Level,
    /// How it is printed.
    pub(in crate::scheme) unit: Unit,
    /// Decimals of the printed value.
    pub(in crate::scheme) decimals: Option<Spanned<u32>>,
    /// Whether more is better.
    #[serde(default)]
    pub(in crate::scheme) direction: Direction,
    /// What the numerator counts.
    pub(in crate::scheme) counts: Option<Bilingual>,
    /// What its team's and shop's values are.
    #[serde(default)]
    pub(in crate::scheme) average: Average,
    /// What it is when the denominator is nought.
    #[serde(default)]
    pub(in crate::scheme) zero_denominator: ZeroDenominator,
    /// Days until a row is final.
    pub(in crate::scheme) matures_after: Option<Spanned<u32>>,
    /// What stands for rows that are not final yet, in SQL.
    pub(in crate::scheme) provisional: Option<Spanned<String>>,
    /// The earlier months that count instead of the period.
    pub(in crate::scheme) months_ago: Option<Spanned<Vec<u32>>>,
    /// The columns that name whose rows they are.
    #[serde(default = "agent_column")]
    pub(in crate::scheme) agents: Vec<String>,
    /// Which of the rows count.
    #[serde(default)]
    pub(in crate::scheme) rows: Rows,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[formula]]`: a number made of named numbers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct FormulaTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
    /// What it is made of.
    pub(in crate::scheme) expression: Spanned<Expression>,
    /// Whose number it is.
    #[serde(default)]
    pub(in crate::scheme) of: Level,
    /// How it is printed.
    #[serde(default)]
    pub(in crate::scheme) unit: Unit,
    /// Decimals of the printed value.
    pub(in crate::scheme) decimals: Option<Spanned<u32>>,
    /// Whether more is better.
    #[serde(default)]
    pub(in crate::scheme) direction: Direction,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[lookup]]`: a step table from a number to a number.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct LookupTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
    /// The number that is looked up.
    pub(in crate::scheme) of_value: Spanned<Expression>,
    /// The steps, best first.
    pub(in crate::scheme) bands: Vec<Spanned<BandTable>>,
    /// What everything else gives.
    pub(in crate::scheme) otherwise: Written,
    /// Whose number it is.
    #[serde(default)]
    pub(in crate::scheme) of: Level,
    /// How it is printed.
    #[serde(default)]
    pub(in crate::scheme) unit: Unit,
    /// Decimals of the printed value.
    pub(in crate::scheme) decimals: Option<Spanned<u32>>,
    /// Whether more is better.
    #[serde(default)]
    pub(in crate::scheme) direction: Direction,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}
