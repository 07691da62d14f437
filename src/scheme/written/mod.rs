//! The scheme file as its author writes it; [`super::check`] turns it into a [`super::Scheme`].

mod amount;
mod consequence;
mod data;
mod indicator;
mod money;
mod schemas;
mod time;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::value::Datetime;

use crate::diag::Spanned;
use crate::period::Cycle;
use crate::words::Bilingual;

pub(super) use amount::{Expression, FullMarks, Written};
pub(super) use consequence::*;
pub(super) use data::*;
use indicator::agent_column;
pub(super) use indicator::*;
pub(super) use money::*;
use schemas::Day;
pub(super) use time::*;

/// A whole file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct SchemeFile {
    /// Its id, shared by all its versions.
    pub(super) id: Spanned<String>,
    /// The number in the catalogue of schemes, such as `S03`.
    pub(super) catalogue: Option<String>,
    /// What people call it.
    pub(super) title: Bilingual,
    /// The version as its author counts.
    pub(super) version: String,
    /// The first day on which it is in force.
    #[schemars(with = "Day")]
    pub(super) effective_from: Spanned<Datetime>,
    /// The version that it replaces.
    pub(super) supersedes: Option<Spanned<String>>,
    /// How long its periods are.
    pub(super) cycle: Cycle,
    /// What the weights sum to.
    #[serde(default)]
    pub(super) full_marks: FullMarks,
    /// Texts that are printed on every card.
    #[serde(default)]
    pub(super) remarks: Vec<Bilingual>,
    /// How the total is made.
    #[serde(default)]
    pub(super) total: TotalTable,
    /// Who is scored, ranked, averaged and counted.
    #[serde(default)]
    pub(super) population: PopulationTable,
    /// Numbers of the policy under names.
    #[serde(default)]
    pub(super) parameter: Vec<ParameterTable>,
    /// Selections of rows under names.
    #[serde(default)]
    pub(super) filter: Vec<FilterTable>,
    /// Numbers counted over rows.
    #[serde(default)]
    pub(super) metric: Vec<MetricTable>,
    /// Numbers made of named numbers.
    #[serde(default)]
    pub(super) formula: Vec<FormulaTable>,
    /// Step tables from a number to a number.
    #[serde(default)]
    pub(super) lookup: Vec<LookupTable>,
    /// Headings whose lines sum to a weight.
    #[serde(default)]
    pub(super) group: Vec<GroupTable>,
    /// Named levels that bands may give, best first.
    #[serde(default)]
    pub(super) level: Vec<LevelTable>,
    /// Lines of check sheets.
    #[serde(default)]
    pub(super) item: Vec<ItemTable>,
    /// The lines of the card, in order.
    #[serde(default)]
    pub(super) indicator: Vec<IndicatorTable>,
    /// Conditions and what follows from them.
    #[serde(default)]
    pub(super) gate: Vec<GateTable>,
    /// How people are ordered.
    #[serde(default)]
    pub(super) rank: RankTable,
    /// Labels for ranges of totals, best first.
    #[serde(default)]
    pub(super) grade: Vec<Spanned<GradeTable>>,
    /// So many of the best or the last.
    #[serde(default)]
    pub(super) quota: Vec<QuotaTable>,
    /// Pots and how they are split.
    #[serde(default)]
    pub(super) pool: Vec<PoolTable>,
    /// Components of pay.
    #[serde(default)]
    pub(super) pay: Vec<PayTable>,
    /// The ladder of titles, lowest first.
    #[serde(default)]
    pub(super) title_level: Vec<TitleTable>,
    /// Conditions that hold for several periods running.
    #[serde(default)]
    pub(super) streak: Vec<StreakTable>,
    /// Consequences that a person must approve.
    #[serde(default)]
    pub(super) proposal: Vec<ProposalTable>,
    /// What is different on some days.
    #[serde(default, rename = "override")]
    pub(super) overrides: Vec<OverrideTable>,
    /// Numbers that people are told about.
    #[serde(default)]
    pub(super) watch: Vec<WatchTable>,
    /// Numbers that must agree.
    #[serde(default)]
    pub(super) reconcile: Vec<ReconcileTable>,
    /// Days by which somebody does something.
    #[serde(default)]
    pub(super) milestone: Vec<MilestoneTable>,
    /// What must be produced, sent or kept.
    #[serde(default)]
    pub(super) duty: Vec<DutyTable>,
    /// Charts that count nothing.
    #[serde(default)]
    pub(super) insight: Vec<InsightTable>,
}
