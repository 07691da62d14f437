//! Whether the data of a run passes the gates of its job: what is short, doubled, nobody's or impossible, and what follows.
//!
//! Some gates weigh what was noticed before them (`weigh`), the others look at the tables themselves, one file each. A gate
//! changes no row.

mod age;
pub mod days;
mod empty_days;
mod orders_without_chats;
mod range;
mod totals;
mod unmapped;
mod weigh;

use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude::*;

use crate::exact::Exact;
use crate::extract::{Count, Duplicates};
use crate::finding::{Finding, Weight};
use crate::job::{Gate, GateKind, Severity};
use crate::period::Period;
use crate::source::{SOURCE_COLUMN, Table};
use crate::words::Bilingual;

use super::Tables;

/// What a source gave, in numbers.
#[derive(Clone, Debug)]
pub struct Given {
    /// The source's id.
    pub source: String,
    /// The instant as of which its rows are true.
    pub cut_off: DateTime<Utc>,
    /// What was counted, by resource.
    pub counts: Vec<Count>,
    /// By table: the rows that came twice, and how many are left.
    pub duplicates: Vec<(Table, Duplicates, u64)>,
}

/// What gates look at.
pub struct Look<'a> {
    /// The tables as they were built.
    pub tables: &'a Tables,
    /// What each source gave.
    pub given: &'a [Given],
    /// The days that count.
    pub period: &'a Period,
    /// The first day that was not over when the data was pulled.
    pub until: NaiveDate,
    /// The instant of the run.
    pub now: DateTime<Utc>,
}

/// What the gates made of a run's data.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// Everything that was noticed, weighed.
    pub findings: Vec<Finding>,
    /// Those of them that end the run before anybody is scored.
    pub fatal: Vec<Finding>,
}

/// Passes data through the gates of its job; `noticed` is what was found about it before.
pub fn judge(gates: &[Gate], look: &Look<'_>, noticed: Vec<Finding>) -> anyhow::Result<Judged> {
    let mut judged = Judged::default();
    for finding in noticed {
        match weigh::severity(gates, look, &finding) {
            Some(severity) => judged.add(severity, finding),
            None => judged.findings.push(finding),
        }
    }
    for gate in gates {
        for finding in seen(gate, gates, look)? {
            judged.add(gate.severity, finding);
        }
    }
    Ok(judged)
}

/// What a gate sees that is more than it bears.
fn seen(gate: &Gate, gates: &[Gate], look: &Look<'_>) -> anyhow::Result<Vec<Finding>> {
    match &gate.kind {
        GateKind::Declared | GateKind::SharedAccounts | GateKind::Duplicates { .. } => Ok(Vec::new()),
        GateKind::EmptyDays { table, days } => Ok(empty_days::seen(gate, *table, *days, look)?.into_iter().collect()),
        GateKind::OrdersWithoutChats => orders_without_chats::seen(gate, look),
        GateKind::UnmappedAccounts { table } => unmapped::seen(gate, *table, gates, look),
        GateKind::Range { table, column, at_least, at_most } => {
            let range = range::Range { table: *table, column: *column, at_least, at_most };
            Ok(range::seen(gate, &range, look)?.into_iter().collect())
        }
        GateKind::Totals { sum, with } => Ok(totals::seen(gate, sum, with, look)?.into_iter().collect()),
        GateKind::Age { max } => Ok(age::seen(gate, *max, look)),
    }
}

impl Judged {
    fn add(&mut self, severity: Severity, finding: Finding) {
        let weight = match severity {
            Severity::Note => Weight::Note,
            Severity::Hold | Severity::Fail => Weight::Hold,
        };
        let finding = Finding { weight, ..finding };
        if severity == Severity::Fail {
            self.fatal.push(finding.clone());
        }
        self.findings.push(finding);
    }
}

impl Look<'_> {
    /// The rows of a table, of one source where one is named; `None` where there is no such table.
    fn rows(&self, table: Table, source: Option<&str>) -> Option<LazyFrame> {
        let rows = self.tables.lazy(table.name())?;
        Some(match source {
            Some(source) if self.has_source(table) => rows.filter(col(SOURCE_COLUMN).eq(lit(source.to_owned()))),
            // What is derived from others is of no source.
            Some(_) => rows.filter(lit(false)),
            None => rows,
        })
    }

    fn has_source(&self, table: Table) -> bool {
        let schema = self.tables.lazy(table.name()).and_then(|mut rows| rows.collect_schema().ok());
        schema.is_some_and(|schema| schema.contains(SOURCE_COLUMN))
    }
}

/// A table as people read it, with its source where one is named.
fn of_source(table: Table, source: Option<&str>) -> Bilingual {
    let table = table.name();
    match source {
        Some(source) => Bilingual::new(format!("数据源 {source} 的 {table}"), format!("{table} of source {source}")),
        None => Bilingual::same(table),
    }
}

/// `（6%，容许 5%）`: the part of the whole, and what is borne.
fn beyond(part: &Exact, whole: &Exact, gate: &Gate) -> Bilingual {
    let share = part.checked_div(whole).map(|share| (share * Exact::whole(100)).trimmed(2));
    let (zh, en) = share.map_or_else(Default::default, |share| (format!("{share}%，"), format!("{share}%, ")));
    Bilingual::new(format!("（{zh}容许 {}）", gate.tolerance), format!(" ({en}{} allowed)", gate.tolerance))
}

#[cfg(test)]
mod tests;
