//! Expressions: names, values, conditions, arithmetic, branches.

use sqlparser::ast::{BinaryOperator, CaseWhen, CastKind, DataType, ExactNumberInfo, Expr, UnaryOperator, Value};

use crate::source::Table;

use super::{Sort, call, compare, literal};

/// A piece of Spark's SQL and what it is worth.
#[derive(Clone, Debug)]
pub struct Said {
    pub sql: String,
    pub sort: Sort,
}

/// What names mean where an expression stands.
#[derive(Clone, Copy, Debug)]
pub enum Place<'p> {
    /// In a row: columns are values, and nothing is added up.
    Row(Table),
    /// Over the rows of a group, of which those count that fulfil a condition in Spark's SQL: columns stand in aggregates.
    Group(Table, Option<&'p str>),
}

impl Place<'_> {
    /// The table whose rows are meant.
    pub fn table(self) -> Table {
        let (Self::Row(table) | Self::Group(table, _)) = self;
        table
    }
}

impl Said {
    pub fn new(sql: impl Into<String>, sort: Sort) -> Self {
        Self { sql: sql.into(), sort }
    }

    /// Itself, where it is a condition.
    pub fn truth(self) -> Result<Self, String> {
        match self.sort {
            Sort::Truth | Sort::Nothing => Ok(self),
            other => Err(format!("{other} stands where a condition must")),
        }
    }
}

/// Says an expression in Spark's SQL, or in words why it cannot be said.
pub fn said(expression: &Expr, place: Place<'_>) -> Result<Said, String> {
    match expression {
        Expr::Nested(inner) => said(inner, place),
        Expr::Value(value) => constant(&value.value),
        Expr::Identifier(ident) => column(&ident.value, place),
        Expr::TypedString(typed) if matches!(typed.data_type, DataType::Date) => day(&typed.value.value),
        Expr::UnaryOp { op, expr } => unary(*op, said(expr, place)?),
        Expr::BinaryOp { left, op, right } => binary(op, said(left, place)?, said(right, place)?),
        Expr::IsNull(inner) => Ok(tested(said(inner, place)?, "IS NULL")),
        Expr::IsNotNull(inner) => Ok(tested(said(inner, place)?, "IS NOT NULL")),
        Expr::IsTrue(inner) => Ok(tested(said(inner, place)?.truth()?, "IS TRUE")),
        Expr::IsNotTrue(inner) => Ok(tested(said(inner, place)?.truth()?, "IS NOT TRUE")),
        Expr::IsFalse(inner) => Ok(tested(said(inner, place)?.truth()?, "IS FALSE")),
        Expr::IsNotFalse(inner) => Ok(tested(said(inner, place)?.truth()?, "IS NOT FALSE")),
        Expr::InList { expr, list, negated } => {
            let list = list.iter().map(|one| said(one, place)).collect::<Result<Vec<Said>, String>>()?;
            Ok(maybe_not(compare::one_of(said(expr, place)?, list)?, *negated))
        }
        Expr::Between { expr, negated, low, high } => {
            let between = compare::between(said(expr, place)?, said(low, place)?, said(high, place)?)?;
            Ok(maybe_not(between, *negated))
        }
        Expr::Case { operand, conditions, else_result, .. } => {
            case(operand.as_deref(), conditions, else_result.as_deref(), place)
        }
        Expr::Cast { kind: CastKind::Cast, expr, data_type, array: false, format: None } => {
            cast(said(expr, place)?, data_type)
        }
        Expr::Function(function) => call::call(function, place),
        other => Err(format!("`{other}` has no exact counterpart")),
    }
}

fn tested(inner: Said, test: &str) -> Said {
    Said::new(format!("({} {test})", inner.sql), Sort::Truth)
}

fn maybe_not(inner: Said, negated: bool) -> Said {
    if negated { Said::new(format!("(NOT {})", inner.sql), Sort::Truth) } else { inner }
}

fn constant(value: &Value) -> Result<Said, String> {
    Ok(match value {
        Value::Number(digits, _) => number(digits)?,
        Value::SingleQuotedString(text) => Said::new(literal::text(text), Sort::Text),
        Value::Boolean(true) => Said::new("TRUE", Sort::Truth),
        Value::Boolean(false) => Said::new("FALSE", Sort::Truth),
        Value::Null => Said::new("NULL", Sort::Nothing),
        other => return Err(format!("the value `{other}` has no exact counterpart")),
    })
}

fn number(digits: &str) -> Result<Said, String> {
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    if let Some(whole) = plain(digits).then(|| digits.parse::<i64>().ok()).flatten() {
        return Ok(Said::new(format!("{whole}L"), Sort::Whole));
    }
    match digits.split_once('.') {
        Some((whole, decimals)) if plain(decimals) && (whole.is_empty() || plain(whole)) && digits.len() < 30 => {
            let whole = if whole.is_empty() { "0" } else { whole };
            Ok(Said::new(format!("{whole}.{decimals}BD"), Sort::Fraction(decimals.len() as u32)))
        }
        _ => Err(format!("the number `{digits}` has no exact counterpart")),
    }
}

