//! What an SQL aggregate adds up to: whether sums over agents are sums over rows, and whether nothing counted is nought.

use polars::prelude::*;

/// Whether no rows at all are a count of nought, and not missing data: `COUNT`s, which SQL's `SUM` is not.
pub(super) fn only_counts(expression: &Expr) -> bool {
    match expression {
        // A bare sum is `COUNT(*) FILTER`, the sum of a condition; SUM is wrapped, because nothing summed is null.
        Expr::Len | Expr::Agg(AggExpr::Count { .. } | AggExpr::NUnique(_) | AggExpr::Sum(_)) => true,
        Expr::Alias(inner, _) | Expr::Cast { expr: inner, .. } => only_counts(inner),
        Expr::Filter { input, .. } => only_counts(input),
        Expr::BinaryExpr { left, op: Operator::Plus | Operator::Multiply, right } => {
            [left, right].into_iter().all(|side| only_counts(side) || is_literal(side))
        }
        Expr::BinaryExpr { left, op: Operator::Minus, right } => {
            only_counts(left) && (only_counts(right) || is_literal(right) || counts_null(right))
        }
        _ => false,
    }
}

/// Whether a mean is somewhere in it.
pub(super) fn has_mean(expression: &Expr) -> bool {
    expression.into_iter().any(|part| matches!(part, Expr::Agg(AggExpr::Mean(_))))
}

/// Whether the sum of its values over agents is its value over all their rows together (days in common apart).
pub(super) fn adds_up(expression: &Expr) -> bool {
    match expression {
        Expr::Len | Expr::Agg(AggExpr::Sum(_) | AggExpr::Count { .. } | AggExpr::NUnique(_)) => true,
        Expr::Alias(inner, _) | Expr::Cast { expr: inner, .. } => adds_up(inner),
        Expr::Filter { input, .. } => adds_up(input),
        Expr::BinaryExpr { left, op: Operator::Plus, right } => adds_up(left) && adds_up(right),
        Expr::BinaryExpr { left, op: Operator::Minus, right } => {
            adds_up(left) && (adds_up(right) || counts_null(right))
        }
        Expr::BinaryExpr { left, op: Operator::Multiply, right } => {
            (adds_up(left) && is_literal(right)) || (is_literal(left) && adds_up(right))
        }
        // SUM is written as "null without values, else the sum", COALESCE as "the first that is there".
        Expr::Ternary { truthy, falsy, .. } => {
            let fits = |side: &Expr| adds_up(side) || is_literal(side);
            (adds_up(truthy) && fits(falsy)) || (is_literal(truthy) && adds_up(falsy))
        }
        Expr::Function { input, function: FunctionExpr::Coalesce | FunctionExpr::FillNull | FunctionExpr::Negate } => {
            input.first().is_some_and(adds_up) && input[1..].iter().all(|side| adds_up(side) || is_literal(side))
        }
        _ => false,
    }
}

/// Whether the sum of its values over the parts of a stretch is its value over the whole of it: no different values are
/// counted, and nothing stands for what is missing.
pub(super) fn adds_up_over_days(expression: &Expr) -> bool {
    let null = |side: &Expr| !is_literal(side) || matches!(side, Expr::Literal(value) if value.is_null());
    adds_up(expression)
        && expression.into_iter().all(|part| match part {
            Expr::Agg(AggExpr::NUnique(_))
            | Expr::Function { function: FunctionExpr::Coalesce | FunctionExpr::FillNull, .. } => false,
            Expr::Ternary { truthy, falsy, .. } => null(truthy) && null(falsy),
            _ => true,
        })
}

fn is_literal(expression: &Expr) -> bool {
    match expression {
        Expr::Literal(_) => true,
        Expr::Alias(inner, _) | Expr::Cast { expr: inner, .. } => is_literal(inner),
        _ => false,
    }
}

/// COUNT(DISTINCT x) is written as "different values, less one if there is a null".
fn counts_null(expression: &Expr) -> bool {
    expression.into_iter().any(|part| matches!(part, Expr::Function { function: FunctionExpr::NullCount, .. }))
}
