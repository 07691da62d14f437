//! What an expression is worth by its form: a number, a text or a truth; and where it mixes them up.

use std::fmt;

use super::{Aggregate, Formula, Function, Name, Node, Operator, Value};

/// A kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number.
    Number,
    /// A text.
    Text,
    /// A truth.
    Truth,
    /// It cannot be told beforehand.
    Any,
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Truth => "a condition",
            Self::Any => "anything",
        })
    }
}

/// What is wrong with the kinds of an expression, in a few words each.
type Wrong = Vec<String>;

impl Formula {
    /// Its kind, when `of` knows the kinds of names, and what it mixes up.
    pub fn kind(&self, of: &dyn Fn(&Name) -> Kind) -> (Kind, Vec<String>) {
        let mut wrong = Wrong::new();
        (kind(&self.root, of, &mut wrong), wrong)
    }

    /// The texts with which names are compared.
    pub fn compared_texts(&self) -> Vec<(&Name, &str)> {
        let mut found = Vec::new();
        compared_texts(&self.root, &mut found);
        found
    }
}

fn kind(node: &Node, of: &dyn Fn(&Name) -> Kind, wrong: &mut Wrong) -> Kind {
    match node {
        Node::Constant(Value::Number(_)) => Kind::Number,
        Node::Constant(Value::Text(_)) => Kind::Text,
        Node::Constant(Value::Truth(_)) => Kind::Truth,
        Node::Constant(Value::Missing | Value::Unset(_)) => Kind::Any,
        Node::Name(name) => of(name),
        Node::Negate(one) => all([&**one], Kind::Number, of, wrong),
        Node::Not(one) => all([&**one], Kind::Truth, of, wrong),
        Node::Binary(Operator::And | Operator::Or, left, right) => all([&**left, &**right], Kind::Truth, of, wrong),
        Node::Binary(
            operator @ (Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide),
            left,
            right,
        ) => {
            if *operator == Operator::Divide && is_nought(right) {
                wrong.push("it divides by nought, which is never worth anything".to_owned());
            }
            all([&**left, &**right], Kind::Number, of, wrong)
        }
        Node::Binary(_, left, right) => compared(left, [&**right], of, wrong),
        Node::IsMissing(one) => {
            kind(one, of, wrong);
            Kind::Truth
        }
        Node::OneOf(one, list) => compared(one, list, of, wrong),
        Node::Case(branches, otherwise) => {
            all(branches.iter().map(|(condition, _)| condition), Kind::Truth, of, wrong);
            same(branches.iter().map(|(_, result)| result).chain([&**otherwise]), of, wrong)
        }
        Node::Call(Function::Coalesce, arguments) => same(arguments, of, wrong),
        Node::Call(_, arguments) => all(arguments, Kind::Number, of, wrong),
        Node::Over(Aggregate::Count, inner) => {
            kind(inner, of, wrong);
            Kind::Number
        }
        Node::Over(_, inner) => all([&**inner], Kind::Number, of, wrong),
    }
}

/// Operands that must all be of one kind, which is then the result's.
fn all<'n>(
    nodes: impl IntoIterator<Item = &'n Node>,
    wanted: Kind,
    of: &dyn Fn(&Name) -> Kind,
    wrong: &mut Wrong,
) -> Kind {
    for node in nodes {
        let found = kind(node, of, wrong);
        if found != wanted && found != Kind::Any {
            wrong.push(format!("{} is {found} where {wanted} is needed", said(node)));
        }
    }
    wanted
}

fn compared<'n>(
    one: &Node,
    others: impl IntoIterator<Item = &'n Node>,
    of: &dyn Fn(&Name) -> Kind,
    wrong: &mut Wrong,
) -> Kind {
    let left = kind(one, of, wrong);
    for other in others {
        if [one, other].into_iter().any(|side| matches!(side, Node::Constant(Value::Missing))) {
            wrong.push("nothing equals NULL; write `IS NULL` or `IS NOT NULL`".to_owned());
        }
        let right = kind(other, of, wrong);
        if left != right && left != Kind::Any && right != Kind::Any {
            wrong.push(format!(
                "{} is {left} and cannot be compared with {}, which is {right}",
                said(one),
                said(other)
            ));
        }
    }
    Kind::Truth
}

