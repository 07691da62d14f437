//! Aggregates taken apart: what is added up or counted over the rows of a run, and what is made of it.

use polars::prelude::*;

/// What is taken over the rows of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Take {
    /// The sum of what is there.
    Sum,
    /// How many are there.
    Count,
}

/// Something that is taken over the rows of each run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Leaf {
    pub(super) take: Take,
    /// Values that each row has by itself; none where rows are counted.
    pub(super) values: Option<Expr>,
    /// The column that says which rows count, if not all.
    pub(super) keep: Option<PlSmallStr>,
}

/// Aggregates as expressions over leaves.
pub(super) struct Leaves {
    pub(super) leaves: Vec<Leaf>,
    /// The aggregates, each in its place, in which the columns of [`name`] stand for the leaves.
    pub(super) made: Vec<Expr>,
}

/// The column that a leaf has in the answer.
pub(super) fn name(place: usize) -> String {
    format!("leaf {place} of the run")
}

impl Leaves {
    /// Takes aggregates apart; `None` when one of them is more than arithmetic over sums and counts.
    pub(super) fn of(aggregates: &[Expr]) -> Option<Self> {
        let mut leaves = Vec::new();
        let made = aggregates.iter().map(|one| made(one, &mut leaves)).collect::<Option<Vec<Expr>>>()?;
        Some(Self { leaves, made })
    }
}

fn made(aggregate: &Expr, leaves: &mut Vec<Leaf>) -> Option<Expr> {
    Some(match aggregate {
        Expr::Len => leaf(Leaf { take: Take::Count, values: None, keep: None }, leaves),
        Expr::Agg(AggExpr::Sum(values)) => leaf(Leaf::over(Take::Sum, values)?, leaves),
        Expr::Agg(AggExpr::Count { input, include_nulls: false }) => leaf(Leaf::over(Take::Count, input)?, leaves),
        Expr::Literal(_) => aggregate.clone(),
        Expr::Alias(inner, name) => made(inner, leaves)?.alias(name.clone()),
        Expr::Cast { expr, dtype, options } => {
            Expr::Cast { expr: made(expr, leaves)?.into(), dtype: dtype.clone(), options: *options }
        }
        Expr::BinaryExpr { left, op, right } => {
            Expr::BinaryExpr { left: made(left, leaves)?.into(), op: *op, right: made(right, leaves)?.into() }
        }
        Expr::Ternary { predicate, truthy, falsy } => Expr::Ternary {
            predicate: made(predicate, leaves)?.into(),
            truthy: made(truthy, leaves)?.into(),
            falsy: made(falsy, leaves)?.into(),
        },
        _ => return None,
    })
}

/// The column of a leaf, a new one for what is not yet taken.
fn leaf(leaf: Leaf, leaves: &mut Vec<Leaf>) -> Expr {
    let place = leaves.iter().position(|known| *known == leaf).unwrap_or_else(|| {
        leaves.push(leaf);
        leaves.len() - 1
    });
    col(name(place))
}

impl Leaf {
    fn over(take: Take, values: &Expr) -> Option<Self> {
        let is_by_itself = values.into_iter().all(is_of_its_row);
        // What reads no column has one value for all rows, which is not one for each.
        let reads = values.into_iter().any(|part| matches!(part, Expr::Column(_)));
        let (values, keep) = match values {
            Expr::Ternary { predicate, truthy, falsy } if is_nothing(falsy) => match predicate.as_ref() {
                Expr::Column(keep) => (truthy.as_ref(), Some(keep.clone())),
                _ => (values, None),
            },
            values => (values, None),
        };
        (is_by_itself && reads).then(|| Self { take, values: Some(values.clone()), keep })
    }
}

fn is_nothing(expression: &Expr) -> bool {
    matches!(expression, Expr::Literal(value) if value.is_null())
}

/// Whether a part of an expression gives each row something that depends on that row alone.
fn is_of_its_row(part: &Expr) -> bool {
    match part {
        Expr::Column(_) | Expr::Literal(_) | Expr::Alias(..) | Expr::Cast { .. } => true,
        Expr::BinaryExpr { .. } | Expr::Ternary { .. } => true,
        Expr::Function { function: FunctionExpr::Boolean(function), .. } => matches!(
            function,
            BooleanFunction::IsNull
                | BooleanFunction::IsNotNull
                | BooleanFunction::Not
                | BooleanFunction::IsBetween { .. }
        ),
        Expr::Function { function: FunctionExpr::Coalesce | FunctionExpr::FillNull | FunctionExpr::Negate, .. } => true,
        _ => false,
    }
}
