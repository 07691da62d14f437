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
    /// Whether there is a total.
    #[serde(default)]
    pub(in crate::scheme) counts: Counting,
    /// What full marks become.
    pub(in crate::scheme) normalise_to: Option<Spanned<Exact>>,
    /// It is never less.
    pub(in crate::scheme) at_least: Option<Spanned<Exact>>,
    /// It is never more.
    pub(in crate::scheme) at_most: Option<Spanned<Exact>>,
    /// Decimals to which it is rounded before anything decides on it.
    pub(in crate::scheme) rounded_to: Option<Spanned<u32>>,
    /// Totals from a limit on that count as another.
    #[serde(default)]
    pub(in crate::scheme) becomes: Vec<BecomesTable>,
}

/// `becomes`: a total from a limit on counts as another.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct BecomesTable {
    /// From this total on.
    pub(in crate::scheme) at_least: Exact,
    /// It counts as this.
    pub(in crate::scheme) total: Exact,
}

/// `[[gate]]`: a condition and what follows from it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct GateTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
    /// When it holds.
    pub(in crate::scheme) when: Spanned<Expression>,
    /// Lines that are nought then.
    #[serde(default)]
    pub(in crate::scheme) zero: Vec<Spanned<String>>,
    /// The grade that is given then.
    pub(in crate::scheme) grade: Option<Spanned<String>>,
    /// Pools and components of pay of which nothing is paid then.
    #[serde(default)]
    pub(in crate::scheme) no_pay: Vec<Spanned<String>>,
    /// Quotas that pass over the agent then.
    #[serde(default)]
    pub(in crate::scheme) not_eligible: Vec<Spanned<String>>,
    /// What is proposed then.
    pub(in crate::scheme) propose: Option<Bilingual>,
    /// Its kind, a word of the author's such as `promote`.
    pub(in crate::scheme) kind: Option<Spanned<String>>,
    /// Whom it may reach.
    #[serde(default, rename = "for")]
    pub(in crate::scheme) whom: Whom,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[rank]`: how agents are ordered.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct RankTable {
    /// Among whom.
    #[serde(default)]
    pub(in crate::scheme) within: Within,
    /// What equals do to the places after them.
    #[serde(default)]
    pub(in crate::scheme) method: Method,
    /// What orders equals, better first; `agent` is the staff number.
    #[serde(default)]
    pub(in crate::scheme) ties: Vec<Spanned<Expression>>,
    /// What people are ordered by; the total without.
    pub(in crate::scheme) key: Option<Spanned<Expression>>,
}

/// `[[grade]]`: a label and its lower limit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct GradeTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Option<Spanned<String>>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
    /// The lower limit of the total; none for the last.
    pub(in crate::scheme) at_least: Option<Written>,
    /// Yuan that hang on it.
    pub(in crate::scheme) amount: Option<Written>,
    /// The coefficient that hangs on it.
    pub(in crate::scheme) coefficient: Option<Written>,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[quota]]`: so many of the best or the last.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct QuotaTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
    /// From which end.
    pub(in crate::scheme) from: End,
    /// The part of the group, such as `"20%"`.
    pub(in crate::scheme) share: Option<Spanned<Exact>>,
    /// How many.
    pub(in crate::scheme) count: Option<u32>,
    /// Among whom.
    #[serde(default)]
    pub(in crate::scheme) within: Within,
    /// How a part becomes a number.
    #[serde(default)]
    pub(in crate::scheme) rounding: Rounding,
    /// Never fewer in a group that is large enough.
    #[serde(default)]
    pub(in crate::scheme) at_least: u32,
    /// From how many people on a group is large enough.
    #[serde(default)]
    pub(in crate::scheme) minimum_group: u32,
    /// How many in smaller groups.
    #[serde(default)]
    pub(in crate::scheme) small_group: u32,
    /// What equals do.
    #[serde(default)]
    pub(in crate::scheme) ties: QuotaTies,
    /// Who may be chosen.
    pub(in crate::scheme) among: Option<Spanned<Expression>>,
    /// What people are ordered by; the total without.
    pub(in crate::scheme) key: Option<Spanned<Expression>>,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}
