//! What `jobs/schemes/*.toml` say: the appraisal policy, checked, with its places kept.
//!
//! `written` is the file as its author writes it, `check` finds everything wrong with it at once,
//! and a [`Scheme`] is what scoring works from. SQL expressions are kept as text here; scoring compiles them.

mod check;
pub mod curve;
pub mod metric;
mod registry;
mod written;

use chrono::NaiveDate;
use toml::Spanned;

use crate::diag::{AuthoredFile, Place};
use crate::exact::Exact;
use crate::period::Cycle;
use crate::words::Bilingual;

pub use curve::{Band, Curve, Edge};
pub use metric::{Direction, Unit};
pub use registry::Registry;
pub use written::{Amount, Method, Missing, Within};

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
    /// The version that it replaces, if its author names one.
    pub supersedes: Option<String>,
    /// The first day on which it is in force.
    pub effective_from: NaiveDate,
    /// How long its periods are.
    pub cycle: Cycle,
    /// The total at best; the weights sum to it.
    pub full_marks: Exact,
    /// Texts that are printed on every card.
    pub remarks: Vec<Bilingual>,
    /// The sample below which nobody is scored.
    pub minimum: Option<Minimum>,
    /// Named selections of rows.
    pub filters: Vec<Filter>,
    /// The named numbers.
    pub metrics: Vec<Metric>,
    /// The scored lines in their order on the card.
    pub indicators: Vec<Indicator>,
    /// How agents are ordered.
    pub rank: Rank,
    /// From best to worst; the last has no limit.
    pub grades: Vec<Grade>,
    /// The file it was read from.
    pub file: AuthoredFile,
    /// SHA-256 of the file, hexadecimal.
    pub hash: String,
}

/// The sample below which an agent is listed but not scored.
#[derive(Clone, Debug)]
pub struct Minimum {
    /// The metric that is looked at.
    pub metric: String,
    /// The least value that is enough.
    pub at_least: Exact,
    /// What the card says.
    pub reason: Bilingual,
}

/// A selection of rows under a name of its own.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The name that metrics use in place of a table's.
    pub id: String,
    /// The table it selects from.
    pub table: String,
    /// An SQL condition.
    pub keep: String,
    /// Where the condition is written.
    pub place: Place,
}

/// A named number per agent and period.
#[derive(Clone, Debug)]
pub struct Metric {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// The table or filter over which it is computed.
    pub table: String,
    /// An SQL expression of aggregates.
    pub expression: String,
    /// How it is printed.
    pub unit: Unit,
    /// Decimals of the printed value.
    pub decimals: u32,
    /// Whether more is better.
    pub direction: Direction,
    /// What the numerator counts, such as 付款客户, for advice.
    pub counts: Option<Bilingual>,
    /// Where the expression is written.
    pub place: Place,
}

/// A scored line.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// The metric it scores.
    pub metric: String,
    /// What the metric is divided by before the curve sees it.
    pub relative_to: Option<Baseline>,
    /// Its part of the total.
    pub weight: Amount,
    /// The points that count as all of the weight.
    pub full_points: Exact,
    /// From number to points.
    pub curve: Curve,
    /// What happens without data.
    pub missing: Missing,
    /// Why its author assumed something, if so.
    pub assumed: Option<Bilingual>,
}

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// The team's ratio of sums of the same metric.
    Team,
    /// The shop's ratio of sums of the same metric.
    Shop,
    /// Another metric of the same agent, such as the sales target.
    Metric(String),
}

/// How agents are ordered.
#[derive(Clone, Debug)]
pub struct Rank {
    /// Among whom.
    pub within: Within,
    /// What equal totals do to the places after them.
    pub method: Method,
    /// Metrics that order equal totals, larger first.
    pub ties: Vec<String>,
}

/// A label for a range of totals.
#[derive(Clone, Debug)]
pub struct Grade {
    /// What people call it.
    pub label: Bilingual,
    /// Its lower limit, inclusive; `None` for the last.
    pub at_least: Option<Exact>,
}

impl Scheme {
    /// Reads and checks one file.
    pub fn parse(file: &AuthoredFile) -> Result<Self, crate::diag::Diagnostics> {
        check::check(file)
    }

    /// The metric of that id; a checked scheme names only metrics that it has.
    pub fn metric(&self, id: &str) -> Option<&Metric> {
        self.metrics.iter().find(|metric| metric.id == id)
    }

    /// What every value that is still unset is called.
    pub fn unset(&self) -> Vec<String> {
        let mut names = Vec::new();
        for indicator in &self.indicators {
            if indicator.weight == Amount::Unset {
                names.push(format!("{}.weight", indicator.id));
            }
            names.extend(indicator.curve.unset().into_iter().map(|band| format!("{}.{band}", indicator.id)));
        }
        names
    }

    /// Every assumption of its author, with the indicator that it concerns.
    pub fn assumed(&self) -> Vec<Bilingual> {
        let of = |indicator: &Indicator| {
            indicator.assumed.as_ref().map(|why| {
                Bilingual::new(
                    format!("{}：{}", indicator.label.zh, why.zh),
                    format!("{}: {}", indicator.label.en, why.en),
                )
            })
        };
        self.indicators.iter().filter_map(of).collect()
    }
}

/// A spanned value together with its file makes a place.
fn place_of<T>(file: &AuthoredFile, spanned: &Spanned<T>) -> Place {
    file.place(spanned.span())
}
