//! Expressions in words: the labels of what they name, the signs of a school book, brackets where they are needed.

use crate::exact::Exact;
use crate::scheme::Unit;
use crate::scheme::formula::{Aggregate, Formula, Name, Node, Operator, Value};

use super::number::plain;
use super::{Reader, say};

/// How tightly the parts of a text hang together; a looser one inside a tighter one takes brackets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tightness {
    Clause,
    Or,
    And,
    Comparison,
    Sum,
    Product,
    Word,
}

impl Reader<'_> {
    /// An expression.
    pub(super) fn formula(&self, formula: &Formula) -> String {
        self.node(&formula.root, None)
    }

    /// An expression whose bare numbers are of a unit, such as the amount of a pay rule.
    pub(super) fn formula_in(&self, formula: &Formula, unit: Unit) -> String {
        self.node(&formula.root, Some(unit))
    }

    /// The unit of an expression that is one named value.
    pub(super) fn unit_of_formula(&self, formula: &Formula) -> Option<Unit> {
        self.unit(&formula.root)
    }

    pub(super) fn node(&self, node: &Node, unit: Option<Unit>) -> String {
        match node {
            Node::Constant(value) => self.constant(value, unit),
            Node::Name(name) => self.name(name),
            Node::Negate(one) => format!("−{}", self.inside(one, Tightness::Product, unit)),
            Node::Not(one) => self.not(one),
            Node::Binary(operator, left, right) => self.binary(*operator, left, right, unit),
            Node::IsMissing(one) => say!(self, "没有{}", "there is no {}", self.inside(one, Tightness::Product, None)),
            Node::OneOf(one, list) => {
                let words = list.iter().map(|value| self.side(value, one));
                say!(self, "{}为{}之一", "{} is one of {}", self.node(one, None), self.list(words))
            }
            Node::Case(branches, otherwise) => self.case(branches, otherwise, unit),
            Node::Call(function, arguments) => self.call(*function, arguments, unit),
            Node::Over(aggregate, inner) => self.over(*aggregate, inner),
        }
    }

    fn not(&self, inner: &Node) -> String {
        match inner {
            Node::IsMissing(one) => say!(self, "有{}", "there is {}", self.inside(one, Tightness::Product, None)),
            _ => say!(self, "非{}", "not {}", self.inside(inner, Tightness::Word, None)),
        }
    }

    fn binary(&self, operator: Operator, left: &Node, right: &Node, unit: Option<Unit>) -> String {
        let tightness = tightness_of(operator);
        if tightness == Tightness::Comparison {
            return self.comparison(operator, left, right);
        }
        let (zh, en) = match operator {
            Operator::And => (" 且 ", " and "),
            Operator::Or => (" 或 ", " or "),
            Operator::Add => (" + ", " + "),
            Operator::Subtract => (" − ", " − "),
            Operator::Multiply => (" × ", " × "),
            _ => (" ÷ ", " ÷ "),
        };
        let after = matches!(operator, Operator::Subtract | Operator::Divide);
        // Numbers in a sum are of the sum's unit; factors are bare.
        let unit = if tightness == Tightness::Sum { unit } else { None };
        let around = |side: &Node| match operator {
            // Grammar needs no brackets here; a reader does.
            Operator::Or if !matches!(side, Node::Binary(Operator::Or, ..)) => Tightness::Comparison,
            _ => tightness,
        };
        let left = self.inside(left, around(left), unit);
        let right = self.inside(right, if after { tighter(tightness) } else { around(right) }, unit);
        format!("{left}{}{right}", self.pick(zh, en))
    }

    fn comparison(&self, operator: Operator, left: &Node, right: &Node) -> String {
        let text = [left, right].iter().any(|side| matches!(side, Node::Constant(Value::Text(_) | Value::Truth(_))));
        let (zh, en) = match operator {
            Operator::Equal if text => ("为", " is "),
            Operator::Unequal if text => ("不为", " is not "),
            Operator::Equal => (" = ", " = "),
            Operator::Unequal => (" ≠ ", " ≠ "),
            Operator::Less => (" < ", " < "),
            Operator::AtMost => (" ≤ ", " ≤ "),
            Operator::Greater => (" > ", " > "),
            _ => (" ≥ ", " ≥ "),
        };
        format!("{}{}{}", self.side(left, right), self.pick(zh, en), self.side(right, left))
    }

    /// One side of a comparison: a bare number is of the other side's unit, a text may be an id that has a label.
    fn side(&self, side: &Node, other: &Node) -> String {
        match (side, other) {
            (Node::Constant(Value::Text(text)), Node::Name(name)) => self.word_for(name, text),
            _ => self.inside(side, Tightness::Sum, self.unit(other)),
        }
    }

    fn word_for(&self, name: &Name, text: &str) -> String {
        let grade = || self.scheme.grades.iter().find(|one| one.id == text).map(|one| &one.label);
        let title = || self.scheme.titles.iter().find(|one| one.id == text).map(|one| &one.label);
        let label = match name.id.as_str() {
            "grade" => grade(),
            "title" => title(),
            _ => None,
        };
        match (label, text) {
            (Some(label), _) => format!("“{}”", self.text(label)),
            (None, "confirmed") => self.pick("已转正", "confirmed").to_owned(),
            (None, "temp") => self.pick("临时人员", "temporary").to_owned(),
            (None, "probation") => self.pick("试用", "on probation").to_owned(),
            (None, text) => format!("“{text}”"),
        }
    }

    fn case(&self, branches: &[(Node, Node)], otherwise: &Node, unit: Option<Unit>) -> String {
        let mut words: Vec<String> = branches
            .iter()
            .map(|(condition, result)| {
                let (condition, result) = (self.node(condition, None), self.inside(result, Tightness::Or, unit));
                say!(self, "若{condition}则 {result}", "{result} if {condition}")
            })
            .collect();
        if !matches!(otherwise, Node::Constant(Value::Missing)) {
            let otherwise = self.inside(otherwise, Tightness::Or, unit);
            words.push(say!(self, "否则 {otherwise}", "otherwise {otherwise}"));
        }
        words.join(self.pick("，", ", "))
    }

    fn constant(&self, value: &Value, unit: Option<Unit>) -> String {
        match value {
            Value::Missing => self.pick("无", "none").to_owned(),
            Value::Unset(name) => self.lacking(name),
            Value::Number(number) => match unit {
                Some(unit) if !number.is_zero() => self.value(number, unit),
                _ => plain(number),
            },
            Value::Text(text) => format!("“{text}”"),
            Value::Truth(true) => self.pick("是", "true").to_owned(),
            Value::Truth(false) => self.pick("否", "false").to_owned(),
        }
    }

    /// A part of a larger text, in brackets where it is looser.
    pub(super) fn inside(&self, node: &Node, around: Tightness, unit: Option<Unit>) -> String {
        let words = self.node(node, unit);
        match tightness(node) < around {
            true => format!("({words})"),
            false => words,
        }
    }

    fn unit(&self, node: &Node) -> Option<Unit> {
        match node {
            Node::Name(name) => self.unit_of(name),
            Node::Negate(one) => self.unit(one),
            Node::Over(aggregate, one) if *aggregate != Aggregate::Count => self.unit(one),
            Node::Call(_, arguments) => arguments.first().and_then(|one| self.unit(one)),
            Node::Binary(Operator::Add | Operator::Subtract, left, right) => {
                self.unit(left).or_else(|| self.unit(right))
            }
            _ => None,
        }
    }
}

fn tightness_of(operator: Operator) -> Tightness {
    match operator {
        Operator::Or => Tightness::Or,
        Operator::And => Tightness::And,
        Operator::Add | Operator::Subtract => Tightness::Sum,
        Operator::Multiply | Operator::Divide => Tightness::Product,
        _ => Tightness::Comparison,
    }
}

fn tightness(node: &Node) -> Tightness {
    match node {
        Node::Binary(operator, ..) => tightness_of(*operator),
        Node::Negate(_) => Tightness::Sum,
        Node::IsMissing(_) | Node::OneOf(..) => Tightness::Comparison,
        Node::Not(_) => Tightness::Comparison,
        Node::Case(..) => Tightness::Clause,
        Node::Constant(Value::Number(number)) if number < &Exact::zero() => Tightness::Sum,
        Node::Constant(_) | Node::Name(_) | Node::Call(..) | Node::Over(..) => Tightness::Word,
    }
}

fn tighter(tightness: Tightness) -> Tightness {
    match tightness {
        Tightness::Sum => Tightness::Product,
        _ => Tightness::Word,
    }
}
