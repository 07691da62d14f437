//! One indicator on a card: what was measured, what it was compared with, what it is worth.

use std::ops::Deref;
use std::sync::Arc;

use chrono::NaiveDate;

use super::super::adjustments::Sets;
use super::*;

/// A measured value with what it was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// The value itself, unrounded; `None` when the denominator is nought.
    pub value: Option<Exact>,
    /// What was counted or summed.
    pub numerator: Exact,
    /// What it was divided by, where the metric is a ratio.
    pub denominator: Option<Exact>,
}

/// Whose value a reference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceKind {
    /// The team's.
    Team,
    /// The shop's.
    Shop,
    /// The agent's own, such as a plan.
    Own,
}

/// What a value was compared with.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Whose value it is.
    pub kind: ReferenceKind,
    /// What it is: the team's value, the agent's plan.
    pub label: Bilingual,
    /// The reference itself with its parts, in the metric's unit.
    pub measured: Measured,
    /// The agent's value divided by the reference: what the bands decide on.
    pub relation: Option<Exact>,
}

/// How far a number may be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It stands.
    Final,
    /// It may still change until its data has matured (临时).
    Provisional,
    /// A value of the scheme behind it is assumed.
    Assumed,
    /// There was no data; it is not nought.
    Missing,
    /// A value of the scheme behind it is unset.
    Unset,
    /// The indicator does not concern this agent in this period.
    NotApplicable,
}

impl Status {
    /// The word of exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Provisional => "provisional",
            Self::Assumed => "assumed",
            Self::Missing => "missing",
            Self::Unset => "unset",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// A named level that a line reached, such as 优秀.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
}

/// How a line enters the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// By its weight.
    Weighted,
    /// Its points are added as they are.
    Added,
    /// It is printed only, or belongs to a sum apart.
    Shown,
}

/// The part of a month in which a weekly line was scored.
#[derive(Clone, Debug)]
pub struct WeekPoints {
    /// 1 to 4.
    pub week: u32,
    /// The value, `None` without data.
    pub measured: Option<Measured>,
    /// Points won, `None` without data.
    pub points: Option<Exact>,
    /// The rule that fired.
    pub rule: Bilingual,
}

/// That a line was set by hand after an appeal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjusted {
    /// What was set.
    pub sets: Sets,
    /// Who decided.
    pub by: String,
    /// The day on which they did.
    pub on: NaiveDate,
}

/// What a line asks: the same for everybody, and kept once for all of them.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The indicator's id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// What it asks for, in a sentence.
    pub about: Option<Bilingual>,
    /// The heading under which it stands.
    pub group: Option<Bilingual>,
    /// Whether that heading sums its lines apart from the total.
    pub apart: bool,
    /// How it enters the total.
    pub kind: LineKind,
    /// How its value is printed.
    pub unit: Unit,
    /// Whether more is better.
    pub direction: Direction,
    /// Points at best.
    pub full_marks: Exact,
    /// The weight as written, in parts of the scheme's total.
    pub weight: Exact,
    /// The reason of an assumption behind it.
    pub assumed: Option<Bilingual>,
    /// The tables and filters from which the value came, for `explain`.
    pub origins: Vec<Origin>,
}

/// One scored indicator of one agent; it reads as what it asks, too.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it asks of everybody.
    pub asked: Arc<Asked>,
    /// The level that it reached, where the scheme names levels.
    pub level: Option<Box<Reached>>,
    /// The parts of the month, for weekly lines.
    pub weeks: Vec<WeekPoints>,
    /// Decimals of the printed value.
    pub decimals: u32,
    /// The value, or `None` without data.
    pub measured: Option<Measured>,
    /// What it was compared with, where the scheme compares.
    pub reference: Option<Box<Reference>>,
    /// The value that earns full marks, in the metric's own unit, where the curve has one.
    pub target: Option<Exact>,
    /// Points won, `None` without data.
    pub points: Option<Exact>,
    /// The weight that counted, once weights without data were shared out.
    pub effective_weight: Exact,
    /// What it adds to the total, unrounded.
    pub contribution: Option<Exact>,
    /// How far the number may be trusted.
    pub status: Status,
    /// The name of the value that nobody has set, where that is why there are no points.
    pub lacking: Option<String>,
    /// The band or rule that fired, in words.
    pub rule: Bilingual,
    /// Who set it by hand, where somebody did.
    pub adjusted: Option<Box<Adjusted>>,
    /// The occurrences behind a ledger indicator, with dates.
    pub occurrences: Vec<Occurrence>,
    /// The items of a check sheet that were not met.
    pub unmet: Vec<Unmet>,
}

impl Deref for Line {
    type Target = Asked;

    fn deref(&self) -> &Asked {
        &self.asked
    }
}

/// Where a value came from, so that its rows can be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// What is counted, in words.
    pub label: Bilingual,
    /// The canonical table.
    pub table: String,
    /// The metric's SQL expression.
    pub expression: String,
    /// The SQL condition on rows, if any.
    pub filter: Option<String>,
    /// The columns that name whose rows they are, where they are not the usual ones.
    pub agents: Vec<String>,
}

/// An item of a check sheet that an agent did not meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// Its id, as the sheet numbers it.
    pub id: String,
    /// What is asked for.
    pub text: Bilingual,
    /// Whether failing it alone fails the whole line.
    pub critical: bool,
}

/// One logged event that cost or won points.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// The day, where the record has one.
    pub on: Option<NaiveDate>,
    /// What happened.
    pub what: Bilingual,
    /// The points it moved.
    pub points: Exact,
}

/// The cheapest next band of one indicator.
#[derive(Clone, Debug)]
pub struct Advice {
    /// The indicator's id.
    pub indicator: String,
    /// What to reach, in the metric's own unit: "3 more paid customers".
    pub text: Bilingual,
    /// What that adds to the total.
    pub gain: Exact,
}
