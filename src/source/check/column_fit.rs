//! Whether the options of a column fit its kind: one without effect would be without effect in silence.

use super::Checker;
use super::field::Mapper;
use crate::diag::Spanned;
use crate::source::canonical::{Column, Kind};
use crate::source::quantity::{Unit, span_of_column};
use crate::source::written::{ColumnTable, Placed, Scalar, UnitWord};

impl Checker<'_> {
    /// A value that stands for one that is not there must be of the column's kind.
    pub(super) fn stand_in(&mut self, column: Column, value: Option<&Spanned<Scalar>>) -> Option<String> {
        let value = value?;
        let text = &value.get_ref().0;
        let is_number = |text: &str| {
            let digits = text.strip_prefix('-').unwrap_or(text).replacen('.', "", 1);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        let fits = match column.kind {
            Kind::Text => true,
            Kind::Int => text.parse::<i64>().is_ok(),
            Kind::Decimal(_) => is_number(text),
            Kind::Bool => matches!(text.as_str(), "true" | "false" | "1" | "0"),
            Kind::Date | Kind::DateTime => false,
        };
        if !fits {
            let message =
                format!("`{text}` cannot stand for a value of `{}`, which is {}", column.name, column.kind.word());
            self.fault(value.span(), message, "write the value as the column holds it; a day or time has no stand-in");
        }
        Some(text.clone())
    }

    pub(super) fn unit(&mut self, word: UnitWord, column: Column, name: &Placed, mapper: &Mapper) -> Option<Unit> {
        let unit = match word {
            UnitWord::Yuan => Unit::One,
            UnitWord::Fen | UnitWord::Hundredths => Unit::Hundredth,
            UnitWord::Ratio => Unit::Ratio,
            UnitWord::Percent => Unit::Percent,
            UnitWord::Rate => Unit::Rate,
            UnitWord::Milliseconds => Unit::Span(1),
            UnitWord::Seconds => Unit::Span(1_000),
            UnitWord::Minutes => Unit::Span(60_000),
            UnitWord::Hours => Unit::Span(3_600_000),
        };
        if matches!(unit, Unit::Span(_)) && span_of_column(column.name).is_none() {
            let message = format!("`{}` does not say in which unit of time it counts", column.name);
            self.fault(name.span(), message, "columns of time have `seconds`, `minutes` or `hours` in their name");
            return None;
        }
        if unit == Unit::Rate && mapper.has_paths() {
            let hint = "write `unit = \"percent\"` or `unit = \"ratio\"`, as the interface documents";
            self.fault(name.span(), "`rate` is decided over a whole file, and an answer is none", hint);
            return None;
        }
        Some(unit)
    }

    /// Options that the kind of the column cannot use would be silently without effect.
    pub(super) fn options_fit(&mut self, column: Column, name: &Placed, table: &ColumnTable, mapper: &Mapper) {
        use Kind::{Bool, Date, DateTime, Decimal, Int, Text};
        let kind = column.kind;
        let is_number = matches!(kind, Int | Decimal(_));
        let is_time = matches!(kind, Date | DateTime);
        let is_whole = matches!(
            table.unit,
            Some(
                UnitWord::Hundredths | UnitWord::Milliseconds | UnitWord::Seconds | UnitWord::Minutes | UnitWord::Hours
            )
        );
        let has_field = table.from.is_some();
        let options = [
            (table.format.is_some(), is_time, "format"),
            (table.epoch.is_some(), is_time, "epoch"),
            (table.zone.is_some(), is_time, "zone"),
            (table.unit.is_some(), matches!(kind, Decimal(_)) || kind == Int && is_whole, "unit"),
            (table.round.is_some(), is_number, "round"),
            (table.present.is_some(), kind == Bool, "present"),
            (table.at_least.is_some(), is_number, "at-least"),
            (table.between_fields.is_some(), is_number, "between-fields"),
            (table.one_of.is_some(), kind == Text, "one-of"),
            (table.none_of.is_some(), kind == Text, "none-of"),
            (table.without.is_some(), kind == Text, "without"),
            (table.starts_with.is_some(), kind == Text, "starts-with"),
            (table.within.is_some(), is_time && mapper.has_window, "within"),
        ];
        let of_fields = [
            (table.optional.is_some(), has_field && !mapper.has_paths(), "optional"),
            (table.when_absent.is_some(), has_field, "when-absent"),
            (table.when_null.is_some(), has_field, "when-null"),
            (table.strip.is_some(), has_field, "strip"),
            (table.after.is_some(), has_field, "after"),
            (table.map_from.is_some(), has_field && table.map.is_none(), "map-from"),
        ];
        for (_, _, option) in options.into_iter().filter(|(given, fits, _)| *given && !fits) {
            let message = format!("`{option}` does nothing for `{}`, which is {}", column.name, kind.word());
            self.fault(name.span(), message, "remove it");
        }
        for (_, _, option) in of_fields.into_iter().filter(|(given, fits, _)| *given && !fits) {
            let message = format!("`{option}` does nothing here for `{}`", column.name);
            let hint = "it is about a field that `from` names; `optional` about the header of a file; `map-from` \
                        stands in place of `map`";
            self.fault(name.span(), message, hint);
        }
    }
}
