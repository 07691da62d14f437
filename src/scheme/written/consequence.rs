//! The families that follow from points: the total, gates, ranks, grades and quotas.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Expression, Written};
use crate::diag::Spanned;
use crate::exact::Exact;
use crate::scheme::{Counting, End, Method, QuotaTies, Rounding, Whom, Within};
use crate::words::Bilingual;

/// `[total]`: how the total is made of the lines.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct TotalTable {
    #[serde(default)]
    pub(in crate::scheme) counts: Counting,
    pub(in crate::scheme) normalise_to: Option<Spanned<Exact>>,
    pub(in crate::scheme) at_least: Option<Spanned<Exact>>,
    pub(in crate::scheme) at_most: Option<Spanned<Exact>>,
    pub(in crate::scheme) rounded_to: Option<Spanned<u32>>,
    #[serde(default)]
    pub(in crate::scheme) becomes: Vec<BecomesTable>,
}

/// `becomes`: a total from a limit on counts as another.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct BecomesTable {
    pub(in crate::scheme) at_least: Exact,
    pub(in crate::scheme) total: Exact,
}

/// `[[gate]]`: a condition and what follows from it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct GateTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) label: Bilingual,
    pub(in crate::scheme) when: Spanned<Expression>,
    #[serde(default)]
    pub(in crate::scheme) zero: Vec<Spanned<String>>,
    pub(in crate::scheme) grade: Option<Spanned<String>>,
    #[serde(default)]
    pub(in crate::scheme) no_pay: Vec<Spanned<String>>,
    #[serde(default)]
    pub(in crate::scheme) not_eligible: Vec<Spanned<String>>,
    pub(in crate::scheme) propose: Option<Bilingual>,
    pub(in crate::scheme) kind: Option<Spanned<String>>,
    #[serde(default, rename = "for")]
    pub(in crate::scheme) whom: Whom,
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[rank]`: how agents are ordered.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct RankTable {
    #[serde(default)]
    pub(in crate::scheme) within: Within,
    #[serde(default)]
    pub(in crate::scheme) method: Method,
    #[serde(default)]
    pub(in crate::scheme) ties: Vec<Spanned<Expression>>,
    pub(in crate::scheme) key: Option<Spanned<Expression>>,
}

/// `[[grade]]`: a label and its lower limit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct GradeTable {
    pub(in crate::scheme) id: Option<Spanned<String>>,
    pub(in crate::scheme) label: Bilingual,
    pub(in crate::scheme) at_least: Option<Written>,
    pub(in crate::scheme) amount: Option<Written>,
    pub(in crate::scheme) coefficient: Option<Written>,
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[quota]]`: so many of the best or the last.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct QuotaTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) label: Bilingual,
    pub(in crate::scheme) from: End,
    pub(in crate::scheme) share: Option<Spanned<Exact>>,
    pub(in crate::scheme) count: Option<u32>,
    #[serde(default)]
    pub(in crate::scheme) within: Within,
    #[serde(default)]
    pub(in crate::scheme) rounding: Rounding,
    #[serde(default)]
    pub(in crate::scheme) at_least: u32,
    #[serde(default)]
    pub(in crate::scheme) minimum_group: u32,
    #[serde(default)]
    pub(in crate::scheme) small_group: u32,
    #[serde(default)]
    pub(in crate::scheme) ties: QuotaTies,
    pub(in crate::scheme) among: Option<Spanned<Expression>>,
    pub(in crate::scheme) key: Option<Spanned<Expression>>,
    pub(in crate::scheme) assumed: Option<Bilingual>,
}
