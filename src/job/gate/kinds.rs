//! What each kind of gate needs, checked.

use crate::diag::Spanned;
use crate::exact::Exact;
use crate::source::Table;

use super::check::Checker;
use super::written::{GateTable, KindWord, SideTable};
use super::{GateKind, Side};

impl Checker<'_> {
    /// What the gate looks at; `None` when what it needs is not there, which is told.
    pub(super) fn kind(&mut self, kind: KindWord, written: &GateTable) -> Option<GateKind> {
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
        let value = |bound: Option<&Spanned<Exact>>| bound.map(|bound| bound.get_ref().clone());
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
        match crate::job::check::duration(text.get_ref()) {
            Some(max) => Some(GateKind::Age { max }),
            None => {
                let message = format!("`{}` is not a length of time", text.get_ref());
                self.wrong(text.span(), message, "write for instance `12h` or `3d`");
                None
            }
        }
    }
}
