//! What is counted, and for whom: population, filters, metrics, formulas, lookups (R01–R04, R19).

use crate::diag::Place;
use crate::exact::Exact;
use crate::words::Bilingual;

use super::formula::Formula;
use super::policy::{Average, Level, Rows, Subjects, ZeroDenominator};
use super::{Amount, Curve, Direction, Unit};

/// Who is scored, ranked, averaged and counted.
#[derive(Clone, Debug, Default)]
pub struct Population {
    /// Agents, or departments.
    pub subjects: Subjects,
    /// The roster's roles; all without any.
    pub roles: Vec<String>,
    /// Who is scored; the others are listed.
    pub scored: Option<Formula>,
    /// Who takes places where points go by place; those scored without.
    pub ranked: Option<Formula>,
    /// Whose data is in averages; everybody's without.
    pub averaged: Option<Formula>,
    /// Who is counted as a head; those scored without.
    pub headcount: Option<Formula>,
    /// Who is listed but not scored, with the reason.
    pub exclude: Vec<(Formula, Bilingual)>,
    /// The sample below which nobody is scored.
    pub minimum: Option<Minimum>,
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

/// A number of the policy under a name.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// The number.
    pub value: Amount,
    /// How it is printed.
    pub unit: Unit,
    /// Decimals of the printed value.
    pub decimals: u32,
    /// Why its author assumed it, if so.
    pub assumed: Option<Bilingual>,
}

/// A selection of rows under a name of its own.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The name that metrics use in place of a table's.
    pub id: String,
    /// What people call it, where its author says so.
    pub label: Option<Bilingual>,
    /// The table it selects from.
    pub table: String,
    /// An SQL condition.
    pub keep: String,
    /// Where the condition is written.
    pub place: Place,
}

/// A named number counted over rows.
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
    /// Whose rows they are.
    pub of: Level,
    /// How it is printed.
    pub unit: Unit,
    /// Decimals of the printed value.
    pub decimals: u32,
    /// Whether more is better.
    pub direction: Direction,
    /// What the numerator counts, such as 付款客户, for advice.
    pub counts: Option<Bilingual>,
    /// What its team's and shop's values are.
    pub average: Average,
    /// What it is when the denominator is nought.
    pub zero_denominator: ZeroDenominator,
    /// When its rows are final, where they are not at once.
    pub maturity: Option<Maturity>,
    /// The months before the period's that count, where it is not the period itself.
    pub months_ago: Vec<u32>,
    /// The columns that name whose rows they are.
    pub agents: Vec<String>,
    /// Which of the rows count.
    pub rows: Rows,
    /// Why its author assumed something, if so.
    pub assumed: Option<Bilingual>,
    /// Where the table is named.
    pub table_at: Place,
    /// Where the expression is written.
    pub place: Place,
}

/// When rows are final (R03).
#[derive(Clone, Debug)]
pub struct Maturity {
    /// Days after a row's own day.
    pub days: u32,
    /// What stands for rows that are younger; they are left out without.
    pub provisional: Option<(String, Place)>,
}

/// A number made of named numbers.
#[derive(Clone, Debug)]
pub struct NamedFormula {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Bilingual,
    /// What it is made of.
    pub rule: FormulaRule,
    /// Whose number it is.
    pub of: Level,
    /// How it is printed.
    pub unit: Unit,
    /// Decimals of the printed value.
    pub decimals: u32,
    /// Whether more is better.
    pub direction: Direction,
    /// Why its author assumed something, if so.
    pub assumed: Option<Bilingual>,
}

/// How a number is made.
#[derive(Clone, Debug)]
pub enum FormulaRule {
    /// By an expression.
    Expression(Formula),
    /// By a step table over another number.
    Lookup {
        /// The number that is looked up.
        value: Formula,
        /// The steps.
        curve: Curve,
    },
}
