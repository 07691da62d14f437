//! What an expression says to people, and the numbers that stood in it for one of them.

use std::collections::BTreeSet;

use crate::exact::Exact;
use crate::scheme::formula::{Among, Name, Scope, Value, Words};
use crate::scheme::{Formula, FormulaRule, Level, NamedFormula, Scheme, Unit};
use crate::tables::Member;
use crate::words::Bilingual;

use super::desk::Desk;

/// Numbers beyond which a reason is no longer read.
const MOST_NUMBERS: usize = 8;

/// The names of a scheme as people call them.
pub(super) struct Labels<'a>(pub(super) &'a Scheme);

/// An expression in words, ready to be told of one after the other, each with the values of its names.
pub(super) struct Reason<'s> {
    labels: Labels<'s>,
    /// What the named formula is called that the expression only is.
    called: Option<&'s Bilingual>,
    words: Bilingual,
    /// Whether the words are one name.
    is_plain: bool,
    names: Vec<Told<'s>>,
}

/// A name in an expression.
struct Told<'s> {
    name: &'s Name,
    label: Bilingual,
    print: Print,
}

/// How a number is printed.
#[derive(Clone, Copy)]
enum Print {
    Yuan,
    Plain,
    In(Unit, u32),
}

/// An expression in words, with the value of every name in it for an agent: "总分 × 20（总分 = 88.5）".
pub(super) fn of_agent(desk: &Desk<'_>, formula: &Formula, member: &Member) -> Bilingual {
    Reason::of(desk.facts.scheme, formula).of_agent(desk, member)
}

/// The same in one part of the month.
pub(super) fn in_week(desk: &Desk<'_>, formula: &Formula, member: &Member, week: Option<usize>) -> Bilingual {
    Reason::of(desk.facts.scheme, formula).told(&|name| desk.value_in_week(name, member, week))
}

/// The same for a group.
pub(super) fn of_group(desk: &Desk<'_>, formula: &Formula, level: Level, group: &str) -> Bilingual {
    let inner = alone(desk.facts.scheme, formula).and_then(expression);
    let reason = Reason::written(desk.facts.scheme, inner.unwrap_or(formula));
    reason.told(&|name| desk.of_group(&Formula::of_name(name.clone()), level, group))
}

impl<'s> Reason<'s> {
    /// Prepares an expression; one that is only a named formula is told with what that formula says.
    pub(super) fn of(scheme: &'s Scheme, formula: &'s Formula) -> Self {
        match alone(scheme, formula).and_then(|named| Some((named, expression(named)?))) {
            Some((named, inner)) => Self { called: Some(&named.label), ..Self::written(scheme, inner) },
            None => Self::written(scheme, formula),
        }
    }

    fn written(scheme: &'s Scheme, formula: &'s Formula) -> Self {
        let labels = Labels(scheme);
        let names = formula.names();
        let is_plain = formula.text.trim() == names.first().map(|(name, _)| name.to_string()).unwrap_or_default();
        let mut seen = BTreeSet::new();
        let once = names.into_iter().filter(|(name, among)| *among == Among::One && seen.insert(*name));
        let told = |(name, _): (&'s Name, Among)| Told { name, label: labels.name(name), print: labels.print(name) };
        Self { called: None, words: formula.in_words(&labels), is_plain, names: once.map(told).collect(), labels }
    }

    /// The words with the values that an agent has.
    pub(super) fn of_agent(&self, desk: &Desk<'_>, member: &Member) -> Bilingual {
        self.told(&|name| desk.value_in_week(name, member, None))
    }

    fn told(&self, value: &dyn Fn(&Name) -> Value) -> Bilingual {
        let said = self.with_numbers(value);
        match self.called {
            None => said,
            Some(label) => Bilingual::new(format!("{} = {}", label.zh, said.zh), format!("{} = {}", label.en, said.en)),
        }
    }

    fn with_numbers(&self, value: &dyn Fn(&Name) -> Value) -> Bilingual {
        let numbers = self.names.iter().map(|one| self.labels.number(one, &value(one.name)));
        // What the words say already is not said again: grade = "fail".
        let is_new = |one: &Bilingual| self.is_plain || !self.words.zh.contains(&one.zh);
        let numbers: Vec<Bilingual> = numbers.filter(is_new).take(MOST_NUMBERS).collect();
        let words = &self.words;
        match numbers.first() {
            None => words.clone(),
            Some(first) if self.is_plain => first.clone(),
            Some(_) => {
                let zh: Vec<&str> = numbers.iter().map(|one| one.zh.as_str()).collect();
                let en: Vec<&str> = numbers.iter().map(|one| one.en.as_str()).collect();
                Bilingual::new(
                    format!("{}（{}）", words.zh, zh.join("，")),
                    format!("{} ({})", words.en, en.join(", ")),
                )
            }
        }
    }
}

/// The named formula that an expression only is.
fn alone<'a>(scheme: &'a Scheme, formula: &Formula) -> Option<&'a NamedFormula> {
    let names = formula.names();
    let [(name, Among::One)] = names[..] else { return None };
    let is_plain = name.scope == Scope::Own && formula.text.trim() == name.to_string();
    scheme.formulas.iter().find(|one| is_plain && one.of == Level::Agent && one.id == name.id)
}

