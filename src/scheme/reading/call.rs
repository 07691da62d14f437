//! Functions of expressions in words.

use crate::scheme::Unit;
use crate::scheme::formula::{Aggregate, Function, Node, Value};

use super::formula::Tightness;
use super::{Reader, say};

impl Reader<'_> {
    /// A function of its arguments.
    pub(super) fn call(&self, function: Function, arguments: &[Node], unit: Option<Unit>) -> String {
        let first = || arguments.first().map(|one| self.inside(one, Tightness::Product, unit)).unwrap_or_default();
        let limit = |place: usize| match arguments {
            [_, _] => arguments.get(place).filter(|one| matches!(one, Node::Constant(Value::Number(_)))),
            _ => None,
        };
        match (function, limit(1)) {
            (Function::Coalesce, Some(zero)) => {
                say!(self, "{}（无数据时为 {}）", "{} ({} without data)", first(), self.node(zero, unit))
            }
            (Function::Greatest, Some(least)) => {
                say!(self, "{}（不低于 {}）", "{} (at least {})", first(), self.node(least, unit))
            }
            (Function::Least, Some(most)) => {
                say!(self, "{}（不超过 {}）", "{} (at most {})", first(), self.node(most, unit))
            }
            (Function::Round, places) => {
                let places = places.map_or_else(|| "0".to_owned(), |places| self.node(places, None));
                say!(self, "{}（四舍五入到 {places} 位小数）", "{} (rounded to {places} decimals)", first())
            }
            (Function::Floor, _) => say!(self, "{}（舍去小数）", "{} (rounded down)", first()),
            (Function::Ceiling, _) => say!(self, "{}（向上取整）", "{} (rounded up)", first()),
            (Function::Abs, _) => say!(self, "{}的绝对值", "the size of {}", first()),
            (function, _) => {
                let words = self.list(arguments.iter().map(|one| self.node(one, unit)));
                self.bracketed(self.function(function), &words)
            }
        }
    }

    fn function(&self, function: Function) -> &'static str {
        match function {
            Function::Coalesce => self.pick("第一个有数据的", "the first with data of "),
            Function::Least => self.pick("较小者", "the lesser of "),
            Function::Greatest => self.pick("较大者", "the greater of "),
            _ => self.pick("平均", "the mean of "),
        }
    }

    /// A number made of every agent's.
    pub(super) fn over(&self, aggregate: Aggregate, inner: &Node) -> String {
        let what = match aggregate {
            Aggregate::Sum => self.pick("各人合计", "the sum over agents of "),
            Aggregate::Mean => self.pick("各人平均", "the mean over agents of "),
            Aggregate::Least => self.pick("各人最小", "the least of the agents' "),
            Aggregate::Greatest => self.pick("各人最大", "the greatest of the agents' "),
            Aggregate::Count => self.pick("人数", "the number of agents with "),
        };
        self.bracketed(what, &self.node(inner, None))
    }

    fn bracketed(&self, what: &str, words: &str) -> String {
        say!(self, "{what}（{words}）", "{what}({words})")
    }
}
