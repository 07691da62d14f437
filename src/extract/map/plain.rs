//! Values as the project's own CSV files write them.

use chrono::{NaiveDate, NaiveDateTime};

use super::convert::truth;
use super::number;
use super::rows::Value;
use crate::source::Kind;

const DAY: &str = "%Y-%m-%d";
const TIME: &str = "%Y-%m-%dT%H:%M:%S";

/// Reads a cell: `12`, `12.50`, `true`, `2026-10-05`, `2026-10-05T09:00:00`; `None` for anything else.
pub fn plain(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Text => Some(Value::Text(text.to_owned())),
        Kind::Int => number::int(text).map(Value::Int),
        Kind::Decimal => number::decimal(text).map(Value::Decimal),
        Kind::Bool => truth(text),
        Kind::Date => day(text),
        Kind::DateTime => time(text),
    }
}

/// What [`plain`] expects, for messages.
pub fn example(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "any text",
        Kind::Int => "a whole number such as `12`",
        Kind::Decimal => "a number with at most four decimals such as `12.50`",
        Kind::Bool => "`true` or `false`",
        Kind::Date => "a day such as `2026-10-05`",
        Kind::DateTime => "a time such as `2026-10-05T09:00:00`",
    }
}

fn day(text: &str) -> Option<Value> {
    let day = NaiveDate::parse_from_str(text, DAY).ok().filter(|day| day.format(DAY).to_string() == text)?;
    let days = day.signed_duration_since(NaiveDate::from_ymd_opt(1970, 1, 1)?).num_days();
    i32::try_from(days).ok().map(Value::Date)
}

fn time(text: &str) -> Option<Value> {
    let time = NaiveDateTime::parse_from_str(text, TIME).ok().filter(|time| time.format(TIME).to_string() == text)?;
    Some(Value::DateTime(time.and_utc().timestamp_micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_written_in_full() {
        assert_eq!(plain(Kind::Date, "1970-01-02"), Some(Value::Date(1)));
        assert_eq!(plain(Kind::DateTime, "1970-01-01T00:00:01"), Some(Value::DateTime(1_000_000)));
        for wrong in ["2026-1-5", "2026/10/05", "2026-02-30", "2026-10-05T09:00", ""] {
            assert_eq!((plain(Kind::Date, wrong), plain(Kind::DateTime, wrong)), (None, None), "{wrong}");
        }
    }
}