fn expression(named: &NamedFormula) -> Option<&Formula> {
    match &named.rule {
        FormulaRule::Expression(formula) => Some(formula),
        FormulaRule::Lookup { .. } => None,
    }
}

impl Words for Labels<'_> {
    fn name(&self, name: &Name) -> Bilingual {
        let (before, after) = whose(name.scope);
        let label = self.label(name);
        Bilingual::new(
            format!("{}{}{}", before.zh, label.zh, after.zh),
            format!("{}{}{}", before.en, label.en, after.en),
        )
    }

    fn text(&self, text: &str) -> Bilingual {
        let grade = self.0.grades.iter().find(|grade| grade.id == text).map(|grade| &grade.label);
        let title = || self.0.titles.iter().find(|title| title.id == text).map(|title| &title.label);
        let label = grade.or_else(title).cloned().unwrap_or_else(|| Bilingual::same(text));
        Bilingual::new(format!("“{}”", label.zh), format!("\"{}\"", label.en))
    }
}

/// What stands before and after a label to say whose value it is.
fn whose(scope: Scope) -> (Bilingual, Bilingual) {
    let before = |zh: &str, en: &str| (Bilingual::new(zh, en), Bilingual::default());
    match scope {
        Scope::Team => before("团队", "team "),
        Scope::Department => before("部门", "department "),
        Scope::Shop => before("全店", "shop "),
        Scope::Lowest => before("团队最低", "lowest "),
        Scope::Highest => before("团队最高", "highest "),
        Scope::Previous => before("上期", "last period's "),
        Scope::PreviousTeam => before("上期团队", "last period's team "),
        Scope::PreviousDepartment => before("上期部门", "last period's department "),
        Scope::PreviousShop => before("上期全店", "last period's shop "),
        Scope::Points => (Bilingual::default(), Bilingual::new("得分", " points")),
        Scope::Own | Scope::Pool | Scope::Pay | Scope::Agent | Scope::Period => before("", ""),
    }
}

