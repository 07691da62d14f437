//! Numbers as authors write them: known, `unset`, the id of a parameter, or an expression.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};

use crate::exact::Exact;

/// A number, the word `unset`, or the id of a parameter.
#[derive(Clone, Debug)]
pub(in crate::scheme) enum Written {
    /// A known number.
    Known(Exact),
    /// Left for the owner to supply.
    Unset,
    /// A parameter's id.
    Named(String),
}

/// A number, the word `unset`, or an expression over named values.
#[derive(Clone, Debug)]
pub(in crate::scheme) enum Expression {
    /// A known number.
    Known(Exact),
    /// Left for the owner to supply.
    Unset,
    /// Text to be read.
    Text(String),
}

/// What a total has at best.
#[derive(Clone, Debug)]
pub(in crate::scheme) enum FullMarks {
    /// A number.
    Known(Exact),
    /// It has none: nothing is shared out.
    None,
}

impl Default for FullMarks {
    fn default() -> Self {
        Self::Known(Exact::whole(100))
    }
}

impl<'de> Deserialize<'de> for FullMarks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Authored {
            expecting: "a number above nought such as 100, or \"none\"",
            known: |number| if number > 0 { Some(Self::Known(number)) } else { None },
            text: |text| (text == "none").then_some(Self::None),
        })
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = |text: &str| {
            let id = |text: &str| text.starts_with(|first: char| first.is_ascii_lowercase());
            match text {
                "unset" => Some(Self::Unset),
                text if id(text) => Some(Self::Named(text.to_owned())),
                text => Exact::parse(text).map(Self::Known),
            }
        };
        deserializer.deserialize_any(Authored {
            expecting: "a number such as 45 or \"2%\", \"unset\", or a parameter's id",
            known: |number| Some(Self::Known(number)),
            text,
        })
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = |text: &str| {
            Some(match text {
                "unset" => Self::Unset,
                text => Exact::parse(text).map_or_else(|| Self::Text(text.to_owned()), Self::Known),
            })
        };
        deserializer.deserialize_any(Authored {
            expecting: "a number, \"unset\", or an expression such as \"total / 100 * 2000\"",
            known: |number| Some(Self::Known(number)),
            text,
        })
    }
}

struct Authored<T, F: Fn(&str) -> Option<T>> {
    expecting: &'static str,
    known: fn(Exact) -> Option<T>,
    text: F,
}

impl<T, F: Fn(&str) -> Option<T>> Visitor<'_> for Authored<T, F> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(self.expecting)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<T, E> {
        (self.known)(Exact::whole(value)).ok_or_else(|| E::custom(format!("`{value}` is not {}", self.expecting)))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<T, E> {
        let number = Exact::from_float(value).and_then(self.known);
        number.ok_or_else(|| E::custom(format!("`{value}` is not {}", self.expecting)))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<T, E> {
        (self.text)(value).ok_or_else(|| E::custom(format!("`{value}` is not {}", self.expecting)))
    }
}
