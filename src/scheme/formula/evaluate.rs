//! The value of an expression: exact, with SQL's rules for what is missing; what is unset wins over what is missing.

use std::cmp::Ordering;

use crate::exact::Exact;

use super::{Aggregate, Formula, Function, Name, Node, Operator, Value};

/// Where named values come from.
pub trait Env {
    /// The value of a name.
    fn value(&self, name: &Name) -> Value;

    /// The values of an expression for every agent of the group; none outside a group.
    fn members(&self, evaluate: &dyn Fn(&dyn Env) -> Value) -> Vec<Value>;
}

impl Formula {
    /// Evaluates it.
    pub fn evaluate(&self, env: &dyn Env) -> Value {
        evaluate(&self.root, env)
    }
}

fn evaluate(node: &Node, env: &dyn Env) -> Value {
    match node {
        Node::Constant(value) => value.clone(),
        Node::Name(name) => env.value(name),
        Node::Negate(one) => numeric(evaluate(one, env), |number| Some(-number)),
        Node::Not(one) => match evaluate(one, env) {
            Value::Truth(truth) => Value::Truth(!truth),
            Value::Unset(name) => Value::Unset(name),
            _ => Value::Missing,
        },
        Node::Binary(Operator::And, left, right) => conjunction(left, right, env, false),
        Node::Binary(Operator::Or, left, right) => conjunction(left, right, env, true),
        Node::Binary(operator, left, right) => binary(*operator, evaluate(left, env), evaluate(right, env)),
        Node::IsMissing(one) => match evaluate(one, env) {
            Value::Unset(name) => Value::Unset(name),
            value => Value::Truth(value == Value::Missing),
        },
        Node::OneOf(one, list) => one_of(&evaluate(one, env), list, env),
        Node::Case(branches, otherwise) => case(branches, otherwise, env),
        Node::Call(function, arguments) => call(*function, arguments, env),
        Node::Over(aggregate, inner) => over(*aggregate, env.members(&|member| evaluate(inner, member))),
    }
}

/// `AND` ends at the first that is false, `OR` at the first that is true.
fn conjunction(left: &Node, right: &Node, env: &dyn Env, decisive: bool) -> Value {
    let left = evaluate(left, env);
    if left == Value::Truth(decisive) {
        return left;
    }
    let right = evaluate(right, env);
    match (left, right) {
        (_, Value::Truth(truth)) if truth == decisive => Value::Truth(decisive),
        (Value::Unset(name), _) | (_, Value::Unset(name)) => Value::Unset(name),
        (Value::Truth(_), Value::Truth(_)) => Value::Truth(!decisive),
        _ => Value::Missing,
    }
}

fn binary(operator: Operator, left: Value, right: Value) -> Value {
    match (left, right) {
        (Value::Unset(one), Value::Unset(other)) => Value::unset_both(&one, &other),
        (Value::Unset(name), _) | (_, Value::Unset(name)) => Value::Unset(name),
        (Value::Number(left), Value::Number(right)) => numbers(operator, left, right),
        (Value::Text(left), Value::Text(right)) => compared(operator, left.cmp(&right)),
        (Value::Truth(left), Value::Truth(right)) => compared(operator, left.cmp(&right)),
        _ => Value::Missing,
    }
}

fn numbers(operator: Operator, left: Exact, right: Exact) -> Value {
    match operator {
        Operator::Add => Value::Number(left + right),
        Operator::Subtract => Value::Number(left - right),
        Operator::Multiply => Value::Number(left * right),
        Operator::Divide => Value::of(left.checked_div(&right)),
        other => compared(other, left.cmp(&right)),
    }
}

fn compared(operator: Operator, order: Ordering) -> Value {
    Value::Truth(match operator {
        Operator::Equal => order.is_eq(),
        Operator::Unequal => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::AtMost => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::AtLeast => order.is_ge(),
        _ => return Value::Missing,
    })
}

fn one_of(one: &Value, list: &[Node], env: &dyn Env) -> Value {
    let mut open = None;
    for node in list {
        match binary(Operator::Equal, one.clone(), evaluate(node, env)) {
            Value::Truth(true) => return Value::Truth(true),
            Value::Truth(false) => {}
            unset @ Value::Unset(_) => open = Some(unset),
            other => open = open.or(Some(other)),
        }
    }
    open.unwrap_or(Value::Truth(false))
}

fn case(branches: &[(Node, Node)], otherwise: &Node, env: &dyn Env) -> Value {
    for (condition, result) in branches {
        match evaluate(condition, env) {
            Value::Truth(true) => return evaluate(result, env),
            Value::Unset(name) => return Value::Unset(name),
            _ => {}
        }
    }
    evaluate(otherwise, env)
}

fn call(function: Function, arguments: &[Node], env: &dyn Env) -> Value {
    let values = || arguments.iter().map(|node| evaluate(node, env));
    match function {
        Function::Coalesce => values().find(|value| *value != Value::Missing).unwrap_or(Value::Missing),
        // As in SQL, what is missing is passed over.
        Function::Least => extreme(values().collect(), Ordering::Less),
        Function::Greatest => extreme(values().collect(), Ordering::Greater),
        Function::Mean => over(Aggregate::Mean, values().collect()),
        Function::Abs => numeric(evaluate(&arguments[0], env), |number| Some(number.abs())),
        Function::Floor => numeric(evaluate(&arguments[0], env), |number| Some(number.floor())),
        Function::Ceiling => numeric(evaluate(&arguments[0], env), |number| Some(-(-number).floor())),
        Function::Round => {
            let places = match arguments.get(1).map(|node| evaluate(node, env)) {
                Some(Value::Number(places)) => places.to_f64() as u32,
                _ => 0,
            };
            numeric(evaluate(&arguments[0], env), |number| Some(number.rounded(places.min(12))))
        }
    }
}

