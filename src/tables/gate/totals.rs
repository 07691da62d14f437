//! Two sums that must agree: a table against another, a source against another.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use polars::prelude::*;

use crate::exact::Exact;
use crate::finding::Finding;
use crate::job::Gate;
use crate::job::gate::Side;
use crate::tables::cells::Cells;
use crate::tables::{exact, streamed};
use crate::words::Bilingual;

use super::{Look, of_source};

/// Days that are named because most of the difference is theirs.
const DAYS: usize = 3;

/// The two sums, when they are further apart than the gate bears.
pub fn seen(gate: &Gate, sum: &Side, with: &Side, look: &Look<'_>) -> anyhow::Result<Option<Finding>> {
    let (ours, theirs) = (total(sum, look)?, total(with, look)?);
    let (Some(a), Some(b)) = (&ours, &theirs) else {
        let absent = [(&ours, sum), (&theirs, with)].into_iter().filter(|(total, _)| total.is_none());
        return Ok(Some(nothing(&absent.map(|(_, side)| named(side)).collect::<Vec<Bilingual>>())));
    };
    let apart = (a.clone() - b.clone()).abs();
    if apart.is_zero() || gate.tolerance.bears(&apart, b) {
        return Ok(None);
    }
    let days = worst_days(sum, with, look)?;
    Ok(Some(disagreement(gate, (&named(sum), a), (&named(with), b), &days)))
}

fn value(side: &Side) -> Expr {
    match side.column {
        Some(column) => col(column.name).sum(),
        None => len().cast(DataType::Int64),
    }
    .alias("total")
}

/// The sum of one side; `None` where it has no rows.
fn total(side: &Side, look: &Look<'_>) -> anyhow::Result<Option<Exact>> {
    let Some(rows) = look.rows(side.table, side.source.as_deref()) else { return Ok(None) };
    let sums = streamed(rows.select([value(side), len().cast(DataType::Int64).alias("rows")]))?;
    match sums.column("rows")?.i64()?.get(0) {
        Some(0) | None => Ok(None),
        Some(_) => exact(&sums.column("total")?.get(0)?),
    }
}

fn by_day(side: &Side, look: &Look<'_>) -> anyhow::Result<BTreeMap<NaiveDate, Exact>> {
    let has_days = side.table.column("date").is_some();
    let rows = look.rows(side.table, side.source.as_deref()).filter(|_| has_days);
    let Some(rows) = rows else { return Ok(BTreeMap::new()) };
    let sums = streamed(rows.group_by([col("date")]).agg([value(side)]))?;
    let mut days = BTreeMap::new();
    for (row, day) in Cells::of(&sums).days("date")?.into_iter().enumerate() {
        if let (Some(day), Some(sum)) = (day, exact(&sums.column("total")?.get(row)?)?) {
            days.insert(day, sum);
        }
    }
    Ok(days)
}

/// The days on which the two sides differ most, with the difference; none where a side knows no days.
fn worst_days(sum: &Side, with: &Side, look: &Look<'_>) -> anyhow::Result<Vec<(NaiveDate, Exact)>> {
    let (ours, theirs) = (by_day(sum, look)?, by_day(with, look)?);
    if ours.is_empty() || theirs.is_empty() {
        return Ok(Vec::new());
    }
    let on = |days: &BTreeMap<NaiveDate, Exact>, day| days.get(day).cloned().unwrap_or_else(Exact::zero);
    let all: BTreeSet<&NaiveDate> = ours.keys().chain(theirs.keys()).collect();
    let apart = all.into_iter().map(|day| (*day, on(&ours, day) - on(&theirs, day)));
    let mut apart: Vec<(NaiveDate, Exact)> = apart.filter(|(_, apart)| !apart.is_zero()).collect();
    apart.sort_by_key(|(day, apart)| (-apart.abs(), *day));
    apart.truncate(DAYS);
    Ok(apart)
}

/// `orders.paid_amount`, or the rows of a table, with its source.
fn named(side: &Side) -> Bilingual {
    let table = of_source(side.table, side.source.as_deref());
    match side.column {
        Some(column) => Bilingual::new(
            format!("{} 的 {} 合计", table.zh, column.name),
            format!("the sum of {} in {}", column.name, table.en),
        ),
        None => Bilingual::new(format!("{} 的行数", table.zh), format!("the number of rows of {}", table.en)),
    }
}

fn nothing(absent: &[Bilingual]) -> Finding {
    let list = |pick: fn(&Bilingual) -> &str, mark: &str| absent.iter().map(pick).collect::<Vec<&str>>().join(mark);
    Finding::hold(
        "totals-apart",
        Bilingual::new(
            format!("无法核对：{}没有数据", list(|one| &one.zh, "、")),
            format!("{} cannot be compared: there are no rows", list(|one| &one.en, " and ")),
        ),
        mend(),
    )
}

fn disagreement(
    gate: &Gate,
    (sum, a): (&Bilingual, &Exact),
    (with, b): (&Bilingual, &Exact),
    days: &[(NaiveDate, Exact)],
) -> Finding {
    let apart = (a.clone() - b.clone()).abs();
    let beyond = super::beyond(&apart, &b.abs(), gate);
    let worst = |mark: &str| days.iter().map(|(day, apart)| format!("{day} {apart}")).collect::<Vec<_>>().join(mark);
    let (mut zh, mut en) = (String::new(), String::new());
    if !days.is_empty() {
        zh = format!("；相差最大的日期：{}", worst("、"));
        en = format!("; most on {}", worst(", "));
    }
    Finding::hold(
        "totals-apart",
        Bilingual::new(
            format!("{}为 {a}，{}为 {b}，相差 {apart}{}{zh}", sum.zh, with.zh, beyond.zh),
            format!("{} is {a}, {} is {b}: {apart} apart{}{en}", sum.en, with.en, beyond.en),
        ),
        mend(),
    )
}

fn mend() -> Bilingual {
    Bilingual::new(
        "核对两边的数据源，补齐或改正后用 --refresh 重新运行",
        "compare the two sources, mend the wrong one and run again with `--refresh`",
    )
}
