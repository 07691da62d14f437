//! Rows of accounts that belong to nobody, or to two people at once, as a share of their table; the accounts themselves are told one by one elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::exact::Exact;
use crate::finding::Finding;
use crate::job::{Gate, GateKind};
use crate::source::Table;
use crate::tables::identity::{Book, Unowned, unowned};
use crate::words::Bilingual;

use super::{Look, beyond, of_source};

/// One finding for each table with more such rows than the gate bears.
pub fn seen(gate: &Gate, only: Option<Table>, gates: &[Gate], look: &Look<'_>) -> anyhow::Result<Vec<Finding>> {
    let frames = frames(gate, look)?;
    let book = Book::of(&look.tables.frames)?;
    let mut tables: BTreeMap<String, Vec<Unowned>> = BTreeMap::new();
    for one in unowned(&frames, &book)? {
        tables.entry(one.table.clone()).or_default().push(one);
    }
    let is_mine = |name: &str| match only {
        Some(table) => table.name() == name,
        None => !gates.iter().any(|other| other.source == gate.source && names(&other.kind, name)),
    };
    let findings = tables.into_iter().filter(|(name, _)| is_mine(name)).filter_map(|(name, lost)| {
        let rows = frames.get(&name).map_or(0, DataFrame::height);
        finding(gate, Table::from_name(&name)?, &lost, rows)
    });
    Ok(findings.collect())
}

/// Whether a gate of this kind is about this table alone.
fn names(kind: &GateKind, name: &str) -> bool {
    matches!(kind, GateKind::UnmappedAccounts { table: Some(table) } if table.name() == name)
}

/// The tables, of one source where the gate names one.
fn frames(gate: &Gate, look: &Look<'_>) -> anyhow::Result<BTreeMap<String, DataFrame>> {
    let mut frames = BTreeMap::new();
    for (name, frame) in &look.tables.frames {
        let rows = Table::from_name(name).and_then(|table| look.rows(table, gate.source.as_deref()));
        let frame = match (&gate.source, rows) {
            (Some(_), Some(rows)) => rows.collect()?,
            _ => frame.clone(),
        };
        frames.insert(name.clone(), frame);
    }
    Ok(frames)
}

fn finding(gate: &Gate, table: Table, lost: &[Unowned], rows: usize) -> Option<Finding> {
    let count: u64 = lost.iter().map(|one| one.volume.rows).sum();
    let (part, whole) = (Exact::scaled(count.into(), 0), Exact::whole(rows as i64));
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
