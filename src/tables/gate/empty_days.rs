//! Days of the period of which a table has no row.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use polars::prelude::*;

use crate::exact::Exact;
use crate::finding::Finding;
use crate::job::Gate;
use crate::job::gate::Days;
use crate::source::Table;
use crate::words::Bilingual;

use super::{Look, beyond, days, of_source};

/// The days without a row, when they are more than the gate bears; a gate that nobody wrote asks nothing of a table that
/// no source gave.
pub fn seen(gate: &Gate, table: Table, on: Days, look: &Look<'_>) -> anyhow::Result<Option<Finding>> {
    if gate.place.is_none() && !look.tables.has(table.name()) {
        return Ok(None);
    }
    let wanted = wanted(on, look)?;
    let there = match look.rows(table, gate.source.as_deref()) {
        Some(rows) => days::of(rows)?,
        None => BTreeSet::new(),
    };
    let empty: BTreeSet<NaiveDate> = wanted.difference(&there).copied().collect();
    let (count, whole) = (Exact::whole(empty.len() as i64), Exact::whole(wanted.len() as i64));
    let borne = empty.is_empty() || gate.tolerance.bears(&count, &whole);
    Ok((!borne).then(|| finding(gate, table, &empty, wanted.len())))
}

/// The days on which there must be rows: those of the period that were over when the data was pulled.
fn wanted(on: Days, look: &Look<'_>) -> anyhow::Result<BTreeSet<NaiveDate>> {
    let last = look.period.end.min(look.until);
    let all: BTreeSet<NaiveDate> = look.period.start.iter_days().take_while(|day| *day < last).collect();
    Ok(match (on, look.tables.lazy("calendar"), look.tables.lazy("shifts")) {
        (Days::Calendar, Some(calendar), _) => {
            let free = days::of(calendar.filter(col("is_workday").eq(lit(false))))?;
            all.difference(&free).copied().collect()
        }
        (Days::Rota, _, Some(shifts)) => all.intersection(&days::of(shifts)?).copied().collect(),
        (Days::Every | Days::Calendar | Days::Rota, ..) => all,
    })
}

fn finding(gate: &Gate, table: Table, empty: &BTreeSet<NaiveDate>, wanted: usize) -> Finding {
    let (count, listed) = (empty.len(), days::listed(empty));
    let beyond = beyond(&Exact::whole(count as i64), &Exact::whole(wanted as i64), gate);
    let what = of_source(table, gate.source.as_deref());
    Finding::hold(
        "empty-days",
        Bilingual::new(
            format!("{}：应有数据的 {wanted} 天中有 {count} 天没有任何数据{}：{}", what.zh, beyond.zh, listed.zh),
            format!("{}: {count} of {wanted} days have no row{}: {}", what.en, beyond.en, listed.en),
        ),
        Bilingual::new(
            "核对数据源在这些日期是否有数据，补齐后用 --refresh 重新运行",
            "check whether the source has data of those days, mend it and run again with `--refresh`",
        ),
    )
    .about(table.name())
}
