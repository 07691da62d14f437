//! From a gate as written to a [`Gate`].

use std::ops::Range;

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics, Spanned, known_names};
use crate::source::{Column, Kind, Table};

use super::standing::with_standing;
use super::written::{GateTable, KindWord};
use super::{Gate, Tolerance};

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

/// What the checks of one gate share.
pub(super) struct Checker<'a> {
    file: &'a AuthoredFile,
    sources: &'a [String],
    found: &'a mut Diagnostics,
    /// Where the gate is written.
    pub(super) span: Range<usize>,
}

impl Checker<'_> {
    pub(super) fn wrong(&mut self, span: Range<usize>, message: impl Into<String>, hint: impl Into<String>) {
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

    pub(super) fn source(&mut self, source: Option<&Spanned<String>>) -> Option<String> {
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

    pub(super) fn table(&mut self, name: &Spanned<String>) -> Option<Table> {
        let table = Table::from_name(name.get_ref());
        if table.is_none() {
            let hint = known_names(name.get_ref(), Table::all().map(Table::name));
            self.wrong(name.span(), format!("there is no table `{}`", name.get_ref()), hint);
        }
        table
    }

    /// A column that holds numbers.
    pub(super) fn number(&mut self, table: Table, name: &Spanned<String>) -> Option<Column> {
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

    pub(super) fn needed<'w, T>(
        &mut self,
        value: Option<&'w Spanned<T>>,
        key: &str,
        what: &str,
    ) -> Option<&'w Spanned<T>> {
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
