//! One column of a canonical table.

/// What a column holds; times are local clock times of the source's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text as the source gave it.
    Text,
    /// A whole number, 64 bits.
    Int,
    /// An exact number with at most so many decimals, such as an amount in yuan.
    Decimal(u32),
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
            Self::Decimal(_) => "decimal",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::DateTime => "datetime",
        }
    }

    /// How many decimals its numbers have.
    pub fn places(self) -> u32 {
        if let Self::Decimal(places) = self { places } else { 0 }
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

/// An exact number with four decimals that may be absent.
pub(super) const fn decimal(name: &'static str) -> Column {
    column(name, Kind::Decimal(4))
}

/// An exact number with six decimals that may be absent, such as a rating of which platforms print five.
pub(super) const fn fine(name: &'static str) -> Column {
    column(name, Kind::Decimal(6))
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
