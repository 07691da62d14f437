//! How the days and times of a column are written.

use chrono_tz::Tz;

use super::Checker;
use crate::diag::Spanned;
use crate::source::canonical::{Column, Kind};
use crate::source::mapping::TimeFormat;
use crate::source::written::{ColumnTable, EpochWord};

impl Checker<'_> {
    pub(super) fn time(
        &mut self,
        column: Column,
        table: &ColumnTable,
        rule: &Spanned<ColumnTable>,
        zone: Tz,
    ) -> TimeFormat {
        if table.epoch.is_some() && table.format.is_some() {
            self.fault(rule.span(), "both `epoch` and `format` are given", "a time is written in one way");
        }
        let zone = match &table.zone {
            None => zone,
            Some(name) => name.parse().unwrap_or_else(|_| {
                let message = format!("`{name}` is not a time zone");
                self.fault(rule.span(), message, "use a name such as `Asia/Shanghai` or `UTC`");
                zone
            }),
        };
        match (table.epoch, table.format.as_deref()) {
            (Some(EpochWord::S), _) => TimeFormat::EpochSeconds,
            (Some(EpochWord::Ms), _) => TimeFormat::EpochMillis,
            (None, Some("rfc3339")) => TimeFormat::Rfc3339,
            (None, Some(format)) => self.time_text(format, rule, zone),
            (None, None) => default_time(column, zone),
        }
    }

    fn time_text(&mut self, format: &str, rule: &Spanned<ColumnTable>, zone: Tz) -> TimeFormat {
        if chrono::format::StrftimeItems::new(format).any(|item| item == chrono::format::Item::Error) {
            let hint = "an example is `%Y-%m-%d %H:%M:%S`; for an offset in the text use `rfc3339`";
            self.fault(rule.span(), format!("`{format}` is not a time format"), hint);
        }
        TimeFormat::Text(format.to_owned(), zone)
    }
}

/// As most sources write it, unless a column says otherwise.
pub(super) fn default_time(column: Column, zone: Tz) -> TimeFormat {
    let format = if column.kind == Kind::Date { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" };
    TimeFormat::Text(format.to_owned(), zone)
}
