//! Expressions as people read them: `CASE WHEN total >= 90 THEN 500 END` becomes "总分 ≥ 90：500".

use crate::words::Bilingual;

use super::{Aggregate, Formula, Function, Name, Node, Operator, Value};

/// What people call the names and texts of an expression.
pub trait Words {
    /// A named value.
    fn name(&self, name: &Name) -> Bilingual;
    /// A text that is compared, such as a grade's id.
    fn text(&self, text: &str) -> Bilingual;
}

impl Formula {
    /// The expression in both languages.
    pub fn in_words(&self, words: &dyn Words) -> Bilingual {
        said(&self.root, words)
    }
}

fn said(node: &Node, words: &dyn Words) -> Bilingual {
    match node {
        Node::Constant(value) => constant(value, words),
        Node::Name(name) => words.name(name),
        Node::Negate(one) => around("−", &inside(one, Strength::Product, words), "", ""),
        Node::Not(one) => not(one, words),
        Node::Binary(operator, left, right) => binary(*operator, left, right, words),
        Node::IsMissing(one) => around("", &inside(one, Strength::Comparison, words), "无数据", " has no data"),
        Node::OneOf(one, list) => {
            let list: Vec<Bilingual> = list.iter().map(|one| said(one, words)).collect();
            let one = inside(one, Strength::Comparison, words);
            Bilingual::new(
                format!("{}为{}", one.zh, listed(&list, "或").zh),
                format!("{} is {}", one.en, listed(&list, " or ").en),
            )
        }
        Node::Case(branches, otherwise) => case(branches, otherwise, words),
        Node::Call(function, arguments) => {
            let arguments: Vec<Bilingual> = arguments.iter().map(|one| said(one, words)).collect();
            call(*function, &arguments)
        }
        Node::Over(aggregate, one) => over(*aggregate, &said(one, words)),
    }
}

/// How tightly an operation binds, the loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Or,
    And,
    Comparison,
    Sum,
    Product,
    Whole,
}

fn strength(node: &Node) -> Strength {
    match node {
        Node::Binary(operator, ..) => match operator {
            Operator::Or => Strength::Or,
            Operator::And => Strength::And,
            Operator::Add | Operator::Subtract => Strength::Sum,
            Operator::Multiply | Operator::Divide => Strength::Product,
            _ => Strength::Comparison,
        },
        Node::Case(..) => Strength::Or,
        Node::Not(_) | Node::IsMissing(_) | Node::OneOf(..) => Strength::Comparison,
        _ => Strength::Whole,
    }
}

/// An operand, in brackets where it binds less tightly than `least`.
fn inside(node: &Node, least: Strength, words: &dyn Words) -> Bilingual {
    let text = said(node, words);
    if strength(node) < least { Bilingual::new(format!("（{}）", text.zh), format!("({})", text.en)) } else { text }
}

fn binary(operator: Operator, left: &Node, right: &Node, words: &dyn Words) -> Bilingual {
    let (sign, least) = match operator {
        Operator::Add => ("+", Strength::Sum),
        Operator::Subtract => ("−", Strength::Sum),
        Operator::Multiply => ("×", Strength::Product),
        Operator::Divide => ("÷", Strength::Product),
        Operator::Equal => ("=", Strength::Sum),
        Operator::Unequal => ("≠", Strength::Sum),
        Operator::Less => ("<", Strength::Sum),
        Operator::AtMost => ("≤", Strength::Sum),
        Operator::Greater => (">", Strength::Sum),
        Operator::AtLeast => ("≥", Strength::Sum),
        Operator::And => return both(["且", "and"], Strength::And, left, right, words),
        Operator::Or => return both(["或", "or"], Strength::Or, left, right, words),
    };
    // What is subtracted or divided by stands in brackets unless it is one piece.
    let tighter = match operator {
        Operator::Subtract => Strength::Product,
        Operator::Divide => Strength::Whole,
        _ => least,
    };
    let (left, right) = (inside(left, least, words), inside(right, tighter, words));
    Bilingual::new(format!("{} {sign} {}", left.zh, right.zh), format!("{} {sign} {}", left.en, right.en))
}

fn both([zh, en]: [&str; 2], least: Strength, left: &Node, right: &Node, words: &dyn Words) -> Bilingual {
    let (left, right) = (inside(left, least, words), inside(right, least, words));
    Bilingual::new(format!("{} {zh} {}", left.zh, right.zh), format!("{} {en} {}", left.en, right.en))
}

fn not(node: &Node, words: &dyn Words) -> Bilingual {
    match node {
        Node::IsMissing(one) => around("", &inside(one, Strength::Comparison, words), "有数据", " has data"),
        _ => {
            let text = inside(node, Strength::Whole, words);
            Bilingual::new(format!("非{}", text.zh), format!("not {}", text.en))
        }
    }
}

