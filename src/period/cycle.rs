//! How long periods are, as jobs and schemes write it.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Cycle {
    /// A calendar month, `2026-10`.
    Month,
    /// A calendar quarter, `2026-Q3`.
    Quarter,
    /// An ISO week, Monday to Sunday, `2026-W41`.
    Week,
    /// One day, `2026-10-05`.
    Day,
    /// From this day of a month, 2 to 28, to the day before it in the next; named by the month in which it ends.
    MonthFrom(u8),
}

/// `month`, `quarter`, `week`, `day` or `month-from-21`.
impl fmt::Display for Cycle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month => out.write_str("month"),
            Self::Quarter => out.write_str("quarter"),
            Self::Week => out.write_str("week"),
            Self::Day => out.write_str("day"),
            Self::MonthFrom(first) => write!(out, "month-from-{first}"),
        }
    }
}

impl FromStr for Cycle {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "month" => Ok(Self::Month),
            "quarter" => Ok(Self::Quarter),
            "week" => Ok(Self::Week),
            "day" => Ok(Self::Day),
            _ => text.strip_prefix("month-from-").and_then(first_day).map(Self::MonthFrom).ok_or_else(|| {
                format!("`{text}` is no cycle; write `month`, `quarter`, `week`, `day`, or `month-from-2` to `month-from-28`")
            }),
        }
    }
}

impl Cycle {
    /// How many periods it takes at most to hold so many days running.
    pub fn periods_in(self, days: u32) -> u32 {
        let shortest = match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month | Self::MonthFrom(_) => 28,
            Self::Quarter => 90,
        };
        days.div_ceil(shortest)
    }
}

/// A day that every month has, except the first, which makes a calendar month; written without leading nought.
pub(super) fn first_day(text: &str) -> Option<u8> {
    let day: u8 = text.parse().ok()?;
    ((2..=28).contains(&day) && day.to_string() == text).then_some(day)
}

impl TryFrom<String> for Cycle {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Cycle> for String {
    fn from(cycle: Cycle) -> Self {
        cycle.to_string()
    }
}

impl JsonSchema for Cycle {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cycle".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "how long a period is",
            "type": "string",
            "anyOf": [
                { "enum": ["month", "quarter", "week", "day"] },
                { "pattern": "^month-from-([2-9]|1[0-9]|2[0-8])$" },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_reaches_back_over_seven_days_or_one_month() {
        let reach = |cycle: Cycle, days| cycle.periods_in(days);
        assert_eq!([reach(Cycle::Day, 7), reach(Cycle::Week, 7), reach(Cycle::Month, 7)], [7, 1, 1]);
        assert_eq!([reach(Cycle::Week, 8), reach(Cycle::Month, 30), reach(Cycle::Quarter, 7)], [2, 2, 1]);
        assert_eq!(reach(Cycle::Month, 0), 0);
    }

    #[test]
    fn words_are_read_back() {
        for word in ["month", "quarter", "week", "day", "month-from-2", "month-from-21", "month-from-28"] {
            assert_eq!(word.parse::<Cycle>().expect(word).to_string(), word);
        }
        for wrong in ["month-from-1", "month-from-29", "month-from-021", "month-from-", "year", "Month"] {
            assert!(wrong.parse::<Cycle>().is_err(), "{wrong}");
        }
    }
}
