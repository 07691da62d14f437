//! From a gate as written to a [`Gate`].

use std::ops::Range;

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics, Spanned, known_names};
use crate::source::{Column, Kind, Table};

use super::standing::with_standing;
use super::written::{GateTable, KindWord, SideTable};
use super::{Gate, GateKind, Side, Tolerance};

/// All gates of a job, with those that stand by themselves; `sources` are the ids that the job pulls.
pub fn check(
    written: Vec<Spanned<GateTable>>,
    sources: &[String],
    file: &AuthoredFile,
    found: &mut Diagnostics,
) -> Vec<Gate> {
    let gates = written.into_iter().filter_map(|one| Checker { file, sources, found, span: one.span() }.gate(one));
    with_standing(gates.collect())
}

struct Checker<'a> {
    file: &'a AuthoredFile,
    sources: &'a [String],
    found: &'a mut Diagnostics,
    /// Where the gate is written.
    span: Range<usize>,
}

impl Checker<'_> {
    fn wrong(&mut self, span: Range<usize>, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(Diagnostic::error(message).at(self.file.place(span)).hint(hint));
    }

    fn gate(mut self, written: Spanned<GateTable>) -> Option<Gate> {
        let written = written.into_inner();
        let kind = *written.kind.get_ref();
        self.foreign_keys(&written);
        let source = self.source(written.source.as_ref());
        let tolerance = self.tolerance(kind, written.tolerance.as_ref());
        Some(Gate {
            severity: written.severity.unwrap_or_else(|| kind.usual_severity()),
            kind: self.kind(kind, &written)?,
            source,
            tolerance,
            place: Some(self.file.place(self.span)),
        })
    }

    /// A key that means nothing to the kind is a slip: its author believes that it does.
    fn foreign_keys(&mut self, written: &GateTable) {
        let kind = *written.kind.get_ref();
        for (key, span) in spans(written) {
            if !kind.keys().contains(&key) {
                let known = kind.keys().iter().copied();
                let hint = format!("remove it; a gate of this kind has {}", listed(known.chain(["severity"])));
                self.wrong(span, format!("`{key}` means nothing to a gate of kind `{}`", kind.word()), hint);
            }
        }
    }

    fn source(&mut self, source: Option<&Spanned<String>>) -> Option<String> {
        let source = source?;
        if !self.sources.contains(source.get_ref()) {
            let hint = known_names(source.get_ref(), self.sources.iter().map(String::as_str));
            self.wrong(source.span(), format!("the job does not pull the source `{}`", source.get_ref()), hint);
        }
        Some(source.get_ref().clone())
    }

    fn tolerance(&mut self, kind: KindWord, tolerance: Option<&Spanned<Tolerance>>) -> Tolerance {
        let Some(tolerance) = tolerance else { return Tolerance::none() };
        if let (Tolerance::Amount(amount), true) = (tolerance.get_ref(), kind != KindWord::Totals)
            && amount.floor() != *amount
        {
            let hint = "write a whole number, or a share such as `\"1%\"`";
            self.wrong(tolerance.span(), format!("`{amount}` is no number of rows, days or agents"), hint);
        }
        tolerance.get_ref().clone()
    }

    fn kind(&mut self, kind: KindWord, written: &GateTable) -> Option<GateKind> {
        Some(match kind {
            KindWord::Declared => GateKind::Declared,
            KindWord::OrdersWithoutChats => GateKind::OrdersWithoutChats,
            KindWord::SharedAccounts => GateKind::SharedAccounts,
            KindWord::EmptyDays => self.empty_days(written)?,
            KindWord::UnmappedAccounts => GateKind::UnmappedAccounts { table: self.table_with_accounts(written) },
            KindWord::Duplicates => {
                GateKind::Duplicates { table: written.table.as_ref().and_then(|table| self.table(table)) }
            }
            KindWord::Range => self.range(written)?,
            KindWord::Totals => self.totals(written)?,
            KindWord::Age => self.age(written)?,
        })
    }

    fn empty_days(&mut self, written: &GateTable) -> Option<GateKind> {
        let table = self.needed(written.table.as_ref(), "table", "the table that must have rows on every day")?;
        let known = self.table(table)?;
        if known.column("date").is_none() {
            let message = format!("the rows of `{}` have no day", known.name());
            self.wrong(table.span(), message, "name a table with a `date`");
            return None;
        }
        let days = written.days.as_ref().map(|days| *days.get_ref()).unwrap_or_default();
        Some(GateKind::EmptyDays { table: known, days })
    }

    fn table_with_accounts(&mut self, written: &GateTable) -> Option<Table> {
        let table = written.table.as_ref()?;
        let known = self.table(table)?;
        if known.column("account").is_none() {
            let message = format!("the rows of `{}` have no account", known.name());
            self.wrong(table.span(), message, "name a table with an `account`, or none for all of them");
        }
        Some(known)
    }

    fn range(&mut self, written: &GateTable) -> Option<GateKind> {
        let table = self.needed(written.table.as_ref(), "table", "the table of the column")?;
        let column = self.needed(written.column.as_ref(), "column", "the column whose values have a range")?;
        let table = self.table(table)?;
        let known = self.number(table, column)?;
        let (at_least, at_most) = (written.at_least.as_ref(), written.at_most.as_ref());
        match (at_least, at_most) {
            (None, None) => {
                let hint = "write `at-least`, `at-most` or both";
                self.wrong(self.span.clone(), "a gate of kind `range` has no range", hint);
            }
            (Some(least), Some(most)) if least.get_ref() > most.get_ref() => {
                let message = format!("`at-least` {} is above `at-most` {}", least.get_ref(), most.get_ref());
                self.wrong(least.span(), message, "exchange them");
            }
            _ => {}
        }
        let value = |bound: Option<&Spanned<crate::exact::Exact>>| bound.map(|bound| bound.get_ref().clone());
        Some(GateKind::Range { table, column: known, at_least: value(at_least), at_most: value(at_most) })
    }

    fn totals(&mut self, written: &GateTable) -> Option<GateKind> {
        let sum = self.needed(written.sum.as_ref(), "sum", "a table and the column that is summed")?;
        let with = self.needed(written.with.as_ref(), "with", "the table and column that `sum` is compared with")?;
        let (sum, with) = (self.side(sum.get_ref()), self.side(with.get_ref()));
        Some(GateKind::Totals { sum: sum?, with: with? })
    }

    fn side(&mut self, side: &SideTable) -> Option<Side> {
        let source = self.source(side.source.as_ref());
        let table = self.table(&side.table)?;
        let column = match &side.column {
            Some(column) => Some(self.number(table, column)?),
            None => None,
        };
        Some(Side { table, column, source })
    }

    fn age(&mut self, written: &GateTable) -> Option<GateKind> {
        let text = self.needed(written.max_age.as_ref(), "max-age", "how old the data may be, such as `3d`")?;
        match super::super::check::duration(text.get_ref()) {
            Some(max) => Some(GateKind::Age { max }),
            None => {
                let message = format!("`{}` is not a length of time", text.get_ref());
                self.wrong(text.span(), message, "write for instance `12h` or `3d`");
                None
            }
        }
    }

    fn table(&mut self, name: &Spanned<String>) -> Option<Table> {
        let table = Table::from_name(name.get_ref());
        if table.is_none() {
            let hint = known_names(name.get_ref(), Table::all().map(Table::name));
            self.wrong(name.span(), format!("there is no table `{}`", name.get_ref()), hint);
        }
        table
    }

    /// A column that holds numbers.
    fn number(&mut self, table: Table, name: &Spanned<String>) -> Option<Column> {
        let Some(column) = table.column(name.get_ref()) else {
            let hint = known_names(name.get_ref(), table.columns().iter().map(|column| column.name));
            let message = format!("the table `{}` has no column `{}`", table.name(), name.get_ref());
            self.wrong(name.span(), message, hint);
            return None;
        };
        if !matches!(column.kind, Kind::Int | Kind::Decimal(_)) {
            let message = format!("`{}` holds {} and no numbers", column.name, column.kind.word());
            let numbers = table.columns().iter().filter(|one| matches!(one.kind, Kind::Int | Kind::Decimal(_)));
            let hint = format!("numbers of `{}`: {}", table.name(), listed(numbers.map(|one| one.name)));
            self.wrong(name.span(), message, hint);
            return None;
        }
        Some(column)
    }

    fn needed<'w, T>(&mut self, value: Option<&'w Spanned<T>>, key: &str, what: &str) -> Option<&'w Spanned<T>> {
        if value.is_none() {
            self.wrong(self.span.clone(), format!("the gate has no `{key}`"), format!("add `{key}`: {what}"));
        }
        value
    }
}

/// The keys that are written, apart from `kind` and `severity`, with their places.
fn spans(written: &GateTable) -> impl Iterator<Item = (&'static str, Range<usize>)> {
    fn place<T>(value: &Option<Spanned<T>>) -> Option<Range<usize>> {
        value.as_ref().map(Spanned::span)
    }
    let all = [
        ("tolerance", place(&written.tolerance)),
        ("source", place(&written.source)),
        ("table", place(&written.table)),
        ("column", place(&written.column)),
        ("at-least", place(&written.at_least)),
        ("at-most", place(&written.at_most)),
        ("days", place(&written.days)),
        ("max-age", place(&written.max_age)),
        ("sum", place(&written.sum)),
        ("with", place(&written.with)),
    ];
    all.into_iter().filter_map(|(key, span)| Some((key, span?)))
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<String>>().join(", ")
}
