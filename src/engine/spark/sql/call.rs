//! Functions of values, and aggregates over rows.

use sqlparser::ast::{DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments};

use super::Sort;
use super::expression::{Place, Said, said};

/// Says a call.
pub fn call(function: &Function, place: Place<'_>) -> Result<Said, String> {
    let name = function.name.to_string().to_uppercase();
    let plain = function.over.is_none()
        && function.null_treatment.is_none()
        && function.within_group.is_empty()
        && matches!(function.parameters, FunctionArguments::None);
    if !plain {
        return Err(format!("`{name}` with OVER, WITHIN GROUP or parameters has no exact counterpart"));
    }
    match name.as_str() {
        "COUNT" | "SUM" | "MIN" | "MAX" => aggregate(&name, function, place),
        _ if function.filter.is_some() => Err(format!("`{name}` takes no FILTER")),
        "COALESCE" | "LEAST" | "GREATEST" | "NULLIF" | "ABS" | "LOWER" | "UPPER" => scalar(&name, function, place),
        _ => Err(format!("the function `{name}` has no exact counterpart")),
    }
}

fn scalar(name: &str, function: &Function, place: Place<'_>) -> Result<Said, String> {
    let arguments = values(name, function)?;
    let arguments = arguments.into_iter().map(|one| said(one, place)).collect::<Result<Vec<Said>, String>>()?;
    let mixed = || format!("`{name}` mixes kinds of values");
    let fold = |sort: Sort, one: &Said| sort.either(one.sort).ok_or_else(mixed);
    let sort = arguments.iter().try_fold(Sort::Nothing, fold)?;
    let fits = match name {
        "COALESCE" => !arguments.is_empty(),
        "LEAST" | "GREATEST" => arguments.len() > 1 && sort.is_number(),
        "NULLIF" => arguments.len() == 2,
        "ABS" => arguments.len() == 1 && sort.is_number(),
        _ => arguments.len() == 1 && sort == Sort::Text,
    };
    if !fits {
        return Err(format!("`{name}` of these values has no exact counterpart"));
    }
    let sort = if name == "NULLIF" { arguments[0].sort } else { sort };
    let list: Vec<String> = arguments.into_iter().map(|one| one.sql).collect();
    Ok(Said::new(format!("{name}({})", list.join(", ")), sort))
}

fn aggregate(name: &str, function: &Function, place: Place<'_>) -> Result<Said, String> {
    let Place::Group(table, keep) = place else {
        return Err(format!("`{name}` stands where rows are not added up"));
    };
    let own = function.filter.as_deref().map(|own| said(own, Place::Row(table))?.truth()).transpose()?;
    let kept: Vec<String> = keep.map(str::to_owned).into_iter().chain(own.map(|own| own.sql)).collect();
    let filter = if kept.is_empty() { String::new() } else { format!(" FILTER (WHERE {})", kept.join(" AND ")) };
    let FunctionArguments::List(list) = &function.args else { return Err(format!("`{name}` needs a value")) };
    if !list.clauses.is_empty() {
        return Err(format!("`{name}` takes a plain value only"));
    }
    let distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
    if let ("COUNT", false, [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)]) = (name, distinct, list.args.as_slice())
    {
        return Ok(Said::new(format!("COUNT(*){filter}"), Sort::Whole));
    }
    let [argument] = values(name, function)?[..] else { return Err(format!("`{name}` takes one value")) };
    let value = said(argument, Place::Row(table))?;
    if !reads_a_column(argument) {
        return Err(format!("`{name}` of a value that is the same in every row is counted otherwise by every engine"));
    }
    let (argument, sort) = match (name, distinct, value.sort) {
        ("COUNT", false, _) => (value.sql, Sort::Whole),
        ("COUNT", true, _) => (format!("DISTINCT {}", value.sql), Sort::Whole),
        ("SUM", false, Sort::Truth) => (format!("CAST({} AS BIGINT)", value.sql), Sort::Whole),
        ("SUM" | "MIN" | "MAX", false, sort) if sort.is_number() => (value.sql, sort),
        _ => return Err(format!("`{name}` of {} has no exact counterpart", value.sort)),
    };
    Ok(Said::new(format!("{name}({argument}){filter}"), sort))
}

fn values<'f>(name: &str, function: &'f Function) -> Result<Vec<&'f Expr>, String> {
    let FunctionArguments::List(list) = &function.args else { return Err(format!("`{name}` needs a value")) };
    let value = |argument: &'f FunctionArg| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => Ok(value),
        other => Err(format!("`{name}` takes plain values, not `{other}`")),
    };
    list.args.iter().map(value).collect()
}

fn reads_a_column(expression: &Expr) -> bool {
    use std::ops::ControlFlow;
    let found = sqlparser::ast::visit_expressions(expression, |one| match one {
        Expr::Identifier(_) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    found.is_break()
}
