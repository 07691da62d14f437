//! Expressions over named values: conditions, amounts, and numbers made of other numbers.
//!
//! The text is SQL, read by a library's parser; what it may say is a small part of SQL, evaluated exactly. In an
//! expression the hyphens of an id are underscores: `paid_amount * 0.006`, `total < 80 AND team.headcount > 2`.

mod depth;
mod evaluate;
mod kind;
mod name;
mod parse;
mod value;
mod words;

use std::ops::Range;

use crate::exact::Exact;

pub use depth::readable;
pub use evaluate::Env;
pub use kind::Kind;
pub use name::{Among, Name, Scope};
pub use value::{UNSET_SEPARATOR, Value};
pub use words::Words;

/// A parsed expression with the text that its author wrote.
#[derive(Clone, Debug)]
pub struct Formula {
    /// The text as written.
    pub text: String,
    /// Where it is written, in bytes of its file; empty for one that no file contains.
    pub at: Range<usize>,
    pub(super) root: Node,
}

/// One operation of an expression.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// A number, a text, a truth value or nothing.
    Constant(Value),
    /// A named value.
    Name(Name),
    /// The other sign.
    Negate(Box<Node>),
    /// The other truth.
    Not(Box<Node>),
    /// Two operands.
    Binary(Operator, Box<Node>, Box<Node>),
    /// Whether there is a value at all.
    IsMissing(Box<Node>),
    /// Whether a value equals one of several.
    OneOf(Box<Node>, Vec<Node>),
    /// The first branch whose condition holds, or the last node.
    Case(Vec<(Node, Node)>, Box<Node>),
    /// A function of its arguments.
    Call(Function, Vec<Node>),
    /// A number made of an expression over every agent of a group.
    Over(Aggregate, Box<Node>),
}

/// An operation on two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    And,
    Or,
}

/// A function that expressions may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Coalesce,
    Least,
    Greatest,
    Mean,
    Abs,
    Round,
    Floor,
    Ceiling,
}

/// How values of a group's agents become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// Their sum.
    Sum,
    /// Their mean; the missing ones are left out.
    Mean,
    /// The least.
    Least,
    /// The greatest.
    Greatest,
    /// How many hold or are there.
    Count,
}

impl Formula {
    /// Reads an expression, or says in a few words what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        Ok(Self { text: text.to_owned(), at: 0..0, root: parse::parse(text)? })
    }

    /// An expression that is only a number.
    pub fn constant(value: Exact) -> Self {
        Self { text: value.to_string(), at: 0..0, root: Node::Constant(Value::Number(value)) }
    }

    /// An expression that is only a value that its owner must still supply.
    pub fn unset(name: &str) -> Self {
        Self { text: "unset".to_owned(), at: 0..0, root: Node::Constant(Value::Unset(name.to_owned())) }
    }

    /// An expression that is worth nothing: what stands for one that cannot be read.
    pub fn nothing() -> Self {
        Self { text: "NULL".to_owned(), at: 0..0, root: Node::Constant(Value::Missing) }
    }

    /// An expression that is only one named value.
    pub fn of_name(name: Name) -> Self {
        Self { text: name.to_string(), at: 0..0, root: Node::Name(name) }
    }

    /// The same, written at this place of its file.
    pub fn written_at(self, at: Range<usize>) -> Self {
        Self { at, ..self }
    }

    /// The number, when the expression is nothing else.
    pub fn as_constant(&self) -> Option<&Exact> {
        match &self.root {
            Node::Constant(Value::Number(value)) => Some(value),
            _ => None,
        }
    }

    /// The named value, when the expression is nothing else.
    pub fn as_name(&self) -> Option<&Name> {
        match &self.root {
            Node::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The truth, when the expression is nothing else.
    pub fn as_truth(&self) -> Option<bool> {
        match &self.root {
            Node::Constant(Value::Truth(truth)) => Some(*truth),
            _ => None,
        }
    }

    /// The name of the value that it only is, and that must still be supplied.
    pub fn lacking(&self) -> Option<String> {
        match &self.root {
            Node::Constant(value) => value.lacking().map(str::to_owned),
            _ => None,
        }
    }

    /// Whether it runs an aggregate over the agents of a group.
    pub fn has_aggregate(&self) -> bool {
        holds_aggregate(&self.root)
    }

    /// Every name in it, in the order of the text, with how it is asked for.
    pub fn names(&self) -> Vec<(&Name, Among)> {
        let mut names = Vec::new();
        collect(&self.root, Among::One, &mut names);
        names
    }
}

impl Node {
    /// The operands, in the order of the text.
    fn parts(&self) -> Vec<&Node> {
        match self {
            Node::Constant(_) | Node::Name(_) => Vec::new(),
            Node::Negate(one) | Node::Not(one) | Node::IsMissing(one) | Node::Over(_, one) => vec![one],
            Node::Binary(_, left, right) => vec![left, right],
            Node::OneOf(one, list) => [&**one].into_iter().chain(list).collect(),
            Node::Case(branches, otherwise) => {
                let branches = branches.iter().flat_map(|(condition, result)| [condition, result]);
                branches.chain([&**otherwise]).collect()
            }
            Node::Call(_, arguments) => arguments.iter().collect(),
        }
    }
}

fn holds_aggregate(node: &Node) -> bool {
    matches!(node, Node::Over(..)) || node.parts().into_iter().any(holds_aggregate)
}

fn collect<'a>(node: &'a Node, among: Among, names: &mut Vec<(&'a Name, Among)>) {
    match node {
        Node::Name(name) => names.push((name, among)),
        Node::Over(_, inner) => collect(inner, Among::Members, names),
        other => other.parts().into_iter().for_each(|part| collect(part, among, names)),
    }
}
