//! What `jobs/schemes/*.toml` say: the appraisal policy, checked, with its places kept.
//!
//! `written` is the file as its author writes it, `check` finds everything wrong with it at once, and a [`Scheme`] is
//! what scoring works from. Two languages meet in a file. A metric counts rows of one table in SQL; that text is kept
//! here and compiled by scoring. Everything else is an expression over named values, a [`Formula`].
//!
//! | family of the file | what it says | module |
//! |---|---|---|
//! | `population` `parameter` `filter` `metric` `formula` `lookup` | who, and which numbers | [`data`] |
//! | `group` `level` `item` `indicator` | the lines of a card | [`mod@line`] |
//! | `total` `gate` `rank` `grade` `quota` | what follows from points | [`consequence`] |
//! | `pool` `pay` `title-level` | money | [`consequence`] |
//! | `streak` `proposal` `override` `watch` `reconcile` `milestone` `duty` `insight` | time and people | [`consequence`] |

mod amount;
mod check;
pub mod consequence;
pub mod curve;
pub mod data;
pub mod draft;
mod fill;
pub mod formula;
pub mod line;
pub mod metric;
mod noted;
mod open_values;
pub mod policy;
mod rater;
pub mod reading;
mod registry;
mod stage;
mod uses;
mod written;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::diag::{AuthoredFile, Diagnostics, Place};
use crate::exact::Exact;
use crate::period::Cycle;
use crate::source::{Grain, Table};
use crate::words::Bilingual;

use formula::Scope;

pub use amount::Amount;
pub use consequence::{Gate, Grade, Rank, Split};
pub use curve::{Band, Curve, Edge};
pub use data::{Filter, FormulaRule, Metric, Minimum, NamedFormula, Parameter, Population};
pub use fill::Fill;
pub use formula::Formula;
pub use line::{Counts, Group, Indicator, Item, Judged, NamedLevel, Scored};
pub use metric::{Direction, Unit};
pub use noted::Noted;
pub use policy::*;
pub use rater::rater;
pub use registry::Registry;
pub use stage::Stage;

/// The columns of the roster that expressions may name after `agent.`.
pub const AGENT_COLUMNS: [&str; 14] = [
    "id",
    "role",
    "team",
    "department",
    "department-class",
    "shop",
    "employment-status",
    "title",
    "gender",
    "is-reception-staff",
    "tenure-months",
    "title-months",
    "days-employed",
    "class",
];

/// A checked scheme.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// Its id, shared by all its versions.
    pub id: String,
    /// The number in the catalogue of schemes, such as `S03`.
    pub catalogue: Option<String>,
    /// What people call it.
    pub title: Bilingual,
    /// The version as its author wrote it.
    pub version: String,
    /// The version that it replaces, if its author names one, and where.
    pub supersedes: Option<(String, Place)>,
    /// The first day on which it is in force.
    pub effective_from: NaiveDate,
    /// Where that day is written.
    pub dated_at: Place,
    /// How long its periods are.
    pub cycle: Cycle,
    /// The total at best, to which the weights sum; `None` where a total has none.
    pub full_marks: Option<Exact>,
    /// Texts that are printed on every card.
    pub remarks: Vec<Bilingual>,
    /// How the total is made.
    pub total: consequence::TotalRule,
    /// Who is scored.
    pub population: Population,
    /// Numbers of the policy.
    pub parameters: Vec<Parameter>,
    /// Named selections of rows.
    pub filters: Vec<Filter>,
    /// The named numbers counted over rows.
    pub metrics: Vec<Metric>,
    /// The named numbers made of others, lookups among them.
    pub formulas: Vec<NamedFormula>,
    /// The headings.
    pub groups: Vec<Group>,
    /// The named levels, best first.
    pub levels: Vec<NamedLevel>,
    /// The lines of check sheets.
    pub items: Vec<Item>,
    /// The lines in their order on the card.
    pub indicators: Vec<Indicator>,
    /// Conditions and what follows from them.
    pub gates: Vec<Gate>,
    /// How agents are ordered.
    pub rank: Rank,
    /// From best to worst; the last has no limit.
    pub grades: Vec<Grade>,
    /// So many of the best or the last.
    pub quotas: Vec<consequence::Quota>,
    /// Pots and how they are split.
    pub pools: Vec<consequence::Pool>,
    /// Components of pay in their order.
    pub pays: Vec<consequence::Pay>,
    /// The ladder of titles, lowest first.
    pub titles: Vec<consequence::TitleLevel>,
    /// Conditions over several periods.
    pub streaks: Vec<consequence::Streak>,
    /// Consequences that a person must approve.
    pub proposals: Vec<consequence::ProposalRule>,
    /// What is different on some days.
    pub overrides: Vec<consequence::Override>,
    /// Daily numbers that people are told about.
    pub watches: Vec<consequence::Watch>,
    /// Numbers that must agree.
    pub reconciles: Vec<consequence::Reconcile>,
    /// Days by which somebody does something.
    pub milestones: Vec<consequence::Milestone>,
    /// What must be produced, sent or kept.
    pub duties: Vec<consequence::Duty>,
    /// Charts and texts that count nothing.
    pub insights: Vec<consequence::Insight>,
    /// The file it was read from.
    pub file: AuthoredFile,
    /// SHA-256 of the file, hexadecimal.
    pub hash: String,
}

