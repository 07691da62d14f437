//! Days and times from text or numbers, on the clocks of the source.

use chrono::format::{Item, Parsed, StrftimeItems, parse};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::plain;
use crate::source::mapping::TimeFormat;

/// Reads the days and times of one column.
pub(super) struct TimeReader<'a> {
    format: &'a TimeFormat,
    items: Vec<Item<'a>>,
    zone: Tz,
}

impl<'a> TimeReader<'a> {
    pub(super) fn new(format: &'a TimeFormat, zone: Tz) -> Self {
        let items = match format {
            TimeFormat::Text(format, _) => StrftimeItems::new(format).collect(),
            _ => Vec::new(),
        };
        Self { format, items, zone }
    }

    /// The day.
    pub(super) fn date(&self, text: &str) -> Option<NaiveDate> {
        match self.format {
            TimeFormat::Text(_, zone) if *zone == self.zone => {
                let day = self.parsed(text)?.to_naive_date().ok()?;
                self.is_strict(text, || day.format_with_items(self.items.iter()).to_string()).then_some(day)
            }
            TimeFormat::Plain => plain::day(text),
            _ => Some(self.local(text)?.date()),
        }
    }

    /// The local time on the clocks of the source.
    pub(super) fn local(&self, text: &str) -> Option<NaiveDateTime> {
        match self.format {
            TimeFormat::Text(_, zone) => {
                let time = self.parsed(text)?.to_naive_datetime_with_offset(0).ok()?;
                if !self.is_strict(text, || time.format_with_items(self.items.iter()).to_string()) {
                    return None;
                }
                if *zone == self.zone {
                    Some(time)
                } else {
                    self.here(zone.from_local_datetime(&time).earliest()?.to_utc())
                }
            }
            TimeFormat::Plain => plain::time(text),
            TimeFormat::Rfc3339 => self.here(DateTime::parse_from_rfc3339(text).ok()?.to_utc()),
            TimeFormat::EpochSeconds => self.here(DateTime::from_timestamp(text.parse().ok()?, 0)?),
            TimeFormat::EpochMillis => self.here(DateTime::from_timestamp_millis(text.parse().ok()?)?),
        }
    }

    /// A day or time that came as such, on the clocks that the column says.
    pub(super) fn moment(&self, time: NaiveDateTime) -> NaiveDateTime {
        match self.format {
            TimeFormat::Text(_, zone) if *zone != self.zone => {
                zone.from_local_datetime(&time).earliest().and_then(|at| self.here(at.to_utc())).unwrap_or(time)
            }
            _ => time,
        }
    }

    fn here(&self, at: DateTime<Utc>) -> Option<NaiveDateTime> {
        Some(at.with_timezone(&self.zone).naive_local())
    }

    fn parsed(&self, text: &str) -> Option<Parsed> {
        let mut parsed = Parsed::new();
        parse(&mut parsed, text, self.items.iter()).ok()?;
        Some(parsed)
    }

    /// No blanks around, and text of digits only must have every digit: `99111` is not a day in `%y%m%d`.
    fn is_strict(&self, text: &str, written: impl FnOnce() -> String) -> bool {
        text.trim() == text && (!text.bytes().all(|byte| byte.is_ascii_digit()) || written() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(format: &TimeFormat) -> TimeReader<'_> {
        TimeReader::new(format, chrono_tz::Asia::Shanghai)
    }

    fn shown(time: Option<NaiveDateTime>) -> Option<String> {
        time.map(|time| time.to_string())
    }

    #[test]
    fn two_digit_years_and_only_whole_digits() {
        let format = TimeFormat::Text("%y%m%d".into(), chrono_tz::Asia::Shanghai);
        let date = |text| reader(&format).date(text).map(|day| day.to_string());
        assert_eq!(date("990131").as_deref(), Some("1999-01-31"));
        assert_eq!(date("261001").as_deref(), Some("2026-10-01"));
        for wrong in ["99111", "9901311", "990132", "991301", "", "PS", " 990131", "99-1-3"] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn instants_become_local_time() {
        let millis = TimeFormat::EpochMillis;
        assert_eq!(shown(reader(&millis).local("1666195200000")).as_deref(), Some("2022-10-20 00:00:00"));
        assert_eq!(reader(&millis).date("1666195200000").map(|day| day.to_string()).as_deref(), Some("2022-10-20"));
        assert_eq!(shown(reader(&TimeFormat::EpochSeconds).local("0")).as_deref(), Some("1970-01-01 08:00:00"));
        let rfc = TimeFormat::Rfc3339;
        assert_eq!(shown(reader(&rfc).local("2026-10-01T00:30:00Z")).as_deref(), Some("2026-10-01 08:30:00"));
        let utc = TimeFormat::Text("%Y-%m-%d %H:%M:%S".into(), Tz::UTC);
        assert_eq!(shown(reader(&utc).local("2026-09-30 16:00:00")).as_deref(), Some("2026-10-01 00:00:00"));
        assert_eq!(reader(&utc).date("2026-09-30 16:00:00").map(|day| day.to_string()).as_deref(), Some("2026-10-01"));
    }
}
