//! `[[gate]]` as written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Days, Severity, Tolerance};
use crate::diag::Spanned;
use crate::exact::Exact;

/// `[[gate]]`: what the data of a run must stand up to before anything goes out.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GateTable {
    /// What it looks at.
    pub kind: Spanned<KindWord>,
    /// What happens to a run that does not pass; each kind has a usual one.
    pub severity: Option<Severity>,
    /// How much is borne and only told: an amount, or a share of the whole.
    pub tolerance: Option<Spanned<Tolerance>>,
    /// Only what this source of the job gave.
    pub source: Option<Spanned<String>>,
    /// The table that it looks at.
    pub table: Option<Spanned<String>>,
    /// The column of `table` whose values have a range.
    pub column: Option<Spanned<String>>,
    /// The least that a value of `column` can be.
    pub at_least: Option<Spanned<Exact>>,
    /// The most that a value of `column` can be.
    pub at_most: Option<Spanned<Exact>>,
    /// The days on which `table` must have rows.
    pub days: Option<Spanned<Days>>,
    /// How long before the run the data may have been pulled, such as `3d` or `12h`.
    pub max_age: Option<Spanned<String>>,
    /// The sum in question.
    pub sum: Option<Spanned<SideTable>>,
    /// What `sum` is compared with.
    pub with: Option<Spanned<SideTable>>,
}

/// One side of a comparison: the sum of a column, or the number of rows where no column is named.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SideTable {
    /// The table.
    pub table: Spanned<String>,
    /// The column that is summed; without one the rows are counted.
    pub column: Option<Spanned<String>>,
    /// Only the rows that this source gave.
    pub source: Option<Spanned<String>>,
}

/// What a gate looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KindWord {
    /// Records that a source declared and did not give.
    Declared,
    /// Days of which a table has no row.
    EmptyDays,
    /// Agents who have orders and no conversation.
    OrdersWithoutChats,
    /// Rows of accounts that belong to nobody.
    UnmappedAccounts,
    /// Accounts that belong to two people on one day.
    SharedAccounts,
    /// Rows that came twice and were dropped.
    Duplicates,
    /// Values of a column below or above what can be.
    Range,
    /// Two sums that must agree.
    Totals,
    /// How old the data is when it is used.
    Age,
}

impl KindWord {
    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::EmptyDays => "empty-days",
            Self::OrdersWithoutChats => "orders-without-chats",
            Self::UnmappedAccounts => "unmapped-accounts",
            Self::SharedAccounts => "shared-accounts",
            Self::Duplicates => "duplicates",
            Self::Range => "range",
            Self::Totals => "totals",
            Self::Age => "age",
        }
    }

    /// What happens to a run that does not pass, where the gate does not say it: what is surely short or wrong holds,
    /// what may be as it should is told.
    pub fn usual_severity(self) -> Severity {
        match self {
            Self::OrdersWithoutChats | Self::Duplicates => Severity::Note,
            _ => Severity::Hold,
        }
    }

    /// The keys that mean something to it, beside `kind` and `severity`.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Declared => &["source", "tolerance"],
            Self::EmptyDays => &["table", "days", "source", "tolerance"],
            Self::OrdersWithoutChats => &["tolerance"],
            Self::UnmappedAccounts | Self::Duplicates => &["table", "source", "tolerance"],
            Self::SharedAccounts => &[],
            Self::Range => &["table", "column", "at-least", "at-most", "source", "tolerance"],
            Self::Totals => &["sum", "with", "tolerance"],
            Self::Age => &["max-age", "source"],
        }
    }
}
