//! What an expression can be worth.

use crate::exact::Exact;

/// A value, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// There is no data; never nought.
    Missing,
    /// The owner has not supplied it; the name of what is lacking.
    Unset(String),
    /// A number.
    Number(Exact),
    /// A text.
    Text(String),
    /// A truth.
    Truth(bool),
}

impl Value {
    /// A number or nothing.
    pub fn of(number: Option<Exact>) -> Self {
        number.map_or(Self::Missing, Self::Number)
    }

    /// A text or nothing.
    pub fn text(text: Option<&str>) -> Self {
        text.map_or(Self::Missing, |text| Self::Text(text.to_owned()))
    }

    /// The number, if it is one.
    pub fn number(&self) -> Option<&Exact> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The name of what is unset, if that is why there is no value.
    pub fn lacking(&self) -> Option<&str> {
        match self {
            Self::Unset(name) => Some(name),
            _ => None,
        }
    }

    /// Whether a condition holds; one that cannot be decided does not.
    pub fn holds(&self) -> bool {
        matches!(self, Self::Truth(true))
    }

    /// Whether there is a value at all.
    pub fn is_there(&self) -> bool {
        !matches!(self, Self::Missing | Self::Unset(_))
    }
}
