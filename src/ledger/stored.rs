//! How values are kept in columns: words of closed lists, instants, periods and exact numbers, all as text.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use super::store::{FromValue, ToValue, Value};
use crate::exact::Exact;
use crate::period::Period;

/// Declares an enum whose variants are kept as one word each.
macro_rules! stored_words {
    ($(#[$about:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word that the ledger keeps and that exports and pages show.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// Reads what [`Self::word`] wrote; `None` for any other word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.word())
            }
        }

        impl $crate::ledger::store::ToValue for $name {
            fn to_value(&self) -> $crate::ledger::store::Value {
                $crate::ledger::store::ToValue::to_value(self.word())
            }
        }

        impl $crate::ledger::store::FromValue for $name {
            fn from_value(value: &$crate::ledger::store::Value) -> Result<Self, String> {
                let word = value.text()?;
                Self::from_word(word).ok_or_else(|| $crate::ledger::stored::unreadable(word))
            }
        }
    };
}
pub(crate) use stored_words;

/// An instant, kept as RFC 3339 in UTC with milliseconds, so that text order is time order.
pub(super) struct At(pub DateTime<Utc>);

impl ToValue for At {
    fn to_value(&self) -> Value {
        Value::Text(self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl FromValue for At {
    fn from_value(value: &Value) -> Result<Self, String> {
        let text = value.text()?;
        let instant = DateTime::parse_from_rfc3339(text).map_err(|error| error.to_string())?;
        Ok(Self(instant.with_timezone(&Utc)))
    }
}

/// A period, kept as its label.
pub(super) struct Label(pub Period);

impl ToValue for Label {
    fn to_value(&self) -> Value {
        Value::Text(self.0.to_string())
    }
}

impl FromValue for Label {
    fn from_value(value: &Value) -> Result<Self, String> {
        let text = value.text()?;
        Period::parse(text).map(Self).ok_or_else(|| unreadable(text))
    }
}

/// A day of the calendar.
pub(super) struct Day(pub NaiveDate);

impl ToValue for Day {
    fn to_value(&self) -> Value {
        Value::Text(self.0.to_string())
    }
}

impl FromValue for Day {
    fn from_value(value: &Value) -> Result<Self, String> {
        let text = value.text()?;
        text.parse().map(Self).map_err(|_| unreadable(text))
    }
}

/// An exact number, kept as its fraction.
pub(super) struct Fraction(pub Exact);

impl ToValue for Fraction {
    fn to_value(&self) -> Value {
        Value::Text(self.0.notation())
    }
}

impl FromValue for Fraction {
    fn from_value(value: &Value) -> Result<Self, String> {
        let text = value.text()?;
        Exact::from_notation(text).map(Self).ok_or_else(|| unreadable(text))
    }
}

/// The error for a text in the ledger that this program never writes.
pub(super) fn unreadable(text: &str) -> String {
    format!("the ledger holds `{text}`, which this version cannot read")
}
