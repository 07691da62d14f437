//! Rows that give one side of a ratio and leave the other blank. SQL adds each side up by itself, so such a row counts on
//! the side that it gives: people should know, because a blank is not nought.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use polars::prelude::*;

use crate::finding::Finding;
use crate::scheme::Rows;
use crate::source::canonical::Grain;
use crate::tables;
use crate::words::Bilingual;

use super::compile::Compiled;
use super::plan::{self, Cut, Piece, Stretch};
use super::{Input, fold};

/// How many rows are named.
const EXAMPLES: u32 = 3;

/// A ratio of plain sums over rows of a day or a month. Of what is written down one by one, many cells are blank for good.
struct Sides {
    metric: usize,
    piece: Piece,
    numerator: Side,
    denominator: Side,
}

/// One of both in a row.
struct Side {
    /// Whether there is anything.
    is_given: Expr,
    /// Whether it is more or less than nought.
    is_felt: Expr,
}

impl Sides {
    /// The rows of somebody that count.
    fn counted(&self, rows: LazyFrame) -> LazyFrame {
        let whose = self.piece.subject.as_ref().map(|_| self.piece.subject().is_not_null());
        match whose.into_iter().chain(self.piece.kept()).reduce(Expr::and) {
            Some(keep) => rows.filter(keep),
            None => rows,
        }
    }

    /// A nought beside a blank changes nothing.
    fn half(&self) -> Expr {
        let (numerator, denominator) = (&self.numerator, &self.denominator);
        let differ = numerator.is_given.clone().neq(denominator.is_given.clone());
        differ.and(numerator.is_felt.clone().or(denominator.is_felt.clone()))
    }

    fn both(&self) -> Expr {
        self.numerator.is_given.clone().and(self.denominator.is_given.clone())
    }
}

/// A finding for each metric that has such rows beside whole ones. Where nobody gives a side there are no whole rows: then
/// the metric has no data, or its sides lie in rows of their own.
pub(super) fn findings(compiled: &Compiled<'_>, input: &Input<'_>) -> anyhow::Result<Vec<Finding>> {
    let mut together: BTreeMap<String, Vec<Sides>> = BTreeMap::new();
    for sides in all(compiled, input)? {
        together.entry(sides.piece.key()).or_default().push(sides);
    }
    let mut halves: BTreeMap<usize, (u64, BTreeSet<String>)> = BTreeMap::new();
    for all in together.values() {
        let table = all[0].piece.table.as_str();
        let Some(rows) = input.tables.lazy(table).map(|rows| all[0].counted(rows)) else { continue };
        let about = || format!("looking for blank cells in `{table}`");
        let asked = all.iter().enumerate().flat_map(|(place, sides)| {
            [sides.half().alias(format!("half{place}")), sides.both().alias(format!("both{place}"))]
        });
        let marks = rows.clone().select(asked.collect::<Vec<Expr>>()).collect();
        let marks = marks.map_err(anyhow::Error::from).with_context(about)?;
        for (place, sides) in all.iter().enumerate() {
            let half = marks.column(&format!("half{place}"))?.bool()?.sum().unwrap_or(0);
            if half > 0 && marks.column(&format!("both{place}"))?.bool()?.any() {
                let (count, examples) = halves.entry(sides.metric).or_default();
                *count += u64::from(half);
                examples.extend(some(rows.clone(), sides).with_context(about)?);
            }
        }
    }
    Ok(halves.into_iter().map(|(metric, (count, examples))| finding(compiled, metric, count, &examples)).collect())
}

fn all(compiled: &Compiled<'_>, input: &Input<'_>) -> anyhow::Result<Vec<Sides>> {
    let special = plan::special_days(compiled, input.tables, &input.period)?;
    let stretch = Stretch::whole(input.period, input.as_of, special);
    let (mut found, mut full) = (Vec::new(), BTreeMap::new());
    for (index, metric) in compiled.scheme.metrics.iter().enumerate() {
        let grain = tables::grain(&compiled.metrics[index].table);
        if metric.rows == Rows::LastDay || !matches!(grain, Some(Grain::Day | Grain::Month)) {
            continue;
        }
        let table = &compiled.metrics[index].table;
        if !full.contains_key(table) {
            full.insert(table.clone(), input.tables.full_columns(table)?);
        }
        for (piece, ratio) in plan::pieces(compiled, index, input.tables, &stretch, Cut::Whole).pieces {
            if let (Some(numerator), Some(denominator)) =
                (given(&ratio.numerator), ratio.denominator.as_ref().and_then(given))
                && has_blanks([&numerator.is_given, &denominator.is_given], &full[&piece.table])
            {
                found.push(Sides { metric: index, piece, numerator, denominator });
            }
        }
    }
    Ok(found)
}