impl Scheme {
    /// Reads and checks one file; what is only doubtful about it is left to [`Scheme::review`].
    pub fn parse(file: &AuthoredFile) -> Result<Self, Diagnostics> {
        Self::parse_with(file, &BTreeMap::new())
    }

    /// Reads and checks one file, with parameters supplied in place of its own; for trying out.
    pub fn parse_with(file: &AuthoredFile, set: &BTreeMap<String, Exact>) -> Result<Self, Diagnostics> {
        match check::check(file, set, &BTreeMap::new()) {
            (Some(scheme), found) => found.into_result(scheme),
            (None, found) => Err(found),
        }
    }

    /// The scheme of a file that can be used, and all that was found in it, errors and warnings alike.
    pub fn review(file: &AuthoredFile) -> (Option<Self>, Diagnostics) {
        let (scheme, found) = check::check(file, &BTreeMap::new(), &BTreeMap::new());
        (scheme.filter(|_| !found.has_errors()), found)
    }

    /// The metric of that id.
    pub fn metric(&self, id: &str) -> Option<&Metric> {
        self.metrics.iter().find(|metric| metric.id == id)
    }

    /// The ids of metrics, formulas, lookups and parameters: what is worth a number.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        let metrics = self.metrics.iter().map(|one| one.id.as_str());
        let formulas = self.formulas.iter().map(|one| one.id.as_str());
        metrics.chain(formulas).chain(self.parameters.iter().map(|one| one.id.as_str()))
    }

    /// The ids of gates and quotas: what holds for an agent or does not.
    pub fn marks(&self) -> impl Iterator<Item = &str> {
        self.gates.iter().map(|one| one.id.as_str()).chain(self.quotas.iter().map(|one| one.id.as_str()))
    }

    /// Whether an id is worth a number.
    pub fn is_value(&self, id: &str) -> bool {
        self.values().any(|one| one == id)
    }

    /// Whether an id holds for an agent or does not.
    pub fn is_mark(&self, id: &str) -> bool {
        self.marks().any(|one| one == id)
    }

    /// What people call a metric, formula, lookup or parameter.
    pub fn label(&self, id: &str) -> Option<Bilingual> {
        let metric = self.metric(id).map(|one| &one.label);
        let formula = || self.formulas.iter().find(|one| one.id == id).map(|one| &one.label);
        let parameter = || self.parameters.iter().find(|one| one.id == id).map(|one| &one.label);
        metric.or_else(formula).or_else(parameter).cloned()
    }

    /// How many periods back its rules compare: one for `previous.`, and every other month of a metric that counts days.
    pub fn periods_compared(&self) -> std::collections::BTreeSet<u32> {
        // What is counted by month is asked of the table of the period itself, which has other months too.
        let by_month =
            |metric: &&Metric| Table::from_name(&metric.table).is_some_and(|one| one.grain() == Grain::Month);
        let metrics = self.metrics.iter().filter(|metric| !by_month(metric));
        let months = metrics.flat_map(|metric| metric.months_ago.iter().copied());
        let before = |scope| {
            matches!(scope, Scope::Previous | Scope::PreviousTeam | Scope::PreviousDepartment | Scope::PreviousShop)
        };
        let expressions = self.expressions();
        let mut names = expressions.iter().flat_map(|(formula, _)| formula.names());
        let previous = names.any(|(name, _)| before(name.scope)).then_some(1);
        months.filter(|back| *back > 0).chain(previous).collect()
    }

    /// How many periods back its numbers reach: those, every month that a metric names, and those in which the days of
    /// trailing means lie.
    pub fn periods_back(&self) -> std::collections::BTreeSet<u32> {
        let trailing = self.watches.iter().filter(|watch| watch.worse_by.is_some() && watch.per == Cadence::Day);
        let reach = trailing.map(|watch| watch.trailing).max().map_or(0, |days| self.cycle.periods_in(days));
        let months = self.metrics.iter().flat_map(|metric| metric.months_ago.iter().copied()).filter(|back| *back > 0);
        self.periods_compared().into_iter().chain(months).chain(1..=reach).collect()
    }

    /// The group of that id.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// Whether a line stands apart from the total.
    pub fn is_apart(&self, indicator: &Indicator) -> bool {
        indicator.group.as_ref().and_then(|id| self.group(id)).is_some_and(|group| group.apart)
    }
}

/// The JSON Schema of a scheme file, generated from the types that read it.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(written::SchemeFile)
}