/// The kind that all of several values have; anything where they differ.
fn same<'n>(nodes: impl IntoIterator<Item = &'n Node>, of: &dyn Fn(&Name) -> Kind, wrong: &mut Wrong) -> Kind {
    let kinds: Vec<Kind> =
        nodes.into_iter().map(|node| kind(node, of, wrong)).filter(|one| *one != Kind::Any).collect();
    match kinds.split_first() {
        Some((first, rest)) if rest.iter().all(|one| one == first) => *first,
        _ => Kind::Any,
    }
}

fn is_nought(node: &Node) -> bool {
    matches!(node, Node::Constant(Value::Number(number)) if number.is_zero())
}

fn said(node: &Node) -> String {
    match node {
        Node::Name(name) => format!("`{name}`"),
        Node::Constant(Value::Number(number)) => format!("`{number}`"),
        Node::Constant(Value::Text(text)) => format!("`'{text}'`"),
        Node::Constant(Value::Truth(truth)) => format!("`{}`", truth.to_string().to_uppercase()),
        _ => "a part of it".to_owned(),
    }
}

fn compared_texts<'f>(node: &'f Node, found: &mut Vec<(&'f Name, &'f str)>) {
    match node {
        Node::Binary(Operator::Equal | Operator::Unequal, left, right) => {
            if let (Node::Name(name), Node::Constant(Value::Text(text)))
            | (Node::Constant(Value::Text(text)), Node::Name(name)) = (&**left, &**right)
            {
                found.push((name, text));
            }
        }
        Node::OneOf(one, list) => {
            found.extend(list.iter().filter_map(|other| match (&**one, other) {
                (Node::Name(name), Node::Constant(Value::Text(text))) => Some((name, text.as_str())),
                _ => None,
            }));
        }
        _ => {}
    }
    node.parts().into_iter().for_each(|part| compared_texts(part, found));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (Kind, Vec<String>) {
        let names = |name: &Name| match name.id.as_str() {
            "grade" => Kind::Text,
            "five-star" => Kind::Truth,
            _ => Kind::Number,
        };
        Formula::parse(text).expect(text).kind(&names)
    }

    #[test]
    fn kinds_follow_from_the_form() {
        for (text, expected) in [
            ("total + 1", Kind::Number),
            ("total < 80 AND five_star", Kind::Truth),
            ("CASE WHEN five_star THEN grade ELSE 'none' END", Kind::Text),
            ("COALESCE(total, 0)", Kind::Number),
            ("COUNT(total > 80)", Kind::Number),
            ("NULL", Kind::Any),
        ] {
            assert_eq!(of(text), (expected, Vec::new()), "{text}");
        }
    }

    #[test]
    fn what_is_mixed_up_is_named() {
        assert_eq!(of("grade >= 80").1, ["`grade` is a text and cannot be compared with `80`, which is a number"]);
        assert_eq!(of("total AND five_star").1, ["`total` is a number where a condition is needed"]);
        assert_eq!(of("total = NULL").1, ["nothing equals NULL; write `IS NULL` or `IS NOT NULL`"]);
        assert_eq!(of("total / 0").1, ["it divides by nought, which is never worth anything"]);
        assert_eq!(of("five_star + 1").1, ["`five_star` is a condition where a number is needed"]);
    }

    #[test]
    fn texts_are_found_wherever_they_are_compared() {
        let formula = Formula::parse("grade IN ('a', 'b') OR NOT 'c' = agent.title").expect("an expression");
        let texts: Vec<String> = formula.compared_texts().iter().map(|(name, text)| format!("{name} {text}")).collect();
        assert_eq!(texts, ["grade a", "grade b", "agent.title c"]);
    }
}