impl Labels<'_> {
    fn label(&self, name: &Name) -> Bilingual {
        let scheme = self.0;
        let id = name.id.as_str();
        let known = match name.scope {
            Scope::Points => scheme
                .indicators
                .iter()
                .find(|one| one.id == id)
                .map(|one| one.label.clone())
                .or_else(|| scheme.group(id).map(|group| group.label.clone())),
            Scope::Pool => scheme.pools.iter().find(|one| one.id == id).map(|one| one.label.clone()),
            Scope::Pay => scheme.pays.iter().find(|one| one.id == id).map(|one| one.label.clone()),
            Scope::Agent => person(id),
            Scope::Period => Some(Bilingual::new("本期天数", "days of the period")),
            _ => scheme.label(id).or_else(|| mark(scheme, id)).or_else(|| result(id)),
        };
        known.unwrap_or_else(|| Bilingual::same(name.to_string()))
    }

    /// "总分 = 88.5".
    fn number(&self, told: &Told<'_>, value: &Value) -> Bilingual {
        let label = &told.label;
        let value = match value {
            Value::Number(number) => Bilingual::same(told.print.number(number)),
            Value::Missing => Bilingual::new("无数据", "no data"),
            Value::Unset(_) => Bilingual::new("未设定", "unset"),
            Value::Text(text) => self.text(text),
            Value::Truth(true) => Bilingual::new("是", "yes"),
            Value::Truth(false) => Bilingual::new("否", "no"),
        };
        Bilingual::new(format!("{} = {}", label.zh, value.zh), format!("{} = {}", label.en, value.en))
    }

    fn print(&self, name: &Name) -> Print {
        let scheme = self.0;
        let metric = scheme.metric(&name.id).map(|one| (one.unit, one.decimals));
        let formula = || scheme.formulas.iter().find(|one| one.id == name.id).map(|one| (one.unit, one.decimals));
        let parameter = || scheme.parameters.iter().find(|one| one.id == name.id).map(|one| (one.unit, one.decimals));
        match (name.scope, metric.or_else(formula).or_else(parameter)) {
            (Scope::Pool | Scope::Pay, _) => Print::Yuan,
            (_, None) if matches!(name.id.as_str(), "grade-amount" | "base-wage") => Print::Yuan,
            (Scope::Points | Scope::Agent | Scope::Period, _) | (_, None) => Print::Plain,
            (_, Some((unit, decimals))) => Print::In(unit, decimals),
        }
    }
}

impl Print {
    fn number(self, number: &Exact) -> String {
        match self {
            Self::Yuan => Unit::Yuan.print(number, 2),
            Self::Plain => number.trimmed(4),
            Self::In(unit, decimals) => unit.print(number, places(unit, number, decimals)),
        }
    }
}

/// Enough decimals to check the arithmetic, at most four more than are usual.
fn places(unit: Unit, number: &Exact, usual: u32) -> u32 {
    let percent = if unit == Unit::Percent { 2 } else { 0 };
    let lossless = |places: &u32| number.ends_within(places + percent);
    (usual..=usual + 4).find(lossless).unwrap_or(usual + 2)
}

fn mark(scheme: &Scheme, id: &str) -> Option<Bilingual> {
    let gate = scheme.gates.iter().find(|one| one.id == id).map(|one| &one.label);
    gate.or_else(|| scheme.quotas.iter().find(|one| one.id == id).map(|one| &one.label)).cloned()
}

fn result(id: &str) -> Option<Bilingual> {
    Some(match id {
        "total" => Bilingual::new("总分", "total"),
        "rank" => Bilingual::new("名次", "rank"),
        "ranked" => Bilingual::new("参评人数", "number ranked"),
        "grade" => Bilingual::new("等级", "grade"),
        "grade-amount" => Bilingual::new("等级金额", "amount of the grade"),
        "grade-coefficient" => Bilingual::new("等级系数", "coefficient of the grade"),
        "base-wage" => Bilingual::new("岗位底薪", "base wage"),
        "headcount" => Bilingual::new("人数", "headcount"),
        _ => return None,
    })
}

fn person(id: &str) -> Option<Bilingual> {
    Some(match id {
        "id" => Bilingual::new("工号", "staff number"),
        "role" => Bilingual::new("岗位", "role"),
        "team" => Bilingual::new("团队", "team"),
        "department" => Bilingual::new("部门", "department"),
        "department-class" | "class" => Bilingual::new("部门类别", "class of department"),
        "shop" => Bilingual::new("店铺", "shop"),
        "employment-status" => Bilingual::new("用工状态", "employment status"),
        "title" => Bilingual::new("职级", "title"),
        "gender" => Bilingual::new("性别", "gender"),
        "is-reception-staff" => Bilingual::new("接待岗", "reception staff"),
        "tenure-months" => Bilingual::new("司龄（月）", "months of service"),
        "title-months" => Bilingual::new("任现职（月）", "months in the title"),
        "days-employed" => Bilingual::new("在职天数", "days employed"),
        _ => return None,
    })
}
