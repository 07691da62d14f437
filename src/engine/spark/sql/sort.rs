//! What an expression is worth in Spark, as far as exactness needs to know.

use std::fmt;

use crate::source::Kind;

/// A kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A whole number of 64 bits.
    Whole,
    /// An exact number with so many decimals, of 38 digits in all.
    Decimal(u32),
    /// A number with a point that was written down: only to compare with.
    Fraction(u32),
    /// Yes or no.
    Truth,
    /// Text, compared byte by byte.
    Text,
    /// A day.
    Day,
    /// A day and a time on some clock.
    Time,
    /// NULL.
    Nothing,
}

impl Sort {
    /// The sort of a column.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text,
            Kind::Int => Self::Whole,
            Kind::Decimal(places) => Self::Decimal(places),
            Kind::Bool => Self::Truth,
            Kind::Date => Self::Day,
            Kind::DateTime => Self::Time,
        }
    }

    /// Spark's type of a column or result.
    pub fn sql(self) -> String {
        match self {
            Self::Whole => "BIGINT".to_owned(),
            Self::Decimal(places) | Self::Fraction(places) => format!("DECIMAL(38,{places})"),
            Self::Truth => "BOOLEAN".to_owned(),
            Self::Text | Self::Nothing => "STRING".to_owned(),
            Self::Day => "DATE".to_owned(),
            Self::Time => "TIMESTAMP_NTZ".to_owned(),
        }
    }

    /// The sort of a value that is one or the other, as of the branches of a `CASE`.
    pub fn either(self, other: Self) -> Option<Self> {
        Some(match (self, other) {
            (Self::Nothing, one) | (one, Self::Nothing) => one,
            (Self::Decimal(one), Self::Decimal(two)) => Self::Decimal(one.max(two)),
            (Self::Whole, Self::Decimal(places)) | (Self::Decimal(places), Self::Whole) => Self::Decimal(places),
            (one, two) if one == two && !matches!(one, Self::Fraction(_)) => one,
            _ => return None,
        })
    }

    /// Whether values of both can be compared exactly, and alike in every engine.
    pub fn compares_with(self, other: Self) -> bool {
        match (self, other) {
            (Self::Fraction(_), Self::Whole) | (Self::Whole, Self::Fraction(_)) => true,
            // Of a finer fraction another engine may cut decimals off.
            (Self::Fraction(finer), Self::Decimal(places)) | (Self::Decimal(places), Self::Fraction(finer)) => {
                finer <= places
            }
            (Self::Day, Self::Time) | (Self::Time, Self::Day) => true,
            (Self::Fraction(_), Self::Fraction(_)) => false,
            (one, two) => one.either(two).is_some(),
        }
    }

    /// Whether it is a number that can be calculated with.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Whole | Self::Decimal(_))
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Whole => "a whole number",
            Self::Decimal(_) => "a decimal",
            Self::Fraction(_) => "a written fraction",
            Self::Truth => "a condition",
            Self::Text => "a text",
            Self::Day => "a day",
            Self::Time => "a time",
            Self::Nothing => "nothing",
        })
    }
}
