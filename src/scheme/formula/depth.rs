//! How deep SQL nests: reading it goes down once per level, and a thread's stack is only so deep.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Visit, Visitor};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

/// Deeper SQL is nobody's metric; a chain such as `a + b + c` is one level per sign.
const DEEPEST: usize = 32;

/// Refuses SQL that is longer or nests deeper than anything a person writes.
pub fn readable(sql: &str) -> Result<(), String> {
    let tokens = super::parse::tokens(sql)?;
    // What cannot be read at all is refused, in its own words, by whoever reads it next.
    let Ok(expression) = Parser::new(&GenericDialect {}).with_tokens_with_locations(tokens).parse_expr() else {
        return Ok(());
    };
    let mut depth = Depth::default();
    let _ = expression.visit(&mut depth);
    match depth.deepest {
        deepest if deepest > DEEPEST => Err(format!("it nests {deepest} levels, more than {DEEPEST}")),
        _ => Ok(()),
    }
}

/// Counts levels on the way down and up.
#[derive(Default)]
struct Depth {
    now: usize,
    deepest: usize,
}

impl Visitor for Depth {
    type Break = ();

    fn pre_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        self.now += 1;
        self.deepest = self.deepest.max(self.now);
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        self.now -= 1;
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_and_brackets_are_counted_alike() {
        assert_eq!(readable(&format!("1{}", " + 1".repeat(31))), Ok(()));
        let chain = readable(&format!("1{}", " + 1".repeat(40)));
        assert_eq!(chain, Err("it nests 41 levels, more than 32".to_owned()));
        let brackets = readable(&format!("{}1{}", "(".repeat(40), ")".repeat(40)));
        assert_eq!(brackets, Err("it nests 41 levels, more than 32".to_owned()));
    }
}
