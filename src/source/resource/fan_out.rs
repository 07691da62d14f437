//! Requests for each batch of ids that were pulled before.

use crate::source::canonical::Table;

/// A request for each batch of ids that were pulled before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FanOut {
    /// Where the ids come from.
    pub over: FanOutTable,
    /// How many ids one request takes.
    pub batch: usize,
    /// What stands between two.
    pub join: String,
    /// What stands before each.
    pub prefix: String,
    /// Which hole they fill: `None` for `{ids}`, a name for `{ids.NAME}`.
    pub slot: Option<String>,
}

/// Where the ids of a fan-out come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FanOutTable {
    /// The accounts of one platform.
    Accounts(String),
    /// All agents.
    Agents,
    /// The records of an earlier resource of the same file.
    Resource {
        /// Its id.
        id: String,
        /// The field of the record that is the id; `.` for the record itself.
        field: String,
    },
}

impl FanOutTable {
    /// The table that must have been pulled before; `None` where a resource of the same file gives the ids.
    pub fn table(&self) -> Option<Table> {
        match self {
            Self::Accounts(_) => Some(Table::ACCOUNTS),
            Self::Agents => Some(Table::AGENTS),
            Self::Resource { .. } => None,
        }
    }
}
