//! `[[resource.into]]`: every required column comes from somewhere, and no name is unknown.

use chrono_tz::Tz;

use super::field::Mapper;
use super::{Checker, is_kebab};
use crate::diag::Spanned;
use crate::source::canonical::{Column, Table};
use crate::source::mapping::{ColumnRule, FieldTest, Mapping, Others, Presence, RowCondition, RowRule, Skip, Telling};
use crate::source::path::FieldPath;
use crate::source::written::{IntoTable, ResourceTable, RowWhenTable, Scalar, SkipTable};

impl Checker<'_> {
    pub(super) fn mapping(&mut self, table: &ResourceTable, zone: Tz) -> Mapping {
        if table.into.is_empty() && !self.asked_for.contains(table.id.get_ref()) {
            let hint = "add `[[resource.into]]` with `table` and `columns`";
            self.fault(table.id.span(), format!("the records of `{}` go nowhere", table.id.get_ref()), hint);
        }
        let mut mapper = Mapper::new(table, zone);
        let rows = table.into.iter().filter_map(|into| self.row(into, &mut mapper)).collect();
        let by_name = table.into.iter().any(|into| into.get_ref().by_name);
        Mapping { fields: mapper.fields, others: if by_name { Others::Refused } else { Others::Ignored }, rows }
    }

    fn row(&mut self, placed: &Spanned<IntoTable>, mapper: &mut Mapper) -> Option<RowRule> {
        let into = placed.get_ref();
        let Some(table) = Table::from_name(into.table.get_ref()) else {
            let names: Vec<&str> = Table::all().map(Table::name).collect();
            let message = format!("there is no table `{}`", into.table.get_ref());
            self.fault(into.table.span(), message, format!("the tables are `{}`", names.join("`, `")));
            return None;
        };
        let each = self.each(into, mapper);
        let skips = into.skip.iter().filter_map(|skip| self.skip(skip, mapper)).collect();
        self.unknown_columns(into, table);
        if !into.by_name {
            self.missing_columns(into, table);
        }
        let rules = table.columns().iter().map(|column| {
            match into.columns.iter().find(|(name, _)| name.get_ref() == column.name) {
                Some((name, rule)) => self.column(*column, name, rule, mapper),
                None if into.by_name => mapper.by_name(*column),
                None => ColumnRule::nothing(*column, mapper.zone),
            }
        });
        Some(RowRule { table, columns: rules.collect(), each, skips })
    }

    /// The lists inside a record that are gone into; only JSON has any.
    fn each(&mut self, into: &IntoTable, mapper: &Mapper) -> Vec<FieldPath> {
        let Some(each) = &into.each else { return Vec::new() };
        if !mapper.has_paths() {
            let hint = "remove `each`; every row of the file is a record";
            self.fault(each.span(), "a row of a file has no lists inside", hint);
        }
        self.paths(each.get_ref(), each.span())
    }

    fn unknown_columns(&mut self, into: &IntoTable, table: Table) {
        for name in into.columns.keys().filter(|name| table.column(name.get_ref()).is_none()) {
            let known: Vec<&str> = table.columns().iter().map(|column| column.name).collect();
            let message = format!("the table `{}` has no column `{}`", table.name(), name.get_ref());
            self.fault(name.span(), message, format!("its columns are `{}`", known.join("`, `")));
        }
    }

    fn missing_columns(&mut self, into: &IntoTable, table: Table) {
        let given = |column: &Column| into.columns.keys().any(|name| name.get_ref() == column.name);
        let missing: Vec<&str> = table
            .columns()
            .iter()
            .filter(|column| column.required && !given(column))
            .map(|column| column.name)
            .collect();
        let named = |name: &&str| into.columns.keys().any(|given| given.get_ref() == name);
        for group in table.one_of().iter().filter(|group| !group.iter().any(named)) {
            let message = format!("`{}` lacks one of the columns `{}`", table.name(), group.join("`, `"));
            self.fault(into.table.span(), message, format!("add `columns.{} = {{ from = \"...\" }}`", group[0]));
        }
        if !missing.is_empty() {
            let message = format!("`{}` lacks the columns `{}`", table.name(), missing.join("`, `"));
            self.fault(into.table.span(), message, format!("add `columns.{} = {{ from = \"...\" }}`", missing[0]));
        }
    }

    fn skip(&mut self, table: &SkipTable, mapper: &mut Mapper) -> Option<Skip> {
        if !is_kebab(table.name.get_ref()) {
            self.kebab_fault(&table.name);
        }
        let telling = if table.note == Some(false) { Telling::Quiet } else { Telling::Note };
        Some(Skip { name: table.name.get_ref().clone(), when: self.row_condition(&table.when, mapper)?, telling })
    }

    pub(super) fn row_condition(&mut self, when: &Spanned<RowWhenTable>, mapper: &mut Mapper) -> Option<RowCondition> {
        let table = when.get_ref();
        let test = match (&table.one_of, &table.not_in, table.empty) {
            (Some(values), None, None) => FieldTest::In(texts(values)),
            (None, Some(values), None) => FieldTest::NotIn(texts(values)),
            (None, None, Some(true)) => FieldTest::Empty,
            (None, None, Some(false)) => FieldTest::Filled,
            _ => {
                let hint = "give one of `in = [...]`, `not-in = [...]` and `empty = true`";
                self.fault(when.span(), "a field is tested once", hint);
                return None;
            }
        };
        Some(RowCondition { field: self.field(&table.from, when.span(), Presence::Needed, mapper), test })
    }
}

pub(super) fn texts(values: &[Scalar]) -> Vec<String> {
    values.iter().map(|value| value.0.clone()).collect()
}
