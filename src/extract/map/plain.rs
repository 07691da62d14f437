//! Values as the project's own CSV files write them.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::convert::truth;
use super::number;
use super::rows::Value;
use crate::source::Kind;

const DAY: &str = "%Y-%m-%d";
const TIME: &str = "%H:%M:%S";

/// Reads a cell: `12`, `12.50`, `true`, `2026-10-05`, `2026-10-05T09:00:00`; `None` for anything else.
pub fn plain(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Text => Some(Value::Text(text.to_owned())),
        Kind::Int => number::int(text).map(Value::Int),
        Kind::Decimal(places) => number::decimal(text, places).map(Value::Decimal),
        Kind::Bool => truth(text),
        Kind::Date => since_epoch(day(text)?).map(Value::Date),
        Kind::DateTime => time(text).map(|time| Value::DateTime(time.and_utc().timestamp_micros())),
    }
}

/// What [`plain`] expects, for messages.
pub fn example(kind: Kind) -> String {
    let expected = match kind {
        Kind::Text => "any text",
        Kind::Int => "a whole number such as `12`",
        Kind::Decimal(places) => return format!("a number with at most {places} decimals such as `12.50`"),
        Kind::Bool => "`true` or `false`",
        Kind::Date => "a day such as `2026-10-05`",
        Kind::DateTime => "a time such as `2026-10-05T09:00:00`",
    };
    expected.to_owned()
}

/// A day written in full, such as `2026-10-05`.
pub fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, DAY).ok().filter(|day| day.format(DAY).to_string() == text)
}

/// A day and a time written in full with `T`, or as spreadsheets do a blank, between them.
pub fn time(text: &str) -> Option<NaiveDateTime> {
    let (date, clock) = text.split_once(['T', ' '])?;
    let clock = NaiveTime::parse_from_str(clock, TIME).ok().filter(|time| time.format(TIME).to_string() == clock)?;
    Some(day(date)?.and_time(clock))
}

fn since_epoch(day: NaiveDate) -> Option<i32> {
    i32::try_from(day.signed_duration_since(NaiveDate::from_ymd_opt(1970, 1, 1)?).num_days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_written_in_full() {
        assert_eq!(plain(Kind::Date, "1970-01-02"), Some(Value::Date(1)));
        assert_eq!(plain(Kind::DateTime, "1970-01-01T00:00:01"), Some(Value::DateTime(1_000_000)));
        assert_eq!(plain(Kind::DateTime, "1970-01-01 00:00:01"), Some(Value::DateTime(1_000_000)));
        for wrong in ["2026-1-5", "2026-10-05  09:00:00", "2026/10/05", "2026-02-30", "2026-10-05T09:00", ""] {
            assert_eq!((plain(Kind::Date, wrong), plain(Kind::DateTime, wrong)), (None, None), "{wrong}");
        }
    }
}
