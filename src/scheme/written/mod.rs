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
    pub(super) id: Spanned<String>,
    pub(super) catalogue: Option<String>,
    pub(super) title: Bilingual,
    pub(super) version: String,
    #[schemars(with = "Day")]
    pub(super) effective_from: Spanned<Datetime>,
    pub(super) supersedes: Option<Spanned<String>>,
    pub(super) cycle: Cycle,
    #[serde(default)]
    pub(super) full_marks: FullMarks,
    #[serde(default)]
    pub(super) remarks: Vec<Bilingual>,
    #[serde(default)]
    pub(super) total: TotalTable,
    #[serde(default)]
    pub(super) population: PopulationTable,
    #[serde(default)]
    pub(super) parameter: Vec<ParameterTable>,
    #[serde(default)]
    pub(super) filter: Vec<FilterTable>,
    #[serde(default)]
    pub(super) metric: Vec<MetricTable>,
    #[serde(default)]
    pub(super) formula: Vec<FormulaTable>,
    #[serde(default)]
    pub(super) lookup: Vec<LookupTable>,
    #[serde(default)]
    pub(super) group: Vec<GroupTable>,
    #[serde(default)]
    pub(super) level: Vec<LevelTable>,
    #[serde(default)]
    pub(super) item: Vec<ItemTable>,
    #[serde(default)]
    pub(super) indicator: Vec<IndicatorTable>,
    #[serde(default)]
    pub(super) gate: Vec<GateTable>,
    #[serde(default)]
    pub(super) rank: RankTable,
    #[serde(default)]
    pub(super) grade: Vec<Spanned<GradeTable>>,
    #[serde(default)]
    pub(super) quota: Vec<QuotaTable>,
    #[serde(default)]
    pub(super) pool: Vec<PoolTable>,
    #[serde(default)]
    pub(super) pay: Vec<PayTable>,
    #[serde(default)]
    pub(super) title_level: Vec<TitleTable>,
    #[serde(default)]
    pub(super) streak: Vec<StreakTable>,
    #[serde(default)]
    pub(super) proposal: Vec<ProposalTable>,
    #[serde(default, rename = "override")]
    pub(super) overrides: Vec<OverrideTable>,
    #[serde(default)]
    pub(super) watch: Vec<WatchTable>,
    #[serde(default)]
    pub(super) reconcile: Vec<ReconcileTable>,
    #[serde(default)]
    pub(super) milestone: Vec<MilestoneTable>,
    #[serde(default)]
    pub(super) duty: Vec<DutyTable>,
    #[serde(default)]
    pub(super) insight: Vec<InsightTable>,
}
