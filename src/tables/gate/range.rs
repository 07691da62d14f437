//! Values of a column below or above what can be.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use polars::prelude::*;

use crate::exact::Exact;
use crate::extract::dtype;
use crate::finding::Finding;
use crate::job::Gate;
use crate::source::{Column as Known, SOURCE_COLUMN, Table};
use crate::tables::{count, exact, streamed};
use crate::words::Bilingual;

use super::{Look, beyond, days, of_source};

/// A column and what its values can be.
pub struct Range<'a> {
    /// The table.
    pub table: Table,
    /// The column.
    pub column: Known,
    /// The least that can be.
    pub at_least: &'a Option<Exact>,
    /// The most that can be.
    pub at_most: &'a Option<Exact>,
}

/// The values outside, when they are more than the gate bears.
pub fn seen(gate: &Gate, range: &Range<'_>, look: &Look<'_>) -> anyhow::Result<Option<Finding>> {
    let Some(rows) = look.rows(range.table, gate.source.as_deref()) else { return Ok(None) };
    let value = || col(range.column.name);
    let known = count(rows.clone().filter(value().is_not_null()))?;
    let outside = rows.filter(range.outside());
    let number = count(outside.clone())?;
    let (part, whole) = (Exact::scaled(number.into(), 0), Exact::scaled(known.into(), 0));
    if number == 0 || gate.tolerance.bears(&part, &whole) {
        return Ok(None);
    }
    let ends = outside.clone().select([value().min().alias("least"), value().max().alias("most")]);
    let ends = streamed(ends)?;
    let end =
        |name: &str| -> anyhow::Result<Exact> { Ok(exact(&ends.column(name)?.get(0)?)?.unwrap_or_else(Exact::zero)) };
    let where_from = if look.has_source(range.table) { sources(outside.clone())? } else { BTreeSet::new() };
    let on = if range.table.column("date").is_some() { days::of(outside)? } else { BTreeSet::new() };
    let found = Outside { number, known, least: end("least")?, most: end("most")?, days: on, sources: where_from };
    Ok(Some(finding(gate, range, &found, &beyond(&part, &whole, gate))))
}

/// What lies outside.
struct Outside {
    number: u64,
    known: u64,
    least: Exact,
    most: Exact,
    days: BTreeSet<NaiveDate>,
    sources: BTreeSet<String>,
}

impl Range<'_> {
    fn outside(&self) -> Expr {
        let value = || col(self.column.name);
        let places = self.column.kind.places();
        // A bound is rounded to the decimals of the column, inwards, which is exact for every value that it can hold.
        let bound = |bound: Exact| lit(bound.fixed(places)).cast(dtype(self.column.kind));
        let least = self.at_least.as_ref().map(|least| value().lt(bound(-floor(&-least.clone(), places))));
        let most = self.at_most.as_ref().map(|most| value().gt(bound(floor(most, places))));
        least.into_iter().chain(most).reduce(Expr::or).unwrap_or_else(|| lit(false))
    }
}

/// The greatest number with so many decimals that is not above it.
fn floor(value: &Exact, places: u32) -> Exact {
    let unit = Exact::scaled(1, places);
    value.checked_div(&unit).map_or_else(Exact::zero, |units| units.floor() * unit)
}

fn sources(rows: LazyFrame) -> anyhow::Result<BTreeSet<String>> {
    let all = streamed(rows.select([col(SOURCE_COLUMN)]).unique(None, UniqueKeepStrategy::Any))?;
    Ok(all.column(SOURCE_COLUMN)?.str()?.iter().flatten().map(str::to_owned).collect())
}

fn finding(gate: &Gate, range: &Range<'_>, found: &Outside, beyond: &Bilingual) -> Finding {
    let Outside { number, known, least, most, .. } = found;
    let what = of_source(range.table, gate.source.as_deref());
    let column = range.column.name;
    let side = |word: &str, bound: &Option<Exact>| bound.as_ref().map(|bound| format!("{word}{bound}"));
    let bounds = |least: &str, most: &str, mark: &str| {
        let sides = side(least, range.at_least).into_iter().chain(side(most, range.at_most));
        sides.collect::<Vec<String>>().join(mark)
    };
    let (zh, en) = (bounds("不低于 ", "不高于 ", "且"), bounds("at least ", "at most ", " and "));
    let place = place(found);
    Finding::hold(
        "out-of-range",
        Bilingual::new(
            format!(
                "{} 的 {column} 应{zh}：{known} 个值中有 {number} 个超出{}，最小 {least}，最大 {most}{}",
                what.zh, beyond.zh, place.zh
            ),
            format!(
                "{column} of {} must be {en}: {number} of {known} values are not{}, from {least} to {most}{}",
                what.en, beyond.en, place.en
            ),
        ),
        Bilingual::new(
            "核对数据源的单位与映射，改正后用 --refresh 重新运行",
            "check unit and mapping of the source, mend it and run again with `--refresh`",
        ),
    )
    .about(range.table.name())
}

/// The days and sources of what lies outside.
fn place(found: &Outside) -> Bilingual {
    let (mut zh, mut en) = (String::new(), String::new());
    if !found.days.is_empty() {
        let days = days::listed(&found.days);
        zh.push_str(&format!("；日期：{}", days.zh));
        en.push_str(&format!("; on {}", days.en));
    }
    let sources: Vec<&str> = found.sources.iter().map(String::as_str).collect();
    if !sources.is_empty() {
        zh.push_str(&format!("；数据源：{}", sources.join("、")));
        en.push_str(&format!("; from {}", sources.join(", ")));
    }
    Bilingual::new(zh, en)
}
