//! How much of what a gate looks at is borne.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use crate::exact::Exact;

/// How much is borne: an amount, or a share of the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tolerance {
    /// So many, or so much in the unit of the column.
    Amount(Exact),
    /// Such a part of the whole.
    Share(Exact),
}

impl Tolerance {
    /// Nothing at all.
    pub fn none() -> Self {
        Self::Amount(Exact::zero())
    }

    /// Whether `amount` of `whole` is borne; any share of nothing is too much.
    pub fn bears(&self, amount: &Exact, whole: &Exact) -> bool {
        match self {
            Self::Amount(most) => amount <= most,
            Self::Share(share) => *amount <= share.clone() * whole.abs(),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let value = Exact::parse(text).filter(|value| !value.is_negative())?;
        Some(if text.ends_with(['%', '‰']) { Self::Share(value) } else { Self::Amount(value) })
    }
}

/// `3`, `0.01`, `1%`.
impl fmt::Display for Tolerance {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amount(amount) => write!(out, "{amount}"),
            Self::Share(share) => write!(out, "{}%", share.clone() * Exact::whole(100)),
        }
    }
}

impl<'de> Deserialize<'de> for Tolerance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Authored;
        impl serde::de::Visitor<'_> for Authored {
            type Value = Tolerance;
            fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
                out.write_str("an amount such as 3 or a share such as \"1%\"")
            }
            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Tolerance, E> {
                self.visit_str(&value.to_string())
            }
            fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Tolerance, E> {
                self.visit_str(&value.to_string())
            }
            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Tolerance, E> {
                let wrong = || E::custom(format!("`{value}` is no tolerance; write an amount such as 3, or `\"1%\"`"));
                Tolerance::read(value).ok_or_else(wrong)
            }
        }
        deserializer.deserialize_any(Authored)
    }
}

impl JsonSchema for Tolerance {
    fn schema_name() -> Cow<'static, str> {
        "Tolerance".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "an amount such as 3 or 0.01, or a share of the whole such as \"1%\"",
            "anyOf": [
                { "type": "number", "minimum": 0 },
                { "type": "string", "pattern": "^[0-9]+(\\.[0-9]*)? *[%‰]?$" },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bears(text: &str, amount: i64, whole: i64) -> bool {
        Tolerance::read(text).expect(text).bears(&Exact::whole(amount), &Exact::whole(whole))
    }

    #[test]
    fn the_limit_itself_is_borne() {
        assert!(bears("1%", 1, 100) && !bears("1%", 2, 100) && !bears("0.99%", 1, 100));
        assert!(bears("3", 3, 0) && !bears("3", 4, 1_000_000));
        assert!(!bears("100%", 1, 0), "something where nothing is");
        assert!(Tolerance::read("-1").is_none() && Tolerance::read("viel").is_none());
    }

    #[test]
    fn it_is_printed_as_it_is_written() {
        for text in ["0", "3", "0.01", "1%", "0.5%"] {
            assert_eq!(Tolerance::read(text).expect(text).to_string(), text);
        }
    }
}
