//! Comparisons.

use sqlparser::ast::BinaryOperator;

use super::Sort;
use super::expression::Said;

/// One value compared with another.
pub fn compared(operator: &BinaryOperator, left: Said, right: Said) -> Result<Said, String> {
    let sign = match operator {
        BinaryOperator::Eq => "=",
        BinaryOperator::NotEq => "<>",
        BinaryOperator::Lt => "<",
        BinaryOperator::LtEq => "<=",
        BinaryOperator::Gt => ">",
        BinaryOperator::GtEq => ">=",
        other => return Err(format!("the operator `{other}` has no exact counterpart")),
    };
    comparable(&left, &right)?;
    Ok(Said::new(format!("({} {sign} {})", left.sql, right.sql), Sort::Truth))
}

/// A value compared with both ends of a range.
pub fn between(value: Said, low: Said, high: Said) -> Result<Said, String> {
    comparable(&value, &low)?;
    comparable(&value, &high)?;
    Ok(Said::new(format!("({} BETWEEN {} AND {})", value.sql, low.sql, high.sql), Sort::Truth))
}

/// A value compared with several, of which none is missing.
pub fn one_of(value: Said, list: Vec<Said>) -> Result<Said, String> {
    for one in &list {
        comparable(&value, one)?;
        if one.sort == Sort::Nothing {
            return Err("NULL in a list is never equal to anything; test it with `IS NULL`".to_owned());
        }
    }
    let list: Vec<String> = list.into_iter().map(|one| one.sql).collect();
    Ok(Said::new(format!("({} IN ({}))", value.sql, list.join(", ")), Sort::Truth))
}

fn comparable(left: &Said, right: &Said) -> Result<(), String> {
    match left.sort.compares_with(right.sort) {
        true => Ok(()),
        false => Err(format!("{} cannot be compared exactly with {}", left.sort, right.sort)),
    }
}
