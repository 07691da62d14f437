//! From SQL text to an expression: the library reads it, and what we have no meaning for is refused by name.

use sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, Function as SqlFunction, FunctionArg, FunctionArgExpr, FunctionArguments, Ident,
    UnaryOperator, Value as SqlValue,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use crate::exact::Exact;

use super::{Aggregate, Function, Name, Node, Operator, Value};

/// Nesting beyond this is nobody's appraisal rule.
const DEPTH: usize = 40;

/// A longer expression is nobody's either; it bounds how deep a chain such as `a + a + a` nests.
const LENGTH: usize = 300;

pub(super) fn parse(text: &str) -> Result<Node, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser::new(&GenericDialect {}).with_recursion_limit(DEPTH).with_tokens_with_locations(tokens);
    let expression = parser.parse_expr().map_err(|error| plain(&error.to_string()))?;
    match parser.peek_token().token {
        Token::EOF => node(&expression, false),
        other => Err(format!("`{other}` is too much")),
    }
}

/// The words and signs of an SQL expression, as long as it is one that a person would write.
pub(super) fn tokens(text: &str) -> Result<Vec<TokenWithSpan>, String> {
    let tokens = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location();
    let tokens = tokens.map_err(|error| plain(&error.to_string()))?;
    match tokens.iter().filter(|one| !matches!(one.token, Token::Whitespace(_))).count() {
        many if many > LENGTH => Err(format!("it has {many} words and signs, more than {LENGTH}")),
        _ => Ok(tokens),
    }
}

fn plain(error: &str) -> String {
    error.trim_start_matches("sql parser error: ").to_owned()
}

fn boxed(expression: &Expr, inside: bool) -> Result<Box<Node>, String> {
    node(expression, inside).map(Box::new)
}

/// `inside` an aggregate there is no other.
fn node(expression: &Expr, inside: bool) -> Result<Node, String> {
    Ok(match expression {
        Expr::Nested(inner) => node(inner, inside)?,
        Expr::Value(value) => Node::Constant(constant(&value.value)?),
        Expr::Identifier(ident) => name(&[ident])?,
        Expr::CompoundIdentifier(parts) => name(&parts.iter().collect::<Vec<_>>())?,
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => Node::Negate(boxed(expr, inside)?),
        Expr::UnaryOp { op: UnaryOperator::Plus, expr } => node(expr, inside)?,
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => Node::Not(boxed(expr, inside)?),
        Expr::BinaryOp { left, op, right } => Node::Binary(operator(op)?, boxed(left, inside)?, boxed(right, inside)?),
        Expr::IsNull(inner) => Node::IsMissing(boxed(inner, inside)?),
        Expr::IsNotNull(inner) => Node::Not(Box::new(Node::IsMissing(boxed(inner, inside)?))),
        Expr::InList { expr, list, negated } => {
            let list = list.iter().map(|one| node(one, inside)).collect::<Result<_, _>>()?;
            maybe_not(Node::OneOf(boxed(expr, inside)?, list), *negated)
        }
        Expr::Between { expr, negated, low, high } => {
            let above = Node::Binary(Operator::AtLeast, boxed(expr, inside)?, boxed(low, inside)?);
            let below = Node::Binary(Operator::AtMost, boxed(expr, inside)?, boxed(high, inside)?);
            maybe_not(Node::Binary(Operator::And, Box::new(above), Box::new(below)), *negated)
        }
        Expr::Case { operand, conditions, else_result, .. } => {
            case(operand.as_deref(), conditions, else_result.as_deref(), inside)?
        }
        Expr::Ceil { expr, .. } => Node::Call(Function::Ceiling, vec![node(expr, inside)?]),
        Expr::Floor { expr, .. } => Node::Call(Function::Floor, vec![node(expr, inside)?]),
        Expr::Function(function) => call(function, inside)?,
        other => return Err(format!("`{other}` has no meaning here")),
    })
}

fn maybe_not(node: Node, negated: bool) -> Node {
    if negated { Node::Not(Box::new(node)) } else { node }
}

fn constant(value: &SqlValue) -> Result<Value, String> {
    Ok(match value {
        SqlValue::Number(digits, _) => {
            Value::Number(Exact::parse(digits).ok_or_else(|| format!("`{digits}` is not a plain number"))?)
        }
        SqlValue::SingleQuotedString(text) => Value::Text(text.clone()),
        SqlValue::Boolean(truth) => Value::Truth(*truth),
        SqlValue::Null => Value::Missing,
        other => return Err(format!("`{other}` has no meaning here")),
    })
}

fn name(parts: &[&Ident]) -> Result<Node, String> {
    let parts: Vec<&str> = parts.iter().map(|part| part.value.as_str()).collect();
    Name::from_parts(&parts).map(Node::Name).ok_or_else(|| {
        format!("`{}` is no name; before the dot may stand {}", parts.join("."), Name::scopes().join(", "))
    })
}

