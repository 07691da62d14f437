//! A metric's SQL: one aggregate, or one divided by another.

use sqlparser::ast::{BinaryOperator, Expr};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

use crate::scheme::formula;
use crate::source::Table;

use super::Sort;
use super::expression::{Place, Said, said};

/// What is counted, and what it is divided by.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub numerator: Said,
    pub denominator: Option<Said>,
}

/// Says a metric's SQL over the rows of a table that fulfil a condition in Spark's SQL.
pub fn wanted(sql: &str, table: Table, keep: Option<&str>) -> Result<Wanted, String> {
    let place = Place::Group(table, keep);
    match outermost(parsed(sql)?) {
        Expr::BinaryOp { left, op: BinaryOperator::Divide, right } => {
            Ok(Wanted { numerator: number(&left, place)?, denominator: Some(number(&right, place)?) })
        }
        whole => Ok(Wanted { numerator: number(&whole, place)?, denominator: None }),
    }
}

/// A result has a type of its own, so that what is read back can be held against it.
fn number(expression: &Expr, place: Place<'_>) -> Result<Said, String> {
    let Said { sql, sort } = said(expression, place)?;
    match sort {
        Sort::Whole | Sort::Decimal(_) => Ok(Said::new(format!("CAST({sql} AS {})", sort.sql()), sort)),
        other => Err(format!("it gives {other}, not an exact number")),
    }
}

/// Reads an expression of a scheme.
pub fn parsed(sql: &str) -> Result<Expr, String> {
    formula::readable(sql)?;
    let wrong = |error: sqlparser::parser::ParserError| error.to_string();
    let mut parser = Parser::new(&GenericDialect {}).try_with_sql(sql).map_err(wrong)?;
    let expression = parser.parse_expr().map_err(wrong)?;
    match parser.peek_token().token {
        Token::EOF => Ok(expression),
        other => Err(format!("`{other}` is too much")),
    }
}

fn outermost(expression: Expr) -> Expr {
    match expression {
        Expr::Nested(inner) => outermost(*inner),
        other => other,
    }
}
