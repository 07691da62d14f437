//! How values are kept in columns: words of closed lists, instants, periods and exact numbers, all as text.

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

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

        impl rusqlite::types::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(self.word().into())
            }
        }

        impl rusqlite::types::FromSql for $name {
            fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
                let word = value.as_str()?;
                Self::from_word(word).ok_or_else(|| $crate::ledger::stored::unreadable(word))
            }
        }
    };
}
pub(crate) use stored_words;

/// An instant, kept as RFC 3339 in UTC with milliseconds, so that text order is time order.
pub(super) struct At(pub DateTime<Utc>);

impl ToSql for At {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.to_rfc3339_opts(SecondsFormat::Millis, true).into())
    }
}

impl FromSql for At {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        let instant = DateTime::parse_from_rfc3339(text).map_err(FromSqlError::other)?;
        Ok(Self(instant.with_timezone(&Utc)))
    }
}

/// A period, kept as its label.
pub(super) struct Label(pub Period);

impl ToSql for Label {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.to_string().into())
    }
}

impl FromSql for Label {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        Period::parse(text).map(Self).ok_or_else(|| unreadable(text))
    }
}

/// An exact number, kept as its fraction.
pub(super) struct Fraction(pub Exact);

impl ToSql for Fraction {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.notation().into())
    }
}

impl FromSql for Fraction {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        Exact::from_notation(text).map(Self).ok_or_else(|| unreadable(text))
    }
}

/// The error for a text in the ledger that this program never writes.
pub(super) fn unreadable(text: &str) -> FromSqlError {
    FromSqlError::Other(format!("the ledger holds `{text}`, which this version cannot read").into())
}
