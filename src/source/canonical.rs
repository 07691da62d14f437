//! The canonical tables: the words that sources fill and schemes count.

/// What a column holds; times are local clock times of the source's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text as the source gave it.
    Text,
    /// A whole number, 64 bits.
    Int,
    /// An exact number with four decimals, such as an amount in yuan.
    Decimal,
    /// Yes or no.
    Bool,
    /// A calendar day.
    Date,
    /// A day and a time without an offset, in the time zone of the source that gave it.
    DateTime,
}

impl Kind {
    /// The word for messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Int => "int",
            Self::Decimal => "decimal",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::DateTime => "datetime",
        }
    }
}

/// One column of a canonical table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, in snake case because schemes use it in expressions.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether a row without it is set aside.
    pub required: bool,
}

/// A canonical table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Who works where: one row an agent or manager.
    Agents,
    /// Which platform account belongs to whom.
    Accounts,
    /// What was planned for whom, by month.
    Plans,
    /// Conversations between a buyer and an account.
    Chats,
    /// What buyers ordered.
    Orders,
    /// What was paid back.
    Refunds,
    /// Planned and real punches of the attendance clock.
    Punches,
    /// Telephone calls to a service desk.
    Calls,
}

impl Table {
    /// Every table, in the order in which they are described.
    pub const ALL: [Self; 8] = [
        Self::Agents,
        Self::Accounts,
        Self::Plans,
        Self::Chats,
        Self::Orders,
        Self::Refunds,
        Self::Punches,
        Self::Calls,
    ];

    /// The name that source and scheme files use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Agents => "agents",
            Self::Accounts => "accounts",
            Self::Plans => "plans",
            Self::Chats => "chats",
            Self::Orders => "orders",
            Self::Refunds => "refunds",
            Self::Punches => "punches",
            Self::Calls => "calls",
        }
    }

    /// The table of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }

    /// Its columns in order; every frame carries `source` after them.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Agents => AGENTS,
            Self::Accounts => ACCOUNTS,
            Self::Plans => PLANS,
            Self::Chats => CHATS,
            Self::Orders => ORDERS,
            Self::Refunds => REFUNDS,
            Self::Punches => PUNCHES,
            Self::Calls => CALLS,
        }
    }

    /// The column of that name.
    pub fn column(self, name: &str) -> Option<Column> {
        self.columns().iter().copied().find(|column| column.name == name)
    }

    /// The columns that tell two rows apart; empty where the source has no such thing.
    pub fn key(self) -> &'static [&'static str] {
        match self {
            Self::Agents => &["agent_id"],
            Self::Accounts => &["platform", "account"],
            Self::Plans => &["agent_id", "month"],
            Self::Chats => &["chat_id"],
            Self::Orders => &["order_id"],
            Self::Refunds => &["refund_id"],
            Self::Punches => &["punch_id"],
            Self::Calls => &[],
        }
    }
}

/// The column that every frame carries after those of its table: the id of the source.
pub const SOURCE_COLUMN: &str = "source";

const fn must(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, required: true }
}

const fn may(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, required: false }
}

const AGENTS: &[Column] = &[
    must("agent_id", Kind::Text),
    must("name", Kind::Text),
    must("team_id", Kind::Text),
    must("team_name", Kind::Text),
    must("role", Kind::Text),
    may("email", Kind::Text),
    may("hired_on", Kind::Date),
    may("left_on", Kind::Date),
];

const ACCOUNTS: &[Column] = &[must("platform", Kind::Text), must("account", Kind::Text), must("agent_id", Kind::Text)];

const PLANS: &[Column] =
    &[must("agent_id", Kind::Text), must("month", Kind::Text), must("sales_target", Kind::Decimal)];

const CHATS: &[Column] = &[
    must("chat_id", Kind::Text),
    must("account", Kind::Text),
    must("buyer", Kind::Text),
    must("started_at", Kind::DateTime),
    must("buyer_msgs", Kind::Int),
    must("agent_msgs", Kind::Int),
    must("inquiry", Kind::Bool),
    must("response_seconds", Kind::Int),
    must("response_count", Kind::Int),
];

const ORDERS: &[Column] = &[
    must("order_id", Kind::Text),
    must("buyer", Kind::Text),
    must("created_at", Kind::DateTime),
    may("paid_at", Kind::DateTime),
    must("amount", Kind::Decimal),
    must("status", Kind::Text),
];

const REFUNDS: &[Column] = &[
    must("refund_id", Kind::Text),
    must("order_id", Kind::Text),
    must("amount", Kind::Decimal),
    must("status", Kind::Text),
    must("created_at", Kind::DateTime),
];

const PUNCHES: &[Column] = &[
    must("punch_id", Kind::Text),
    must("account", Kind::Text),
    must("work_date", Kind::Date),
    must("kind", Kind::Text),
    must("planned_at", Kind::DateTime),
    may("actual_at", Kind::DateTime),
    must("result", Kind::Text),
    must("approved", Kind::Bool),
];

const CALLS: &[Column] = &[
    may("call_id", Kind::Text),
    may("agent_id", Kind::Text),
    must("date", Kind::Date),
    must("outcome", Kind::Text),
    must("queue_seconds", Kind::Int),
    must("service_seconds", Kind::Int),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_required_columns_of_their_table() {
        for table in Table::ALL {
            assert_eq!(Table::from_name(table.name()), Some(table));
            for key in table.key() {
                assert!(table.column(key).is_some_and(|column| column.required), "{}.{key}", table.name());
            }
        }
    }
}