fn numeric(value: Value, change: impl Fn(Exact) -> Option<Exact>) -> Value {
    match value {
        Value::Number(number) => Value::of(change(number)),
        Value::Unset(name) => Value::Unset(name),
        _ => Value::Missing,
    }
}

fn extreme(values: Vec<Value>, wanted: Ordering) -> Value {
    if let Some(unset) = values.iter().find(|value| matches!(value, Value::Unset(_))) {
        return unset.clone();
    }
    let numbers = values.iter().filter_map(Value::number);
    let best = numbers.reduce(|best, other| if other.cmp(best) == wanted { other } else { best });
    Value::of(best.cloned())
}

fn over(aggregate: Aggregate, values: Vec<Value>) -> Value {
    if let Some(unset) = values.iter().find(|value| matches!(value, Value::Unset(_))) {
        return unset.clone();
    }
    let count = |values: &[Value]| {
        Exact::whole(values.iter().filter(|value| value.is_there() && **value != Value::Truth(false)).count() as i64)
    };
    let numbers: Vec<Exact> = values.iter().filter_map(Value::number).cloned().collect();
    match aggregate {
        Aggregate::Count => Value::Number(count(&values)),
        Aggregate::Sum => Value::Number(numbers.into_iter().sum()),
        Aggregate::Mean => {
            let many = Exact::whole(numbers.len() as i64);
            Value::of(numbers.into_iter().sum::<Exact>().checked_div(&many))
        }
        Aggregate::Least => extreme(values, Ordering::Less),
        Aggregate::Greatest => extreme(values, Ordering::Greater),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Desk;

    impl Env for Desk {
        fn value(&self, name: &Name) -> Value {
            match name.to_string().as_str() {
                "total" => Value::Number(Exact::whole(79)),
                "team.sales" => Value::Number(Exact::whole(3)),
                "late" => Value::Unset("late".to_owned()),
                _ => Value::Missing,
            }
        }

        fn members(&self, evaluate: &dyn Fn(&dyn Env) -> Value) -> Vec<Value> {
            vec![evaluate(self), evaluate(self)]
        }
    }

    fn worth(text: &str) -> Value {
        Formula::parse(text).expect(text).evaluate(&Desk)
    }

    fn number(text: &str) -> Value {
        Value::of(Exact::parse(text))
    }

    #[test]
    fn numbers_are_exact() {
        assert_eq!(worth("0.1 + 0.2"), number("0.3"));
        assert_eq!(worth("team.sales / 3 * 0.006"), number("0.006"));
        assert_eq!(worth("ROUND(2.345, 2)"), number("2.35"));
        assert_eq!(worth("ROUND(-2.345, 2)"), number("-2.35"));
        assert_eq!(worth("LEAST(total, 80) + GREATEST(1, nothing) - ABS(-1)"), number("79"));
        assert_eq!(worth("CEIL(1.2) + FLOOR(-1.2)"), number("0"));
        assert_eq!(worth("total / 0"), Value::Missing);
    }

    #[test]
    fn conditions_follow_the_rules_for_what_is_missing() {
        assert!(worth("total < 80 AND NOT total < 79").holds());
        assert!(!worth("nothing < 80").holds());
        assert!(worth("nothing IS NULL AND total IS NOT NULL").holds());
        assert!(worth("total BETWEEN 79 AND 80 AND total NOT IN (1, 2)").holds());
        assert_eq!(worth("nothing < 80 OR TRUE"), Value::Truth(true));
        assert_eq!(worth("nothing < 80 AND FALSE"), Value::Truth(false));
        assert_eq!(worth("CASE WHEN nothing > 1 THEN 1 WHEN total > 1 THEN 2 ELSE 3 END"), number("2"));
    }

    #[test]
    fn what_is_unset_is_named_only_where_it_is_needed() {
        assert_eq!(worth("late * 3"), Value::Unset("late".to_owned()));
        assert_eq!(worth("late > 3 AND total > 80"), Value::Truth(false));
        assert_eq!(worth("CASE WHEN total > 80 THEN late ELSE 0 END"), number("0"));
    }

    #[test]
    fn a_group_is_counted_over_its_members() {
        assert_eq!(worth("SUM(total) / COUNT(total)"), number("79"));
        assert_eq!(worth("AVG(nothing)"), Value::Missing);
        assert_eq!(worth("COUNT(total > 80)"), number("0"));
    }

    #[test]
    fn what_is_no_expression_of_ours_is_refused() {
        for wrong in
            ["total <", "SELECT 1", "total; 1", "pow(2, 3)", "a.b.c.d", "x LIKE 'a'", "(SELECT 1)", "", "SUM(SUM(x))"]
        {
            assert!(Formula::parse(wrong).is_err(), "{wrong}");
        }
    }
}