fn case(branches: &[(Node, Node)], otherwise: &Node, words: &dyn Words) -> Bilingual {
    let mut all: Vec<Bilingual> = branches
        .iter()
        .map(|(condition, result)| {
            let (condition, result) = (said(condition, words), said(result, words));
            Bilingual::new(format!("{}：{}", condition.zh, result.zh), format!("{}: {}", condition.en, result.en))
        })
        .collect();
    if !matches!(otherwise, Node::Constant(Value::Missing)) {
        let otherwise = said(otherwise, words);
        all.push(Bilingual::new(format!("否则 {}", otherwise.zh), format!("otherwise {}", otherwise.en)));
    }
    let zh: Vec<&str> = all.iter().map(|one| one.zh.as_str()).collect();
    let en: Vec<&str> = all.iter().map(|one| one.en.as_str()).collect();
    Bilingual::new(zh.join("；"), en.join("; "))
}

fn call(function: Function, arguments: &[Bilingual]) -> Bilingual {
    let (zh, en) = match function {
        Function::Coalesce => return coalesce(arguments),
        Function::Least => ("取最小", "least of "),
        Function::Greatest => ("取最大", "greatest of "),
        Function::Mean => ("平均", "mean of "),
        Function::Abs => ("绝对值", "absolute "),
        Function::Round => ("四舍五入", "rounded "),
        Function::Floor => ("向下取整", "rounded down "),
        Function::Ceiling => ("向上取整", "rounded up "),
    };
    let list = Bilingual::new(listed(arguments, "，").zh, listed(arguments, ", ").en);
    Bilingual::new(format!("{zh}（{}）", list.zh), format!("{en}({})", list.en))
}

/// The first that is there; nought for what is missing goes without saying.
fn coalesce(arguments: &[Bilingual]) -> Bilingual {
    match arguments {
        [first, rest] if rest.zh == "0" => first.clone(),
        [first, rest @ ..] if !rest.is_empty() => {
            let rest = Bilingual::new(listed(rest, "，再无则 ").zh, listed(rest, ", else ").en);
            Bilingual::new(
                format!("{}（无数据时 {}）", first.zh, rest.zh),
                format!("{} (without data {})", first.en, rest.en),
            )
        }
        _ => listed(arguments, "，"),
    }
}

fn over(aggregate: Aggregate, one: &Bilingual) -> Bilingual {
    let (zh, en) = match aggregate {
        Aggregate::Sum => ("全员合计", "sum over all of "),
        Aggregate::Mean => ("全员平均", "mean over all of "),
        Aggregate::Least => ("全员最小", "least of all "),
        Aggregate::Greatest => ("全员最大", "greatest of all "),
        Aggregate::Count => ("人数", "number with "),
    };
    Bilingual::new(format!("{zh}（{}）", one.zh), format!("{en}({})", one.en))
}

fn constant(value: &Value, words: &dyn Words) -> Bilingual {
    match value {
        Value::Missing => Bilingual::new("无", "nothing"),
        Value::Unset(_) => Bilingual::new("未设定", "unset"),
        Value::Number(number) => Bilingual::same(number.trimmed(6)),
        Value::Text(text) => words.text(text),
        Value::Truth(true) => Bilingual::new("是", "yes"),
        Value::Truth(false) => Bilingual::new("否", "no"),
    }
}

fn listed(all: &[Bilingual], between: &str) -> Bilingual {
    let zh: Vec<&str> = all.iter().map(|one| one.zh.as_str()).collect();
    let en: Vec<&str> = all.iter().map(|one| one.en.as_str()).collect();
    Bilingual::new(zh.join(between), en.join(between))
}

fn around(before: &str, one: &Bilingual, zh: &str, en: &str) -> Bilingual {
    Bilingual::new(format!("{before}{}{zh}", one.zh), format!("{before}{}{en}", one.en))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Labels;

    impl Words for Labels {
        fn name(&self, name: &Name) -> Bilingual {
            match name.id.as_str() {
                "total" => Bilingual::new("总分", "total"),
                other => Bilingual::same(other),
            }
        }

        fn text(&self, text: &str) -> Bilingual {
            Bilingual::new(format!("“{text}”"), format!("\"{text}\""))
        }
    }

    fn words(text: &str) -> Bilingual {
        Formula::parse(text).expect(text).in_words(&Labels)
    }

    #[test]
    fn an_expression_reads_as_a_sentence() {
        assert_eq!(words("CASE WHEN total >= 90 THEN 500 ELSE 0 END").zh, "总分 ≥ 90：500；否则 0");
        assert_eq!(words("total < 80 AND (rank = 1 OR late IS NULL)").zh, "总分 < 80 且 （rank = 1 或 late无数据）");
        assert_eq!(words("grade IN ('a', 'b')").en, "grade is \"a\" or \"b\"");
        assert_eq!(words("LEAST(total * 0.006, 20)").zh, "取最小（总分 × 0.006，20）");
        assert_eq!(words("COALESCE(bonus, 0) + 1").zh, "bonus + 1");
    }

    #[test]
    fn brackets_keep_the_meaning() {
        assert_eq!(words("(a + b) * c").zh, "（a + b） × c");
        assert_eq!(words("a - (b - c)").en, "a − (b − c)");
        assert_eq!(words("a / (b * c)").en, "a ÷ (b × c)");
        assert_eq!(words("a + b * c").en, "a + b × c");
    }
}
