//! `[[gate]]`: what the data of a run must stand up to before anything goes out.
//!
//! | kind | looks at | usual severity |
//! |---|---|---|
//! | `declared` | records that a source declared and did not give | hold |
//! | `empty-days` | days of which a table has no row | hold |
//! | `orders-without-chats` | agents who have orders and no conversation | note |
//! | `unmapped-accounts` | rows of accounts that belong to nobody | hold |
//! | `shared-accounts` | accounts that belong to two people on one day | hold |
//! | `duplicates` | rows that came twice and were dropped | note |
//! | `range` | values of a column below or above what can be | hold |
//! | `totals` | two sums that must agree | hold |
//! | `age` | how old the data is when it is used | hold |
//!
//! What is within the `tolerance` is told as a note. A job without a gate of a kind has its standing one.

mod check;
mod kinds;
mod standing;
mod tolerance;
mod written;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::diag::Place;
use crate::exact::Exact;
use crate::source::{Column, Table};

pub(super) use check::check;
pub use tolerance::Tolerance;
pub(super) use written::GateTable;

/// One gate of a job.
#[derive(Clone, Debug)]
pub struct Gate {
    /// What it looks at.
    pub kind: GateKind,
    /// Only what this source gave.
    pub source: Option<String>,
    /// How much of it is borne.
    pub tolerance: Tolerance,
    /// What happens when it is more.
    pub severity: Severity,
    /// Where it is written; `None` for one that stands by itself.
    pub place: Option<Place>,
}

/// What happens to a run that does not pass a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It is told, and the run goes on.
    Note,
    /// The run goes on to its documents, and nothing goes out.
    Hold,
    /// The run ends before anybody is scored.
    Fail,
}

/// What a gate looks at.
#[derive(Clone, Debug)]
pub enum GateKind {
    /// Records that a source declared and did not give, a share of those declared.
    Declared,
    /// Days of the period of which a table has no row.
    EmptyDays {
        /// The table.
        table: Table,
        /// The days on which it must have some.
        days: Days,
    },
    /// Agents who have orders and no conversation.
    OrdersWithoutChats,
    /// Rows of accounts that belong to nobody, a share of the rows of their table.
    UnmappedAccounts {
        /// Only this table.
        table: Option<Table>,
    },
    /// Accounts that belong to two people on one day.
    SharedAccounts,
    /// Rows that came twice, a share of those that came.
    Duplicates {
        /// Only this table.
        table: Option<Table>,
    },
    /// Values that cannot be, a share of those that are there.
    Range {
        /// The table.
        table: Table,
        /// The column of numbers.
        column: Column,
        /// The least that can be.
        at_least: Option<Exact>,
        /// The most that can be.
        at_most: Option<Exact>,
    },
    /// Two sums that must agree; a share is one of the second.
    Totals {
        /// The sum in question.
        sum: Side,
        /// What it is compared with.
        with: Side,
    },
    /// How long before the run the data was pulled.
    Age {
        /// The most that is allowed.
        max: TimeDelta,
    },
}

/// The days on which a table must have rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Days {
    /// Every day of the period.
    #[default]
    Every,
    /// The days that the table `calendar` does not call free.
    Calendar,
    /// The days on which the table `shifts` plans somebody.
    Rota,
}

/// One side of a comparison: the sum of a column, or the number of rows.
#[derive(Clone, Debug)]
pub struct Side {
    /// The table.
    pub table: Table,
    /// The column that is summed; without one the rows are counted.
    pub column: Option<Column>,
    /// Only the rows that this source gave.
    pub source: Option<String>,
}

impl Gate {
    /// The tables that it looks at, for a check that something fills them.
    pub fn tables(&self) -> Vec<Table> {
        let days = |days: &Days| match days {
            Days::Every => None,
            Days::Calendar => Table::from_name("calendar"),
            Days::Rota => Table::from_name("shifts"),
        };
        match &self.kind {
            GateKind::EmptyDays { table, days: on } => [*table].into_iter().chain(days(on)).collect(),
            GateKind::Range { table, .. } => vec![*table],
            GateKind::UnmappedAccounts { table } | GateKind::Duplicates { table } => table.iter().copied().collect(),
            GateKind::Totals { sum, with } => vec![sum.table, with.table],
            GateKind::Declared | GateKind::OrdersWithoutChats | GateKind::SharedAccounts | GateKind::Age { .. } => {
                Vec::new()
            }
        }
    }

    /// The sources that it names.
    pub fn sources(&self) -> Vec<&str> {
        let sides = match &self.kind {
            GateKind::Totals { sum, with } => [sum.source.as_deref(), with.source.as_deref()],
            _ => [None, None],
        };
        self.source.as_deref().into_iter().chain(sides.into_iter().flatten()).collect()
    }
}
