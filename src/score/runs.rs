//! Sums over rows that lie together. Tables are sorted by agent and day as a rule, so that neighbours with the same keys are
//! one group, and no key of millions of rows is looked up in a table of hashes.

use std::collections::BTreeSet;

use polars::prelude::*;

use crate::tables::Tables;

/// The number of the run in which a row lies.
const RUN: &str = "run of the row";
/// Shorter runs than this are looked up by their keys.
const SHORT: usize = 4;

/// What is asked of the rows of a table.
pub(super) struct Asked<'q> {
    /// Which rows count, if not all.
    pub(super) keep: Option<&'q Expr>,
    /// What is worked out once for each row, under names of its own, because several sums need it.
    pub(super) marks: &'q [(String, Expr)],
    /// By what sums are taken, with the names that these have in the answer.
    pub(super) keys: &'q [(&'q str, Expr)],
    /// The sums, each under its name.
    pub(super) sums: &'q [Expr],
}

/// Sums by keys over the rows of a table, a part of it at a time. A key may have several rows in the answer, which are to
/// be summed up again.
pub(super) fn over(tables: &Tables, table: &str, asked: &Asked<'_>) -> anyhow::Result<DataFrame> {
    let marks = || asked.marks.iter().map(|(_, mark)| mark);
    let expressions = asked.sums.iter().chain(asked.keys.iter().map(|(_, key)| key)).chain(marks()).chain(asked.keep);
    let mut columns: BTreeSet<String> = expressions.flat_map(columns_of).collect();
    columns.retain(|name| asked.marks.iter().all(|(mark, _)| mark != name));
    let part = |rows: DataFrame| {
        let rows = asked.keep.into_iter().fold(rows.lazy(), |rows, keep| rows.filter(keep.clone()));
        let marks = asked.marks.iter().map(|(name, mark)| mark.clone().alias(name.as_str()));
        sums(rows.with_columns(marks.collect::<Vec<Expr>>()), asked.keys, asked.sums)
    };
    let mut parts = tables.each_part(table, &columns, part)?.into_iter();
    let mut whole = parts.next().unwrap_or_default();
    for part in parts {
        whole.vstack_mut_owned(part)?;
    }
    Ok(whole)
}

/// The columns that an expression reads.
fn columns_of(expression: &Expr) -> Vec<String> {
    let column = |part: &Expr| match part {
        Expr::Column(name) => Some(name.to_string()),
        _ => None,
    };
    expression.into_iter().filter_map(column).collect()
}

/// Sums by keys, under the names of these. Rows of one key that do not lie together may be several rows of the answer,
/// which is to be summed up again with that of other parts.
fn sums(rows: LazyFrame, keys: &[(&str, Expr)], sums: &[Expr]) -> PolarsResult<DataFrame> {
    let inner: Vec<PlSmallStr> = (0..keys.len()).map(|place| format!("key {place} of the row").into()).collect();
    let with_keys = keys.iter().zip(&inner).map(|((_, key), inner)| key.clone().alias(inner.clone()));
    let mut rows = rows.with_columns(with_keys.collect::<Vec<Expr>>()).collect()?;
    let named = keys.iter().zip(&inner).map(|((name, _), inner)| (*name, col(inner.clone())));
    let answer = match numbered(&rows, &inner)? {
        Some(runs) => {
            rows.with_column(runs)?;
            let firsts = named.clone().map(|(name, key)| key.first().alias(name));
            rows.lazy().group_by([col(RUN)]).agg(firsts.chain(sums.iter().cloned()).collect::<Vec<Expr>>())
        }
        None => {
            let keys: Vec<Expr> = named.clone().map(|(name, key)| key.alias(name)).collect();
            rows.lazy().group_by(keys).agg(sums)
        }
    };
    let wanted: Vec<Expr> = keys.iter().map(|(name, _)| col(*name)).chain(sums.iter().map(by_name)).collect();
    answer.select(wanted).collect()
}

/// The column that an aggregate with a name of its own has in an answer.
fn by_name(sum: &Expr) -> Expr {
    match sum {
        Expr::Alias(_, name) => col(name.clone()),
        other => other.clone(),
    }
}

/// The number of every row's run, where most runs are long.
fn numbered(rows: &DataFrame, keys: &[PlSmallStr]) -> PolarsResult<Option<Column>> {
    let height = rows.height();
    if height == 0 {
        return Ok(None);
    }
    // Each row but the first, beside the one before it.
    let mut begins = BooleanChunked::full("".into(), false, height - 1);
    for key in keys {
        let values = rows.column(key)?.as_materialized_series();
        let changes = values.slice(1, height - 1).not_equal_missing(&values.slice(0, height - 1))?;
        begins = &begins | &changes;
    }
    let (mut run, mut before): (IdxSize, usize) = (0, 0);
    let mut numbers: Vec<IdxSize> = Vec::with_capacity(height);
    for chunk in begins.downcast_iter() {
        for change in chunk.values().true_idx_iter() {
            numbers.resize(before + change + 1, run);
            run += 1;
        }
        before += chunk.values().len();
    }
    numbers.resize(height, run);
    if (run as usize + 1) * SHORT > height && height > SHORT {
        return Ok(None);
    }
    let mut runs = IdxCa::from_vec(RUN.into(), numbers).into_series();
    runs.set_sorted_flag(polars::series::IsSorted::Ascending);
    Ok(Some(runs.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of `x` by agent over rows that lie in this order.
    fn summed(agents: &[&str]) -> (usize, DataFrame) {
        let values: Vec<i64> = (0..agents.len() as i64).collect();
        let columns = vec![Column::new("agent".into(), agents), Column::new("x".into(), values)];
        let rows = DataFrame::new(agents.len(), columns).expect("a frame");
        let found = sums(rows.lazy(), &[("whose", col("agent"))], &[col("x").sum().alias("n0"), len().alias("rows")]);
        let found = found.expect("sums");
        let again = found.clone().lazy().group_by([col("whose")]).agg([col("n0").sum(), col("rows").sum()]);
        (found.height(), again.sort(["whose"], SortMultipleOptions::default()).collect().expect("sums of sums"))
    }

    #[test]
    fn rows_in_any_order_add_up_to_the_same() {
        let sorted = ["A"; 9].into_iter().chain(["B"; 8]).collect::<Vec<_>>();
        let (runs, whole) = summed(&sorted);
        assert_eq!(runs, 2);
        let sum = whole.column("n0").expect("sums").i64().expect("whole numbers").clone();
        assert_eq!(sum.iter().collect::<Vec<_>>(), [Some(36), Some(100)]);
        let mixed: Vec<&str> = (0..17).map(|row| if row % 2 == 0 { "A" } else { "B" }).collect();
        let (_, other) = summed(&mixed);
        assert_eq!(other.column("rows").expect("counts"), whole.column("rows").expect("counts"));
    }

    #[test]
    fn no_rows_are_no_groups() {
        assert_eq!(summed(&[]).0, 0);
        assert_eq!(summed(&["A"]).0, 1);
    }
}
