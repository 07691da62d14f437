//! Rows of accounts that belong to nobody, or to two people at once, as a share of their table; the accounts themselves are told one by one elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::exact::Exact;
use crate::finding::Finding;
use crate::job::{Gate, GateKind};
use crate::source::Table;
use crate::tables::count;
use crate::tables::identity::{Book, Unowned, unowned};
use crate::words::Bilingual;

use super::{Look, beyond, of_source};

/// One finding for each table with more such rows than the gate bears.
pub fn seen(gate: &Gate, only: Option<Table>, gates: &[Gate], look: &Look<'_>) -> anyhow::Result<Vec<Finding>> {
    let rows = rows(gate, look);
    let book = Book::of(&look.tables.frames)?;
    let mut tables: BTreeMap<String, Vec<Unowned>> = BTreeMap::new();
    for one in unowned(&rows, &book)? {
        tables.entry(one.table.clone()).or_default().push(one);
    }
    let is_mine = |name: &str| match only {
        Some(table) => table.name() == name,
        None => !gates.iter().any(|other| other.source == gate.source && names(&other.kind, name)),
    };
    let mut findings = Vec::new();
    for (name, lost) in tables.into_iter().filter(|(name, _)| is_mine(name)) {
        let count = rows.get(&name).map_or(Ok(0), |rows| count(rows.clone()))?;
        findings.extend(Table::from_name(&name).and_then(|table| finding(gate, table, &lost, count)));
    }
    Ok(findings)
}

/// Whether a gate of this kind is about this table alone.
fn names(kind: &GateKind, name: &str) -> bool {
    matches!(kind, GateKind::UnmappedAccounts { table: Some(table) } if table.name() == name)
}

/// The rows of all tables, of one source where the gate names one.
fn rows(gate: &Gate, look: &Look<'_>) -> BTreeMap<String, LazyFrame> {
    let of_source = |name: &str| look.rows(Table::from_name(name)?, gate.source.as_deref());
    let all = look.tables.all().into_iter();
    all.map(|(name, rows)| (of_source(&name).unwrap_or(rows), name)).map(|(rows, name)| (name, rows)).collect()
}

fn finding(gate: &Gate, table: Table, lost: &[Unowned], rows: u64) -> Option<Finding> {
    let count: u64 = lost.iter().map(|one| one.volume.rows).sum();
    let (part, whole) = (Exact::scaled(count.into(), 0), Exact::scaled(rows.into(), 0));
    if gate.tolerance.bears(&part, &whole) {
        return None;
    }
    let accounts = lost.iter().map(|one| one.account.as_str()).collect::<BTreeSet<&str>>().len();
    let (what, beyond) = (of_source(table, gate.source.as_deref()), beyond(&part, &whole, gate));
    let finding = Finding::hold(
        "unmapped-rows",
        Bilingual::new(
            format!("{}：{rows} 行中有 {count} 行属于 {accounts} 个使用人不明的账号{}", what.zh, beyond.zh),
            format!(
                "{}: {count} of {rows} rows are of {accounts} accounts whose owner is not known{}",
                what.en, beyond.en
            ),
        ),
        Bilingual::new(
            "请在账号表中登记这些账号的使用人和日期（逐个列在提示中）后重新运行",
            "say in the table `accounts` whose they are (each is listed in a note of its own) and run again",
        ),
    );
    Some(finding.about(table.name()))
}
