//! Aggregates over some of the rows, written as sums over all of them: so many metrics are one query, and it takes its
//! sums while it reads.

use polars::prelude::*;

/// The value of an aggregate over the rows that a condition keeps, without a filter; `None` where it cannot be written so.
pub(super) fn over(aggregate: &Expr, keep: Option<&Expr>) -> Option<Expr> {
    Some(match aggregate {
        Expr::Len => keep.map_or_else(len, |keep| keep.clone().sum()),
        Expr::Agg(AggExpr::Sum(values)) => kept(values, keep).sum(),
        Expr::Agg(AggExpr::Count { input, include_nulls: false }) => kept(input, keep).count(),
        Expr::Literal(_) => aggregate.clone(),
        Expr::Alias(inner, name) => over(inner, keep)?.alias(name.clone()),
        Expr::Cast { expr, dtype, options } => {
            Expr::Cast { expr: over(expr, keep)?.into(), dtype: dtype.clone(), options: *options }
        }
        Expr::BinaryExpr { left, op: op @ (Operator::Plus | Operator::Minus | Operator::Multiply), right } => {
            Expr::BinaryExpr { left: over(left, keep)?.into(), op: *op, right: over(right, keep)?.into() }
        }
        Expr::Ternary { predicate, truthy, falsy } => {
            let values = summed(predicate, truthy, falsy)?;
            sum(kept(values, keep))
        }
        _ => return None,
    })
}

/// SQL's sum: nothing where there is nothing to add up.
pub(super) fn sum(values: Expr) -> Expr {
    when(values.clone().count().gt(lit(0))).then(values.sum()).otherwise(lit(NULL))
}

/// What is added up, where "null without values, else the sum" is written, as SQL's `SUM` is.
pub(super) fn summed<'e>(predicate: &Expr, truthy: &'e Expr, falsy: &Expr) -> Option<&'e Expr> {
    let Expr::Agg(AggExpr::Sum(values)) = truthy else { return None };
    let nothing = matches!(falsy, Expr::Literal(value) if value.is_null());
    let there_are_values = values.as_ref().clone().null_count().lt(values.as_ref().clone().len());
    (nothing && *predicate == there_are_values).then_some(values)
}

/// Values of the rows that are kept, with nothing in place of the others.
fn kept(values: &Expr, keep: Option<&Expr>) -> Expr {
    let (values, keep) = match (values, keep) {
        (Expr::Filter { input, by }, Some(keep)) => (input.as_ref(), Some(by.as_ref().clone().and(keep.clone()))),
        (Expr::Filter { input, by }, None) => (input.as_ref(), Some(by.as_ref().clone())),
        (values, keep) => (values, keep.cloned()),
    };
    match keep {
        Some(keep) => when(keep).then(values.clone()).otherwise(lit(NULL)),
        None => values.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::sql::sql_expr;

    /// Rows of three agents; the last has no values at all.
    fn rows() -> DataFrame {
        let agents = Column::new("agent".into(), ["A", "A", "A", "B", "B", "C"]);
        let values = Column::new("x".into(), [Some(1_i64), None, Some(5), Some(-7), None, None]);
        let marks = Column::new("y".into(), [Some(true), Some(true), None, Some(false), Some(true), Some(true)]);
        DataFrame::new(6, vec![agents, values, marks]).expect("a frame")
    }

    fn answers(rows: LazyFrame, aggregate: Expr) -> DataFrame {
        let found = rows.group_by([col("agent")]).agg([aggregate.alias("found")]);
        found.sort(["agent"], SortMultipleOptions::default()).collect().expect("an answer")
    }

    #[test]
    fn what_is_folded_is_what_is_counted_over_the_kept_rows() {
        let written = [
            "SUM(x)",
            "COUNT(*)",
            "COUNT(x)",
            "COUNT(*) FILTER (WHERE y)",
            "SUM(x) FILTER (WHERE y)",
            "COUNT(x) FILTER (WHERE y OR x > 1)",
            "SUM(x) + 2 * COUNT(*) - SUM(x) FILTER (WHERE x < 0)",
            "CAST(SUM(x) AS DECIMAL(20, 2))",
        ];
        let keep = col("y").fill_null(lit(true));
        for sql in written {
            let aggregate = sql_expr(sql).expect("an aggregate");
            let all = over(&aggregate, None).unwrap_or_else(|| panic!("`{sql}` is folded"));
            assert_eq!(answers(rows().lazy(), all), answers(rows().lazy(), aggregate.clone()), "{sql}");
            let some = over(&aggregate, Some(&keep)).expect("folded");
            // Whoever has no kept row is not in an answer over kept rows.
            let found = answers(rows().lazy(), some);
            let filtered = answers(rows().lazy().filter(keep.clone()), aggregate);
            let both = found.lazy().semi_join(filtered.clone().lazy(), col("agent"), col("agent"));
            let both = both.sort(["agent"], SortMultipleOptions::default()).collect().expect("an answer");
            assert!(both.equals_missing(&filtered), "{sql}: {both} {filtered}");
        }
        let other = ["COUNT(DISTINCT x)", "MAX(x)", "COALESCE(SUM(x), 0)"];
        assert!(other.iter().all(|sql| over(&sql_expr(*sql).expect("an aggregate"), None).is_none()));
    }
}
