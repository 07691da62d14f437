//! The families of time and people: streaks, proposals, overrides, watches, milestones, duties, insights.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::value::Datetime;

use super::{Day, Expression, Written};
use crate::diag::Spanned;
use crate::exact::Exact;
use crate::scheme::{Cadence, Chart, Gaps, Level, Unit, Whom};
use crate::words::Bilingual;

/// `[[streak]]`: a condition that holds for several periods running.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct StreakTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
    /// The condition, an expression over named values.
    pub(in crate::scheme) when: Spanned<Expression>,
    /// How many periods running.
    pub(in crate::scheme) periods: Spanned<u32>,
    /// What a period without a result does.
    #[serde(default)]
    pub(in crate::scheme) gaps: Gaps,
    /// Its kind, a word of the author's such as `promote`.
    pub(in crate::scheme) kind: String,
    /// What is proposed.
    pub(in crate::scheme) propose: Bilingual,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[proposal]]`: a consequence that a person must approve.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct ProposalTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// Its kind, a word of the author's such as `promote`.
    pub(in crate::scheme) kind: String,
    /// The condition, an expression over named values.
    pub(in crate::scheme) when: Spanned<Expression>,
    /// What is proposed.
    pub(in crate::scheme) text: Bilingual,
    /// Whom it may reach.
    #[serde(default, rename = "for")]
    pub(in crate::scheme) whom: Whom,
    /// Yuan.
    pub(in crate::scheme) amount: Option<Spanned<Expression>>,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[override]]`: what is different on some days.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct OverrideTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
    /// The first day.
    #[schemars(with = "Option<Day>")]
    pub(in crate::scheme) from: Option<Spanned<Datetime>>,
    /// The last day.
    #[schemars(with = "Option<Day>")]
    pub(in crate::scheme) to: Option<Spanned<Datetime>>,
    /// The days that the table `calendar` marks so.
    pub(in crate::scheme) tag: Option<String>,
    /// Weights of indicators on those days.
    #[serde(default)]
    pub(in crate::scheme) weights: BTreeMap<Spanned<String>, Written>,
    /// SQL of metrics for the rows of those days.
    #[serde(default)]
    pub(in crate::scheme) expressions: BTreeMap<Spanned<String>, Spanned<String>>,
    /// Metrics for which those days do not count.
    #[serde(default)]
    pub(in crate::scheme) leave_out: Vec<Spanned<String>>,
    /// Limits of watches on those days.
    #[serde(default)]
    pub(in crate::scheme) limits: BTreeMap<Spanned<String>, Written>,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[watch]]`: a daily number that people are told about.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct WatchTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
    /// The metric that is watched.
    pub(in crate::scheme) metric: Spanned<String>,
    /// How often, or over which stretch.
    #[serde(default)]
    pub(in crate::scheme) per: Cadence,
    /// Told above this.
    pub(in crate::scheme) above: Option<Spanned<Expression>>,
    /// Told below this.
    pub(in crate::scheme) below: Option<Spanned<Expression>>,
    /// Told when worse than the trailing mean by this part of it.
    pub(in crate::scheme) worse_by: Option<Spanned<Exact>>,
    /// Days of the trailing mean.
    #[serde(default = "a_week")]
    pub(in crate::scheme) trailing: u32,
    /// Who gets it.
    #[serde(default)]
    pub(in crate::scheme) to: Vec<String>,
    /// The question of the case that is opened.
    pub(in crate::scheme) open_case: Option<Bilingual>,
    /// Why its author filled something in; printed on the cards.
    pub(in crate::scheme) assumed: Option<Bilingual>,
}

/// `[[reconcile]]`: two numbers that must agree.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct ReconcileTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// What people call it.
    pub(in crate::scheme) label: Bilingual,
    /// Whose number it is.
    #[serde(default)]
    pub(in crate::scheme) of: Level,
    /// The number that stands.
    pub(in crate::scheme) value: Spanned<Expression>,
    /// The number that it is compared with.
    pub(in crate::scheme) with: Spanned<Expression>,
    /// The part of the first by which they may differ.
    pub(in crate::scheme) within: Spanned<Exact>,
}

/// `[[milestone]]`: a day by which somebody does something.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct MilestoneTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// A day of a month.
    pub(in crate::scheme) day: Option<Spanned<u32>>,
    /// A day of every week.
    pub(in crate::scheme) weekday: Option<Spanned<String>>,
    /// Again and again.
    pub(in crate::scheme) every: Option<Cadence>,
    /// Which month.
    #[serde(default)]
    pub(in crate::scheme) month: crate::scheme::MilestoneMonth,
    /// Who.
    pub(in crate::scheme) who: Bilingual,
    /// What.
    pub(in crate::scheme) what: Bilingual,
}

/// `[[duty]]`: something that must be produced, sent or kept.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct DutyTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// Its kind, a word of the author's such as `promote`.
    pub(in crate::scheme) kind: String,
    /// For whom; for everybody without.
    pub(in crate::scheme) when: Option<Spanned<Expression>>,
    /// Who gets it.
    #[serde(default)]
    pub(in crate::scheme) to: Vec<String>,
    /// By when.
    pub(in crate::scheme) due: Option<Bilingual>,
    /// What it is.
    pub(in crate::scheme) text: Bilingual,
}

/// `[[insight]]`: a chart or text that counts nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::scheme) struct InsightTable {
    /// Its id: lower-case letters, digits and hyphens.
    pub(in crate::scheme) id: Spanned<String>,
    /// How it is drawn.
    pub(in crate::scheme) chart: Chart,
    /// The value: a metric, or an expression over metrics and formulas that can be worked out day by day.
    pub(in crate::scheme) metric: Spanned<Expression>,
    /// How it is printed; a named value says so itself.
    pub(in crate::scheme) unit: Option<Unit>,
    /// What it says.
    pub(in crate::scheme) text: Option<Bilingual>,
}

fn a_week() -> u32 {
    7
}
