//! From SQL text to queries: the metrics of one table are computed in one scan.

use polars::prelude::*;
use polars::sql::sql_expr;

use crate::diag::{Diagnostic, Diagnostics, Place};
use crate::scheme::{Baseline, Metric, Scheme};
use crate::tables;

/// A scheme whose expressions are ready to run.
#[derive(Debug)]
pub struct Compiled<'s> {
    /// The scheme.
    pub scheme: &'s Scheme,
    /// One query per table or filter, in the order of the file.
    pub(super) queries: Vec<Query>,
}

/// All metrics over one selection of rows.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) table: String,
    pub(super) keep: Option<Expr>,
    pub(super) metrics: Vec<Ratio>,
}

/// One metric as columns: what was counted, and what it is divided by.
#[derive(Debug)]
pub(super) struct Ratio {
    /// The metric's place in the scheme.
    pub(super) index: usize,
    pub(super) numerator: Expr,
    pub(super) denominator: Option<Expr>,
}

/// Compiles every metric, or reports all that cannot be.
pub fn compile(scheme: &Scheme) -> Result<Compiled<'_>, Diagnostics> {
    let mut found = Diagnostics::new();
    let mut queries: Vec<(String, Query)> = Vec::new();
    for (index, metric) in scheme.metrics.iter().enumerate() {
        let parsed = ratio(index, metric).and_then(|ratio| Ok((ratio, selection(scheme, metric)?)));
        match parsed {
            Err(diagnostic) => found.push(diagnostic),
            Ok((ratio, query)) => match queries.iter_mut().find(|(name, _)| *name == metric.table) {
                Some((_, query)) => query.metrics.push(ratio),
                None => queries.push((metric.table.clone(), Query { metrics: vec![ratio], ..query })),
            },
        }
    }
    let queries: Vec<Query> = queries.into_iter().map(|(_, query)| query).collect();
    for query in &queries {
        query.metrics.iter().for_each(|ratio| found.extend(try_columns(scheme, query, ratio)));
    }
    for ratio in queries.iter().flat_map(|query| &query.metrics) {
        found.extend(summable(scheme, ratio));
    }
    found.into_result(Compiled { scheme, queries })
}

/// Means cannot be added up, neither over agents nor over days; what is compared with a team must add up over its agents.
fn summable(scheme: &Scheme, ratio: &Ratio) -> Diagnostics {
    let metric = &scheme.metrics[ratio.index];
    let wrong = |message: String| {
        Diagnostics::from(
            Diagnostic::error(message).at(metric.place.clone()).hint("write `SUM(x) / COUNT(x)`, a sum over a count"),
        )
    };
    let sides = || std::iter::once(&ratio.numerator).chain(&ratio.denominator);
    if sides().any(has_mean) {
        return wrong(format!("`{}` uses AVG, which keeps neither its sum nor its count", metric.id));
    }
    let compared = scheme.indicators.iter().find(|indicator| {
        indicator.metric == metric.id && matches!(indicator.relative_to, Some(Baseline::Team | Baseline::Shop))
    });
    match compared {
        Some(indicator) if !sides().all(adds_up) => wrong(format!(
            "`{}` is compared with its team or shop, but `{}` does not add up over agents",
            indicator.id, metric.id
        )),
        _ => Diagnostics::new(),
    }
}

fn has_mean(expression: &Expr) -> bool {
    expression.into_iter().any(|part| matches!(part, Expr::Agg(AggExpr::Mean(_))))
}

/// Whether the sum of its values over agents is its value over all their rows together (days in common apart).
fn adds_up(expression: &Expr) -> bool {
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

fn parse(sql: &str, place: &Place) -> Result<Expr, Diagnostic> {
    sql_expr(sql).map_err(|error| {
        Diagnostic::error(format!("this is not an SQL expression: {}", first_line(&error)))
            .at(place.clone())
            .hint("write aggregates of columns, such as `SUM(paid_customers) / SUM(inquiries)`")
    })
}

/// A division at the top keeps both its sides, so that a value can be shown with what it was made of.
fn ratio(index: usize, metric: &Metric) -> Result<Ratio, Diagnostic> {
    let expression = parse(&metric.expression, &metric.place)?;
    Ok(match expression {
        Expr::BinaryExpr { left, op: Operator::TrueDivide | Operator::RustDivide, right } => {
            Ratio { index, numerator: (*left).clone(), denominator: Some((*right).clone()) }
        }
        whole => Ratio { index, numerator: whole, denominator: None },
    })
}

/// The rows over which a metric is computed: a table, or a filter over one.
fn selection(scheme: &Scheme, metric: &Metric) -> Result<Query, Diagnostic> {
    let filter = scheme.filters.iter().find(|filter| filter.id == metric.table);
    let table = filter.map_or(&metric.table, |filter| &filter.table);
    if tables::schema(table).is_none() {
        return Err(Diagnostic::error(format!("there is no table or filter `{table}`"))
            .at(metric.place.clone())
            .hint(format!("tables: {}", tables::names().join(", "))));
    }
    let keep = filter.map(|filter| parse(&filter.keep, &filter.place)).transpose()?;
    Ok(Query { table: table.clone(), keep, metrics: Vec::new() })
}

/// Tries a metric on an empty table, which finds columns that do not exist before any data is pulled.
fn try_columns(scheme: &Scheme, query: &Query, ratio: &Ratio) -> Diagnostics {
    let metric = &scheme.metrics[ratio.index];
    let Some(schema) = tables::schema(&query.table) else { return Diagnostics::new() };
    let columns: Vec<String> = schema.iter_names().map(|name| format!("`{name}`")).collect();
    match query.lazy(DataFrame::empty_with_schema(&schema).lazy(), std::slice::from_ref(ratio)).collect() {
        Ok(_) => Diagnostics::new(),
        Err(error) => {
            Diagnostic::error(format!("`{}` does not fit table `{}`: {}", metric.id, query.table, first_line(&error)))
                .at(metric.place.clone())
                .hint(format!("columns: {}", columns.join(", ")))
                .into()
        }
    }
}

impl Query {
    /// One row per agent, with a column `n<index>` and where there is a denominator `d<index>` for each metric.
    pub(super) fn lazy(&self, table: LazyFrame, metrics: &[Ratio]) -> LazyFrame {
        let mut rows = table.filter(col("agent_id").is_not_null());
        if let Some(keep) = &self.keep {
            rows = rows.filter(keep.clone());
        }
        let columns: Vec<Expr> = metrics.iter().flat_map(Ratio::columns).collect();
        rows.group_by([col("agent_id")]).agg(columns)
    }
}

impl Ratio {
    fn columns(&self) -> Vec<Expr> {
        let numerator = self.numerator.clone().alias(format!("n{}", self.index));
        let denominator = self.denominator.clone().map(|expression| expression.alias(format!("d{}", self.index)));
        std::iter::once(numerator).chain(denominator).collect()
    }
}

fn first_line(error: &PolarsError) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
