//! Sums over rows that lie together. Tables are sorted by agent and day as a rule, so that neighbours with the same keys are
//! one group: no key of millions of rows is looked up in a table of hashes, and columns are added up as they lie.

mod kernel;
mod leaves;

use std::collections::BTreeSet;

use polars::prelude::*;

use crate::tables::Tables;

use leaves::{Leaf, Leaves};

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
    let leaves = Leaves::of(sums);
    let values = leaves.as_ref().map(|one| Values::of(&one.leaves)).unwrap_or_default();
    let inner: Vec<PlSmallStr> = (0..keys.len()).map(|place| format!("key {place} of the row").into()).collect();
    let with_keys = keys.iter().zip(&inner).map(|((_, key), inner)| key.clone().alias(inner.clone()));
    let rows = rows.with_columns(with_keys.chain(values.worked_out()).collect::<Vec<Expr>>()).collect()?;
    let by_run = match (leaves, ends(&rows, &inner)?) {
        (Some(leaves), Some(ends)) => {
            by_run(&rows, (&leaves, &values), &inner, &ends)?.map(|found| (found, leaves.made))
        }
        _ => None,
    };
    let named = keys.iter().zip(&inner).map(|((name, _), inner)| col(inner.clone()).alias(*name));
    if let Some((found, made)) = by_run {
        return found.lazy().select(named.chain(made).collect::<Vec<Expr>>()).collect();
    }
    let answer = rows.lazy().group_by(named.collect::<Vec<Expr>>()).agg(sums);
    let wanted: Vec<Expr> = keys.iter().map(|(name, _)| col(*name)).chain(sums.iter().map(by_name)).collect();
    answer.select(wanted).collect()
}

/// What the leaves add up, where it is no column as it lies: worked out once for each row.
#[derive(Default)]
struct Values {
    /// The column of each leaf, and what it is if it is none of the table.
    columns: Vec<Option<(PlSmallStr, Option<Expr>)>>,
}

impl Values {
    fn of(leaves: &[Leaf]) -> Self {
        let mut known: Vec<(&Expr, PlSmallStr)> = Vec::new();
        let mut columns = Vec::new();
        for values in leaves.iter().map(|leaf| leaf.values.as_ref()) {
            columns.push(match (values, known.iter().find(|(one, _)| Some(*one) == values)) {
                (None, _) => None,
                (Some(Expr::Column(name)), _) => Some((name.clone(), None)),
                (Some(_), Some((_, name))) => Some((name.clone(), None)),
                (Some(values), None) => {
                    let name = PlSmallStr::from_string(format!("value {} of the row", known.len()));
                    known.push((values, name.clone()));
                    Some((name, Some(values.clone())))
                }
            });
        }
        Self { columns }
    }

    /// The columns that are to be added to the rows.
    fn worked_out(&self) -> impl Iterator<Item = Expr> {
        let worked_out = |(name, values): &(PlSmallStr, Option<Expr>)| Some(values.clone()?.alias(name.clone()));
        self.columns.iter().flatten().filter_map(worked_out)
    }
}

/// The keys of each run and its leaves; `None` where these cannot be taken straight from the columns.
fn by_run(
    rows: &DataFrame,
    (leaves, values): (&Leaves, &Values),
    keys: &[PlSmallStr],
    ends: &[usize],
) -> PolarsResult<Option<DataFrame>> {
    let firsts: Vec<IdxSize> =
        std::iter::once(0).chain(ends.iter().map(|end| *end as IdxSize)).take(ends.len()).collect();
    let mut columns = Vec::new();
    for key in keys {
        columns.push(rows.column(key)?.take_slice(&firsts)?);
    }
    for (place, (leaf, values)) in leaves.leaves.iter().zip(&values.columns).enumerate() {
        let values = values.as_ref().map(|(name, _)| name.as_str());
        let Some(found) = kernel::over(leaf, rows, values, ends)? else { return Ok(None) };
        columns.push(found.with_name(leaves::name(place).into()).into());
    }
    DataFrame::new(ends.len(), columns).map(Some)
}

/// The column that an aggregate with a name of its own has in an answer.
fn by_name(sum: &Expr) -> Expr {
    match sum {
        Expr::Alias(_, name) => col(name.clone()),
        other => other.clone(),
    }
}

/// Where each run ends, where most runs are long.
fn ends(rows: &DataFrame, keys: &[PlSmallStr]) -> PolarsResult<Option<Vec<usize>>> {
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
    let (mut before, mut ends) = (0, Vec::new());
    for chunk in begins.downcast_iter() {
        ends.extend(chunk.values().true_idx_iter().map(|change| before + change + 1));
        before += chunk.values().len();
    }
    ends.push(height);
    Ok((ends.len() * SHORT <= height || height <= SHORT).then_some(ends))
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

    #[test]
    fn what_is_added_up_as_it_lies_is_what_the_engine_adds_up() {
        let (whole, truths) = ([Some(3_i64), None, Some(-5), Some(7)], [Some(true), Some(false), None, Some(true)]);
        let cells = |row: usize| (whole[row * 7 % 4], truths[row * 5 % 4]);
        let (numbers, marks): (Vec<Option<i64>>, Vec<Option<bool>>) = (0..40).map(cells).unzip();
        let agents: Vec<String> = (0..40).map(|row| format!("A{}", row / 8)).collect();
        let money = Column::new("money".into(), numbers.clone()).cast(&DataType::Decimal(38, 4)).expect("money");
        let nothing = Column::full_null("nothing".into(), 40, &DataType::Int64);
        let columns = [Column::new("agent".into(), agents), Column::new("x".into(), numbers), money, nothing];
        let columns = columns.into_iter().chain([Column::new("mark".into(), marks)]).collect();
        let rows = DataFrame::new(40, columns).expect("a frame");
        let marked = |values: Expr| when(col("mark")).then(values).otherwise(lit(NULL));
        let either = col("mark").fill_null(lit(true)).or(col("x").gt(lit(0)));
        let taken = [
            ("rows", len()),
            ("sum", col("x").sum()),
            ("money", col("money").sum()),
            ("nothing", col("nothing").sum()),
            ("marks", col("mark").sum()),
            ("either", either.sum()),
            ("marked", marked(col("x")).sum()),
            ("marked money", marked(col("money")).sum()),
            ("there", marked(col("x")).count()),
            ("as SQL", when(col("nothing").count().gt(lit(0))).then(col("x").sum()).otherwise(lit(NULL))),
            ("worked out", (col("x") * lit(2)).sum() + len().cast(DataType::Int64) * lit(3)),
            ("wide", col("x").sum().cast(DataType::Decimal(38, 2))),
        ];
        let taken: Vec<Expr> = taken.into_iter().map(|(name, one)| one.alias(name)).collect();
        assert!(Leaves::of(&taken).is_some());
        let found = sums(rows.clone().lazy(), &[("agent", col("agent"))], &taken).expect("sums");
        let engine = rows.lazy().group_by_stable([col("agent")]).agg(taken).collect().expect("the engine's");
        assert_eq!(found.schema(), engine.schema());
        assert!(found.equals_missing(&engine), "{found} {engine}");
    }
}
