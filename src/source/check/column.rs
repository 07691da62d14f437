//! `columns.NAME`: one place it comes from, and options that fit its kind.

use std::ops::Range;

use chrono_tz::Tz;

use super::Checker;
use super::field::Mapper;
use super::mapping::texts;
use crate::diag::Spanned;
use crate::source::canonical::{Column, Kind};
use crate::source::mapping::{Check, ColumnRule, Origin, Presence, Rounding, TimeFormat};
use crate::source::quantity::{Unit, span_of_column};
use crate::source::template::{Slot, Template};
use crate::source::written::{ColumnTable, EpochWord, Names, Placed, Scalar, StartWord, UnitWord, WithinWord};

impl Checker<'_> {
    pub(super) fn column(
        &mut self,
        column: Column,
        name: &Placed,
        rule: &Spanned<ColumnTable>,
        mapper: &mut Mapper,
    ) -> ColumnRule {
        let table = rule.get_ref();
        let origin = self.origin(table, rule.span(), mapper);
        self.options_fit(column, name, table, mapper);
        let null = match &table.null {
            Some(words) => texts(words),
            None if mapper.has_paths() => Vec::new(),
            None => vec![String::new()],
        };
        ColumnRule {
            column,
            origin,
            strip: table.strip.clone().unwrap_or_default(),
            after: table.after.clone().unwrap_or_default(),
            null,
            null_when: table.null_when.as_ref().and_then(|when| self.row_condition(when, mapper)),
            when_absent: self.stand_in(column, table.when_absent.as_ref()),
            when_null: self.stand_in(column, table.when_null.as_ref()),
            map: table.map.as_ref().map(|map| map.iter().map(|(from, to)| (from.clone(), to.0.clone())).collect()),
            time: self.time(column, table, rule, mapper.zone),
            unit: table.unit.and_then(|unit| self.unit(unit, column, name, mapper)),
            rounding: if table.round == Some(true) { Rounding::HalfUp } else { Rounding::Refuse },
            checks: checks(table),
        }
    }

    fn origin(&mut self, table: &ColumnTable, place: Range<usize>, mapper: &mut Mapper) -> Origin {
        let may_lack = table.optional == Some(true) || table.when_absent.is_some();
        let presence = if may_lack { Presence::Optional } else { Presence::Needed };
        match (&table.from, &table.value, &table.present) {
            (Some(names), None, None) if mapper.has_parent && parent_field(names).is_some() => {
                Origin::Parent(parent_field(names).unwrap_or_default())
            }
            (Some(names), None, None) => Origin::Field(self.field(names, place, presence, mapper)),
            (None, Some(value), None) => Origin::Text(self.value(&value.0, place, mapper)),
            (None, None, Some(field)) => {
                Origin::Presence(self.field(&Names(vec![field.clone()]), place, Presence::Needed, mapper))
            }
            _ => {
                let hint = "give one of `from`, `value` and `present`";
                self.fault(place, "a column comes from one place", hint);
                Origin::Nothing
            }
        }
    }

    /// A text that may have the holes of a request, if the request has what fills them.
    fn value(&mut self, text: &str, place: Range<usize>, mapper: &Mapper) -> Template {
        let template = self.template(text, place.clone());
        let lacks = |slot: &Slot| match slot {
            Slot::Ids(_) => !mapper.has_ids,
            Slot::Parent(_) => !mapper.has_parent,
            slot => slot.needs_window() && !mapper.has_window,
        };
        if template.slots().any(lacks) {
            let hint = "add `window` or `fan-out` to the resource, or take the value from a field";
            self.fault(place, "nothing fills this hole: the requests have no window, ids or parent", hint);
        }
        template
    }

    /// A value that stands for one that is not there must be of the column's kind.
    fn stand_in(&mut self, column: Column, value: Option<&Spanned<Scalar>>) -> Option<String> {
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

    fn unit(&mut self, word: UnitWord, column: Column, name: &Placed, mapper: &Mapper) -> Option<Unit> {
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
    fn options_fit(&mut self, column: Column, name: &Placed, table: &ColumnTable, mapper: &Mapper) {
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
        ];
        for (_, _, option) in options.into_iter().filter(|(given, fits, _)| *given && !fits) {
            let message = format!("`{option}` does nothing for `{}`, which is {}", column.name, kind.word());
            self.fault(name.span(), message, "remove it");
        }
        for (_, _, option) in of_fields.into_iter().filter(|(given, fits, _)| *given && !fits) {
            let message = format!("`{option}` does nothing here for `{}`", column.name);
            let hint = "it is about a field that `from` names; `optional` about the header of a file";
            self.fault(name.span(), message, hint);
        }
    }

    fn time(&mut self, column: Column, table: &ColumnTable, rule: &Spanned<ColumnTable>, zone: Tz) -> TimeFormat {
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

impl ColumnRule {
    pub(super) fn nothing(column: Column, zone: Tz) -> Self {
        Self {
            column,
            origin: Origin::Nothing,
            strip: Vec::new(),
            after: Vec::new(),
            null: Vec::new(),
            null_when: None,
            when_absent: None,
            when_null: None,
            map: None,
            time: default_time(column, zone),
            unit: None,
            rounding: Rounding::Refuse,
            checks: Vec::new(),
        }
    }
}

/// The field of the parent that `parent.FIELD` names.
fn parent_field(names: &Names) -> Option<String> {
    match names.0.as_slice() {
        [name] => name.strip_prefix("parent.").map(str::to_owned),
        _ => None,
    }
}

fn default_time(column: Column, zone: Tz) -> TimeFormat {
    let format = if column.kind == Kind::Date { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" };
    TimeFormat::Text(format.to_owned(), zone)
}

fn checks(table: &ColumnTable) -> Vec<Check> {
    let checks = [
        table.one_of.as_ref().map(|words| Check::OneOf(texts(words))),
        table.none_of.as_ref().map(|words| Check::NoneOf(texts(words))),
        table.without.clone().map(Check::Without),
        table.starts_with.map(|StartWord::Letter| Check::StartsWithLetter),
        table.at_least.map(Check::AtLeast),
        table.within.map(|WithinWord::Window| Check::WithinWindow),
    ];
    checks.into_iter().flatten().collect()
}