fn operator(operator: &BinaryOperator) -> Result<Operator, String> {
    Ok(match operator {
        BinaryOperator::Plus => Operator::Add,
        BinaryOperator::Minus => Operator::Subtract,
        BinaryOperator::Multiply => Operator::Multiply,
        BinaryOperator::Divide => Operator::Divide,
        BinaryOperator::Eq => Operator::Equal,
        BinaryOperator::NotEq => Operator::Unequal,
        BinaryOperator::Lt => Operator::Less,
        BinaryOperator::LtEq => Operator::AtMost,
        BinaryOperator::Gt => Operator::Greater,
        BinaryOperator::GtEq => Operator::AtLeast,
        BinaryOperator::And => Operator::And,
        BinaryOperator::Or => Operator::Or,
        other => return Err(format!("the operator `{other}` has no meaning here")),
    })
}

fn case(
    operand: Option<&Expr>,
    conditions: &[CaseWhen],
    otherwise: Option<&Expr>,
    inside: bool,
) -> Result<Node, String> {
    let branch = |when: &CaseWhen| {
        let condition = node(&when.condition, inside)?;
        let condition = match operand {
            Some(operand) => Node::Binary(Operator::Equal, boxed(operand, inside)?, Box::new(condition)),
            None => condition,
        };
        Ok((condition, node(&when.result, inside)?))
    };
    let branches = conditions.iter().map(branch).collect::<Result<_, String>>()?;
    let otherwise = match otherwise {
        Some(otherwise) => node(otherwise, inside)?,
        None => Node::Constant(Value::Missing),
    };
    Ok(Node::Case(branches, Box::new(otherwise)))
}

fn call(function: &SqlFunction, inside: bool) -> Result<Node, String> {
    let called = function.name.to_string().to_uppercase();
    if function.over.is_some() || function.filter.is_some() {
        return Err(format!("`{called}` takes no OVER and no FILTER here"));
    }
    if let Some(aggregate) = aggregate(&called) {
        let arguments = arguments(&called, &function.args, true)?;
        return match (inside, <[Node; 1]>::try_from(arguments)) {
            (true, _) => Err(format!("`{called}` cannot stand inside another aggregate")),
            (false, Ok([inner])) => Ok(Node::Over(aggregate, Box::new(inner))),
            (false, Err(_)) => Err(format!("`{called}` takes one value")),
        };
    }
    let (function_kind, least, most) = match called.as_str() {
        "COALESCE" => (Function::Coalesce, 1, 20),
        "LEAST" => (Function::Least, 1, 20),
        "GREATEST" => (Function::Greatest, 1, 20),
        "MEAN" => (Function::Mean, 1, 20),
        "ABS" => (Function::Abs, 1, 1),
        "ROUND" => (Function::Round, 1, 2),
        "FLOOR" => (Function::Floor, 1, 1),
        "CEIL" | "CEILING" => (Function::Ceiling, 1, 1),
        _ => {
            return Err(format!(
                "there is no function `{called}`; known: COALESCE, LEAST, GREATEST, MEAN, ABS, ROUND, FLOOR, CEIL"
            ));
        }
    };
    let arguments = arguments(&called, &function.args, inside)?;
    if let (Function::Round, Some(places)) = (function_kind, arguments.get(1)) {
        let whole = |places: &Exact| *places >= 0 && *places <= 12 && *places == places.floor();
        if !matches!(places, Node::Constant(Value::Number(places)) if whole(places)) {
            return Err("`ROUND` takes a number of decimals from 0 to 12".to_owned());
        }
    }
    match (least..=most).contains(&arguments.len()) {
        true => Ok(Node::Call(function_kind, arguments)),
        false => Err(format!("`{called}` takes {least} to {most} values")),
    }
}

fn aggregate(called: &str) -> Option<Aggregate> {
    Some(match called {
        "SUM" => Aggregate::Sum,
        "AVG" => Aggregate::Mean,
        "MIN" => Aggregate::Least,
        "MAX" => Aggregate::Greatest,
        "COUNT" => Aggregate::Count,
        _ => return None,
    })
}

fn arguments(called: &str, arguments: &FunctionArguments, inside: bool) -> Result<Vec<Node>, String> {
    let FunctionArguments::List(list) = arguments else { return Err(format!("`{called}` needs values in brackets")) };
    if list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
        return Err(format!("`{called}` takes plain values only"));
    }
    let one = |argument: &FunctionArg| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => node(expression, inside),
        other => Err(format!("`{other}` has no meaning in `{called}`")),
    };
    list.args.iter().map(one).collect()
}
