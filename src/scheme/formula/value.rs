//! What an expression can be worth.

use crate::exact::Exact;

/// Stands between the names of several unset values.
pub const UNSET_SEPARATOR: &str = ", ";

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

    /// Unset for the reasons of both, each named once.
    pub fn unset_both(one: &str, other: &str) -> Self {
        let mut names: Vec<&str> = one.split(UNSET_SEPARATOR).collect();
        names.extend(
            other.split(UNSET_SEPARATOR).filter(|name| !one.split(UNSET_SEPARATOR).any(|known| known == *name)),
        );
        Self::Unset(names.join(UNSET_SEPARATOR))
    }

    /// The name of what is unset, if that is why there is no value; several are separated by [`UNSET_SEPARATOR`].
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
