//! The families of time and people: streaks, proposals, overrides, watches, milestones, duties, insights.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::{Expression, Written};
use crate::exact::Exact;
use crate::scheme::{Cadence, Chart, Gaps, Level, Whom};
use crate::words::Bilingual;

/// `[[streak]]`: a condition that holds for several periods running.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct StreakTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) label: Bilingual,
    pub(in crate::scheme) when: Spanned<Expression>,
    pub(in crate::scheme) periods: Spanned<u32>,
    #[serde(default)]
    pub(in crate::scheme) gaps: Gaps,
    pub(in crate::scheme) kind: String,
    pub(in crate::scheme) propose: Bilingual,
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[proposal]]`: a consequence that a person must approve.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct ProposalTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) kind: String,
    pub(in crate::scheme) when: Spanned<Expression>,
    pub(in crate::scheme) text: Bilingual,
    #[serde(default, rename = "for")]
    pub(in crate::scheme) whom: Whom,
    pub(in crate::scheme) amount: Option<Spanned<Expression>>,
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[override]]`: what is different on some days.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct OverrideTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) label: Bilingual,
    pub(in crate::scheme) from: Option<Spanned<Datetime>>,
    pub(in crate::scheme) to: Option<Spanned<Datetime>>,
    pub(in crate::scheme) tag: Option<String>,
    #[serde(default)]
    pub(in crate::scheme) weights: BTreeMap<Spanned<String>, Written>,
    #[serde(default)]
    pub(in crate::scheme) expressions: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    pub(in crate::scheme) leave_out: Vec<Spanned<String>>,
    #[serde(default)]
    pub(in crate::scheme) limits: BTreeMap<Spanned<String>, Written>,
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[watch]]`: a daily number that people are told about.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct WatchTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) label: Bilingual,
    pub(in crate::scheme) metric: Spanned<String>,
    #[serde(default)]
    pub(in crate::scheme) per: Cadence,
    pub(in crate::scheme) above: Option<Spanned<Expression>>,
    pub(in crate::scheme) below: Option<Spanned<Expression>>,
    pub(in crate::scheme) worse_by: Option<Exact>,
    #[serde(default = "a_week")]
    pub(in crate::scheme) trailing: u32,
    #[serde(default)]
    pub(in crate::scheme) to: Vec<String>,
    pub(in crate::scheme) open_case: Option<Bilingual>,
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[reconcile]]`: two numbers that must agree.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct ReconcileTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) label: Bilingual,
    #[serde(default)]
    pub(in crate::scheme) of: Level,
    pub(in crate::scheme) value: Spanned<Expression>,
    pub(in crate::scheme) with: Spanned<Expression>,
    pub(in crate::scheme) within: Exact,
}

/// `[[milestone]]`: a day by which somebody does something.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct MilestoneTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) day: Option<Spanned<u32>>,
    pub(in crate::scheme) weekday: Option<Spanned<String>>,
    pub(in crate::scheme) every: Option<Cadence>,
    #[serde(default)]
    pub(in crate::scheme) month: crate::scheme::MilestoneMonth,
    pub(in crate::scheme) who: Bilingual,
    pub(in crate::scheme) what: Bilingual,
}

/// `[[duty]]`: something that must be produced, sent or kept.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct DutyTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) kind: String,
    pub(in crate::scheme) when: Option<Spanned<Expression>>,
    #[serde(default)]
    pub(in crate::scheme) to: Vec<String>,
    pub(in crate::scheme) due: Option<Bilingual>,
    pub(in crate::scheme) text: Bilingual,
}

/// `[[insight]]`: a chart or text that counts nothing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct InsightTable {
    pub(in crate::scheme) id: Spanned<String>,
    pub(in crate::scheme) chart: Chart,
    pub(in crate::scheme) metric: Spanned<Expression>,
    pub(in crate::scheme) text: Option<Bilingual>,
}

fn a_week() -> u32 {
    7
}
