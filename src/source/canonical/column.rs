//! One column of a canonical table.

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

impl Column {
    /// The same column, without which a row is set aside.
    pub(super) const fn must(self) -> Self {
        Self { required: true, ..self }
    }
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, required: false }
}

/// A text that may be absent.
pub(super) const fn text(name: &'static str) -> Column {
    column(name, Kind::Text)
}

/// A whole number that may be absent.
pub(super) const fn int(name: &'static str) -> Column {
    column(name, Kind::Int)
}

/// An exact number that may be absent.
pub(super) const fn decimal(name: &'static str) -> Column {
    column(name, Kind::Decimal)
}

/// A yes or no that may be absent.
pub(super) const fn flag(name: &'static str) -> Column {
    column(name, Kind::Bool)
}

/// A day that may be absent.
pub(super) const fn day(name: &'static str) -> Column {
    column(name, Kind::Date)
}

/// A time that may be absent.
pub(super) const fn time(name: &'static str) -> Column {
    column(name, Kind::DateTime)
}