fn day(value: &Value) -> Result<Said, String> {
    match value {
        Value::SingleQuotedString(text) => match text.parse() {
            Ok(day) => Ok(Said::new(literal::day(day), Sort::Day)),
            Err(_) => Err(format!("`{text}` is not a day such as 2026-10-05")),
        },
        other => Err(format!("`{other}` is not a day such as 2026-10-05")),
    }
}

fn column(name: &str, place: Place<'_>) -> Result<Said, String> {
    let table = place.table();
    let column = table.column(name).ok_or_else(|| format!("table `{}` has no column `{name}`", table.name()))?;
    match place {
        Place::Row(_) => Ok(Said::new(literal::name(column.name), Sort::of(column.kind))),
        Place::Group(..) => Err(format!("the column `{name}` stands outside an aggregate")),
    }
}

fn unary(operator: UnaryOperator, inner: Said) -> Result<Said, String> {
    match operator {
        UnaryOperator::Not => Ok(Said::new(format!("(NOT {})", inner.clone().truth()?.sql), Sort::Truth)),
        UnaryOperator::Minus if inner.sort.is_number() || matches!(inner.sort, Sort::Fraction(_)) => {
            Ok(Said::new(format!("(- {})", inner.sql), inner.sort))
        }
        UnaryOperator::Plus if inner.sort.is_number() => Ok(inner),
        other => Err(format!("`{other}` before {} has no exact counterpart", inner.sort)),
    }
}

fn binary(operator: &BinaryOperator, left: Said, right: Said) -> Result<Said, String> {
    match operator {
        BinaryOperator::And => {
            Ok(Said::new(format!("({} AND {})", left.truth()?.sql, right.truth()?.sql), Sort::Truth))
        }
        BinaryOperator::Or => Ok(Said::new(format!("({} OR {})", left.truth()?.sql, right.truth()?.sql), Sort::Truth)),
        BinaryOperator::Plus | BinaryOperator::Minus | BinaryOperator::Multiply => calculated(operator, left, right),
        BinaryOperator::Divide => Err("a division that is not the outermost is not exact".to_owned()),
        _ => compare::compared(operator, left, right),
    }
}

/// How many decimals Spark keeps exactly in numbers of 38 digits: beyond it rounds.
const MOST_PLACES: u32 = 6;

fn calculated(operator: &BinaryOperator, left: Said, right: Said) -> Result<Said, String> {
    if !left.sort.is_number() || !right.sort.is_number() {
        return Err(format!("`{operator}` of {} and {} is not exact", left.sort, right.sort));
    }
    let sort = match (left.sort, right.sort) {
        (Sort::Decimal(_), Sort::Decimal(_)) if *operator == BinaryOperator::Multiply => {
            return Err("the product of two decimals is rounded".to_owned());
        }
        (one, two) => one.either(two).unwrap_or(one),
    };
    match sort {
        Sort::Decimal(places) if places > MOST_PLACES => Err(format!("{places} decimals are rounded")),
        sort => Ok(Said::new(format!("({} {operator} {})", left.sql, right.sql), sort)),
    }
}

fn case(
    operand: Option<&Expr>,
    conditions: &[CaseWhen],
    otherwise: Option<&Expr>,
    place: Place<'_>,
) -> Result<Said, String> {
    let operand = operand.map(|operand| said(operand, place)).transpose()?;
    let mut sort = Sort::Nothing;
    let mut branches = String::new();
    let mut result = |one: &Expr| -> Result<String, String> {
        let one = said(one, place)?;
        sort = sort.either(one.sort).ok_or_else(|| format!("a CASE is {sort} or {}", one.sort))?;
        Ok(one.sql)
    };
    for when in conditions {
        let condition = said(&when.condition, place)?;
        let condition = match &operand {
            Some(operand) => compare::compared(&BinaryOperator::Eq, operand.clone(), condition)?,
            None => condition.truth()?,
        };
        branches += &format!(" WHEN {} THEN {}", condition.sql, result(&when.result)?);
    }
    if let Some(otherwise) = otherwise {
        branches += &format!(" ELSE {}", result(otherwise)?);
    }
    Ok(Said::new(format!("CASE{branches} END"), sort))
}

fn cast(inner: Said, wanted: &DataType) -> Result<Said, String> {
    let sort = match (wanted, inner.sort) {
        (DataType::BigInt(None) | DataType::Int64, Sort::Whole | Sort::Truth) => Sort::Whole,
        (DataType::Date, Sort::Day | Sort::Time) => Sort::Day,
        (
            DataType::Decimal(ExactNumberInfo::PrecisionAndScale(digits, places)),
            from @ (Sort::Whole | Sort::Decimal(_)),
        ) => {
            let places = u32::try_from(*places).unwrap_or(u32::MAX);
            let kept = if let Sort::Decimal(kept) = from { kept } else { 0 };
            if places < kept || places > MOST_PLACES {
                return Err(format!("a cast to {places} decimals rounds"));
            }
            let digits = u32::try_from(*digits).unwrap_or(u32::MAX).clamp(places.max(1), 38);
            return Ok(Said::new(format!("CAST({} AS DECIMAL({digits},{places}))", inner.sql), Sort::Decimal(places)));
        }
        (wanted, from) => return Err(format!("a cast of {from} to `{wanted}` has no exact counterpart")),
    };
    Ok(Said::new(format!("CAST({} AS {})", inner.sql, sort.sql()), sort))
}
