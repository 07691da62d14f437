//! The canonical tables: the words that sources fill and schemes count, one file per family.
//!
//! | family | tables |
//! |---|---|
//! | people | who works where, under which accounts, with which plans |
//! | chats | conversations: one by one, by session, by day; presence; telephone calls |
//! | sales | orders, what became of them, and the customers behind them |
//! | service | cases after the sale: tickets and complaints |
//! | attendance | punches, days, months, shifts, leave, looks at the desk |
//! | quality | checks, occurrences, ratings, surveys, exams |
//! | shop | departments and shops by day and month, and the calendar |

mod attendance;
mod chats;
mod column;
mod people;
mod quality;
mod sales;
mod service;
mod shop;

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

pub use column::{Column, Kind};

/// The column that every frame carries after those of its table: the id of the source.
pub const SOURCE_COLUMN: &str = "source";

/// The column that says when a row last changed at its source: of rows with one key the latest stands.
pub const CHANGED_AT: &str = "changed_at";

/// What is written about a table.
#[derive(Debug)]
pub struct Description {
    /// The name that source and scheme files use.
    pub name: &'static str,
    /// How its rows lie in time.
    pub grain: Grain,
    /// The columns that tell two rows apart; empty where the source has no such thing.
    pub key: &'static [&'static str],
    /// Groups of columns of which every row has at least one.
    pub one_of: &'static [&'static [&'static str]],
    /// Its columns in order; every frame carries `source` after them.
    pub columns: &'static [Column],
}

/// How the rows of a table lie in time, and so how a period cuts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// They have no time: the whole table is of every period.
    Timeless,
    /// Each has a `date`; those of other days are cut away when the tables are built.
    Day,
    /// The same, and a row whose source gives no `date` has the day of this other column.
    DayOf(&'static str),
    /// Each has a `month` such as `2026-10`; a query takes those that its period names.
    Month,
}

/// A canonical table; two are the same when their names are.
#[derive(Clone, Copy, Debug)]
pub struct Table(&'static Description);

impl Table {
    /// Who works where: one row an agent or manager, or several with a history.
    pub const AGENTS: Self = Self(&people::AGENTS);
    /// Which platform account belongs to whom.
    pub const ACCOUNTS: Self = Self(&people::ACCOUNTS);
    /// What was planned for whom, by month.
    pub const PLANS: Self = Self(&people::PLANS);
    /// Conversations between a customer and an account.
    pub const CHATS: Self = Self(&chats::CHATS);
    /// What customers ordered.
    pub const ORDERS: Self = Self(&sales::ORDERS);
    /// What was paid back.
    pub const REFUNDS: Self = Self(&sales::REFUNDS);
    /// Planned and real punches of the attendance clock.
    pub const PUNCHES: Self = Self(&attendance::PUNCHES);
    /// Telephone calls to a service desk.
    pub const CALLS: Self = Self(&chats::CALLS);

    /// Every table, family by family.
    pub fn all() -> impl Iterator<Item = Self> {
        let families: [&[Self]; 7] = [
            people::TABLES,
            chats::TABLES,
            sales::TABLES,
            service::TABLES,
            attendance::TABLES,
            quality::TABLES,
            shop::TABLES,
        ];
        families.into_iter().flatten().copied()
    }

    /// The name that source and scheme files use.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The table of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|table| table.name() == name)
    }

    /// How its rows lie in time.
    pub fn grain(self) -> Grain {
        self.0.grain
    }

    /// Its columns in order; every frame carries `source` after them.
    pub fn columns(self) -> &'static [Column] {
        self.0.columns
    }

    /// The column of that name.
    pub fn column(self, name: &str) -> Option<Column> {
        self.columns().iter().copied().find(|column| column.name == name)
    }

    /// The columns that tell two rows apart; empty where the source has no such thing.
    pub fn key(self) -> &'static [&'static str] {
        self.0.key
    }

    /// Groups of columns of which every row has at least one.
    pub fn one_of(self) -> &'static [&'static [&'static str]] {
        self.0.one_of
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Table {}

impl PartialOrd for Table {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Table {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name().cmp(other.name())
    }
}

impl Hash for Table {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

#[cfg(test)]
mod tests;
