//! `[[resource.into]]` as written: the rows that a record becomes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Placed, Scalar};
use crate::diag::Spanned;

/// `[[resource.into]]`: which rows a record becomes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct IntoTable {
    pub table: Placed,
    #[serde(default)]
    pub by_name: bool,
    #[serde(default)]
    pub skip: Vec<SkipTable>,
    #[serde(default)]
    pub columns: BTreeMap<Placed, Spanned<ColumnTable>>,
}

/// `skip`: records that are dropped on purpose, under a name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SkipTable {
    pub name: Placed,
    pub when: Spanned<RowWhenTable>,
    /// `false` for a rule that is the normal case and not worth a finding.
    pub note: Option<bool>,
}

/// A test of one field of a record.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RowWhenTable {
    pub from: String,
    #[serde(rename = "in")]
    pub one_of: Option<Vec<Scalar>>,
    pub empty: Option<bool>,
}

/// `columns.NAME`: where a column comes from and what it must be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ColumnTable {
    pub from: Option<String>,
    pub value: Option<Scalar>,
    pub present: Option<String>,
    pub format: Option<String>,
    pub epoch: Option<EpochWord>,
    pub zone: Option<String>,
    pub unit: Option<UnitWord>,
    pub map: Option<BTreeMap<String, Scalar>>,
    pub null: Option<Vec<Scalar>>,
    pub null_when: Option<Spanned<RowWhenTable>>,
    pub one_of: Option<Vec<Scalar>>,
    pub none_of: Option<Vec<Scalar>>,
    pub without: Option<String>,
    pub starts_with: Option<StartWord>,
    pub at_least: Option<i64>,
    pub within: Option<WithinWord>,
}

/// `epoch`: instants that are counted from 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EpochWord {
    S,
    Ms,
}

/// `unit`: what one of a decimal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnitWord {
    Yuan,
    Fen,
}

/// `starts-with`: what the first sign of a text must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StartWord {
    Letter,
}

/// `within`: where a day must lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WithinWord {
    Window,
}
