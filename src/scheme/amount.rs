//! A number of the policy, or the name of what its owner must still supply.

use crate::exact::Exact;

/// A number, or what is lacking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// A known number.
    Known(Exact),
    /// Not supplied, under the name by which `check` calls it; a run that needs it is held.
    Unset(String),
}

impl Amount {
    /// The number, unless it is unset.
    pub fn known(&self) -> Option<&Exact> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unset(_) => None,
        }
    }

    /// The name of what is lacking.
    pub fn lacking(&self) -> Option<&str> {
        match self {
            Self::Known(_) => None,
            Self::Unset(name) => Some(name),
        }
    }
}