/// Whether the table has any blank cell that matters; most have none, and their rows need not be read.
fn has_blanks(sides: [&Expr; 2], full: &BTreeSet<String>) -> bool {
    let is_full = |part: &Expr| !matches!(part, Expr::Column(name) if !full.contains(name.as_str()));
    !sides.into_iter().all(|side| side.into_iter().all(is_full))
}

/// What a row gives to add up; `None` for what is not sums of plain columns, where a blank may be meant.
fn given(side: &Expr) -> Option<Side> {
    let values = match side {
        Expr::Alias(inner, _) | Expr::Cast { expr: inner, .. } => return given(inner),
        Expr::BinaryExpr { left, op: Operator::Plus | Operator::Minus, right } => {
            let (left, right) = (given(left)?, given(right)?);
            return Some(Side { is_given: left.is_given.or(right.is_given), is_felt: left.is_felt.or(right.is_felt) });
        }
        Expr::Agg(AggExpr::Sum(values)) => values,
        Expr::Ternary { predicate, truthy, falsy } => fold::summed(predicate, truthy, falsy)?,
        _ => return None,
    };
    let is_plain =
        |part: &Expr| matches!(part, Expr::Column(_) | Expr::Literal(_) | Expr::BinaryExpr { .. } | Expr::Cast { .. });
    let side =
        || Side { is_given: values.clone().is_not_null(), is_felt: values.clone().neq(lit(0)).fill_null(lit(false)) };
    values.into_iter().all(is_plain).then(side)
}

/// Whose rows they are and of when, the first ones by name.
fn some(rows: LazyFrame, sides: &Sides) -> anyhow::Result<Vec<String>> {
    let month = tables::grain(&sides.piece.table) == Some(Grain::Month);
    let when = if month { col("month") } else { col("date") };
    let named =
        [sides.piece.subject().cast(DataType::String).alias("whose"), when.cast(DataType::String).alias("when")];
    let named = rows.filter(sides.half()).select(named).unique(None, UniqueKeepStrategy::Any);
    let first = named.sort(["whose", "when"], SortMultipleOptions::default()).limit(EXAMPLES).collect()?;
    let (whose, when) = (first.column("whose")?.str()?, first.column("when")?.str()?);
    let name = |(whose, when): (Option<&str>, Option<&str>)| {
        format!("{} {}", whose.unwrap_or_default(), when.unwrap_or_default()).trim().to_owned()
    };
    Ok(whose.iter().zip(when.iter()).map(name).collect())
}

fn finding(compiled: &Compiled<'_>, metric: usize, count: u64, examples: &BTreeSet<String>) -> Finding {
    let metric = &compiled.scheme.metrics[metric];
    let named: Vec<&str> = examples.iter().take(EXAMPLES as usize).map(String::as_str).collect();
    let (table, expression) = (&metric.table, &metric.expression);
    let text = Bilingual::new(
        format!(
            "“{}”（{table}：{expression}）有 {count} 行只填了比值的一边，另一边空白，如 {}：只按填了的一边计入",
            metric.label.zh,
            named.join("、")
        ),
        format!(
            "\"{}\" ({table}: {expression}): rows that give one side of the ratio and leave the other blank: {count}, such \
             as {}; they count on the side that they give",
            metric.label.en,
            named.join(", ")
        ),
    );
    let next = Bilingual::new(
        "确实没有的填 0，漏填的补上，再用 --refresh 重新运行",
        "write 0 where there was nothing, fill in what is missing, and run again with `--refresh`",
    );
    Finding::note("one-sided-rows", text).next(next)
}
