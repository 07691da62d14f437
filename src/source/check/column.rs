//! `columns.NAME`: one place it comes from, and options that fit its kind.

use std::ops::Range;

use chrono_tz::Tz;

use super::Checker;
use super::column_time::default_time;
use super::field::Mapper;
use super::mapping::texts;
use crate::diag::Spanned;
use crate::source::canonical::Column;
use crate::source::mapping::{Check, ColumnRule, FieldIndex, Origin, Presence, Rounding};
use crate::source::template::{Slot, Template};
use crate::source::written::{ColumnTable, Names, Placed, StartWord, WithinWord};

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
            words: table.map_from.as_ref().map(|name| self.beside(name, rule.span(), mapper)),
            between: self.between(table, mapper),
            time: self.time(column, table, rule, mapper.zone),
            unit: table.unit.and_then(|unit| self.unit(unit, column, name, mapper)),
            rounding: if table.round == Some(true) { Rounding::HalfUp } else { Rounding::Refuse },
            checks: checks(table),
        }
    }

    /// A field that is read for the sake of another.
    fn beside(&mut self, name: &str, place: Range<usize>, mapper: &mut Mapper) -> FieldIndex {
        self.field(&Names(vec![name.to_owned()]), place, Presence::Needed, mapper)
    }

    fn between(&mut self, table: &ColumnTable, mapper: &mut Mapper) -> Option<(FieldIndex, FieldIndex)> {
        let names = table.between_fields.as_ref()?;
        let [least, most] = names.get_ref().as_slice() else {
            let hint = "name the field of the least and the field of the most, such as `[\"least\", \"most\"]`";
            self.fault(names.span(), "a number lies between two fields", hint);
            return None;
        };
        Some((self.beside(least, names.span(), mapper), self.beside(most, names.span(), mapper)))
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
            // Rows are made again from kept pages, for whatever job.
            Slot::Job => true,
            slot => slot.needs_window() && !mapper.has_window,
        };
        if template.slots().any(lacks) {
            let hint = "add `window` or `fan-out` to the resource, or take the value from a field";
            self.fault(place, "nothing fills this hole: the requests have no window, ids or parent", hint);
        }
        template
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
            words: None,
            between: None,
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
