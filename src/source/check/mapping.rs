//! `[[resource.into]]`: every required column comes from somewhere, and its options fit its kind.

use chrono_tz::Tz;

use super::{Checker, is_kebab};
use crate::diag::Spanned;
use crate::source::canonical::{Column, Kind, Table};
use crate::source::mapping::{
    Check, ColumnRule, Field, FieldIndex, FieldTest, Mapping, Origin, Others, Presence, RowCondition, RowRule, Skip,
    Telling, TimeFormat,
};
use crate::source::written::{
    ColumnTable, EpochWord, FormatWord, IntoTable, Placed, ResourceTable, RowWhenTable, Scalar, SkipTable, StartWord,
    UnitWord, WithinWord,
};

impl Checker<'_> {
    pub(super) fn mapping(&mut self, table: &ResourceTable, zone: Tz) -> Mapping {
        if table.into.is_empty() && !self.asked_for.contains(table.id.get_ref()) {
            let hint = "add `[[resource.into]]` with `table` and `columns`";
            self.fault(table.id.span(), format!("the records of `{}` go nowhere", table.id.get_ref()), hint);
        }
        let mut mapper = Mapper { format: table.format, has_window: table.window.is_some(), zone, fields: Vec::new() };
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
        Some(RowRule { table, skips, columns: rules.collect() })
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

    fn row_condition(&mut self, when: &Spanned<RowWhenTable>, mapper: &mut Mapper) -> Option<RowCondition> {
        let table = when.get_ref();
        let test = match (&table.one_of, table.empty) {
            (Some(values), None) => FieldTest::In(texts(values)),
            (None, Some(true)) => FieldTest::Empty,
            (None, Some(false)) => FieldTest::Filled,
            _ => {
                self.fault(when.span(), "a field is tested once", "give either `in = [...]` or `empty = true`");
                return None;
            }
        };
        Some(RowCondition { field: mapper.field(&table.from), test })
    }

    fn column(
        &mut self,
        column: Column,
        name: &Placed,
        rule: &Spanned<ColumnTable>,
        mapper: &mut Mapper,
    ) -> ColumnRule {
        let table = rule.get_ref();
        let origin = self.origin(table, rule, mapper);
        self.options_fit(column, name, table, mapper);
        let null = match &table.null {
            Some(words) => texts(words),
            None if mapper.format == FormatWord::Json => Vec::new(),
            None => vec![String::new()],
        };
        ColumnRule {
            column,
            origin,
            null,
            null_when: table.null_when.as_ref().and_then(|when| self.row_condition(when, mapper)),
            map: table.map.as_ref().map(|map| map.iter().map(|(from, to)| (from.clone(), to.0.clone())).collect()),
            time: self.time(column, table, rule, mapper.zone),
            per_unit: if table.unit == Some(UnitWord::Fen) { 100 } else { 1 },
            checks: checks(table),
        }
    }

    fn origin(&mut self, table: &ColumnTable, rule: &Spanned<ColumnTable>, mapper: &mut Mapper) -> Origin {
        match (&table.from, &table.value, &table.present) {
            (Some(field), None, None) => Origin::Field(mapper.field(field)),
            (None, Some(value), None) => Origin::Constant(value.0.clone()),
            (None, None, Some(field)) => Origin::Presence(mapper.field(field)),
            _ => {
                let hint = "give one of `from`, `value` and `present`";
                self.fault(rule.span(), "a column comes from one place", hint);
                Origin::Nothing
            }
        }
    }

    /// Options that the kind of the column cannot use would be silently without effect.
    fn options_fit(&mut self, column: Column, name: &Placed, table: &ColumnTable, mapper: &Mapper) {
        use Kind::{Bool, Date, DateTime, Decimal, Int, Text};
        let kind = column.kind;
        let options = [
            (table.format.is_some(), matches!(kind, Date | DateTime), "format"),
            (table.epoch.is_some(), matches!(kind, Date | DateTime), "epoch"),
            (table.zone.is_some(), matches!(kind, Date | DateTime), "zone"),
            (table.unit.is_some(), matches!(kind, Decimal(_)), "unit"),
            (table.present.is_some(), kind == Bool, "present"),
            (table.at_least.is_some(), matches!(kind, Int | Decimal(_)), "at-least"),
            (table.one_of.is_some(), kind == Text, "one-of"),
            (table.none_of.is_some(), kind == Text, "none-of"),
            (table.without.is_some(), kind == Text, "without"),
            (table.starts_with.is_some(), kind == Text, "starts-with"),
            (table.within.is_some(), matches!(kind, Date | DateTime) && mapper.has_window, "within"),
        ];
        for (given, fits, option) in options {
            if given && !fits {
                let message = format!("`{option}` does nothing for `{}`, which is {}", column.name, kind.word());
                self.fault(name.span(), message, "remove it");
            }
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
    fn nothing(column: Column, zone: Tz) -> Self {
        Self {
            column,
            origin: Origin::Nothing,
            null: Vec::new(),
            null_when: None,
            map: None,
            time: default_time(column, zone),
            per_unit: 1,
            checks: Vec::new(),
        }
    }
}

/// What the columns of one resource share.
pub(super) struct Mapper {
    format: FormatWord,
    has_window: bool,
    zone: Tz,
    fields: Vec<Field>,
}

impl Mapper {
    /// The position of a field that must be there, added when it is new.
    fn field(&mut self, name: &str) -> FieldIndex {
        let index = self.position(name, Presence::Needed);
        self.fields[index].presence = Presence::Needed;
        index
    }

    /// A column from the field of its own name, which only a required one must have.
    fn by_name(&mut self, column: Column) -> ColumnRule {
        let presence = if column.required { Presence::Needed } else { Presence::Optional };
        ColumnRule {
            origin: Origin::Field(self.position(column.name, presence)),
            null: vec![String::new()],
            time: TimeFormat::Plain,
            ..ColumnRule::nothing(column, self.zone)
        }
    }

    fn position(&mut self, name: &str, presence: Presence) -> FieldIndex {
        let known = self.fields.iter().position(|field| field.name == name);
        known.unwrap_or_else(|| {
            let path = name.split('.').map(str::to_owned).collect();
            self.fields.push(Field { name: name.to_owned(), path, presence });
            self.fields.len() - 1
        })
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

fn texts(values: &[Scalar]) -> Vec<String> {
    values.iter().map(|value| value.0.clone()).collect()
}
