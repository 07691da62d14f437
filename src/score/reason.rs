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

/// An expression in words, with the value of every name in it for an agent: "总分 × 20（总分 = 88.5）".
pub(super) fn of_agent(desk: &Desk<'_>, formula: &Formula, member: &Member) -> Bilingual {
    in_week(desk, formula, member, None)
}

/// The same in one part of the month.
pub(super) fn in_week(desk: &Desk<'_>, formula: &Formula, member: &Member, week: Option<usize>) -> Bilingual {
    let value = |name: &Name| desk.in_week(&Formula::of_name(name.clone()), member, week);
    let named = alone(desk.facts.scheme, formula);
    if let Some((named, inner)) = named.and_then(|named| Some((named, expression(named)?))) {
        let inner = with_numbers(desk, inner, &value);
        return Bilingual::new(
            format!("{} = {}", named.label.zh, inner.zh),
            format!("{} = {}", named.label.en, inner.en),
        );
    }
    with_numbers(desk, formula, &value)
}

/// The same for a group.
pub(super) fn of_group(desk: &Desk<'_>, formula: &Formula, level: Level, group: &str) -> Bilingual {
    let inner = alone(desk.facts.scheme, formula).and_then(expression);
    with_numbers(desk, inner.unwrap_or(formula), &|name| desk.of_group(&Formula::of_name(name.clone()), level, group))
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

fn with_numbers(desk: &Desk<'_>, formula: &Formula, value: &dyn Fn(&Name) -> Value) -> Bilingual {
    let labels = Labels(desk.facts.scheme);
    let words = formula.in_words(&labels);
    let mut seen = BTreeSet::new();
    let names = formula.names();
    let once = names.iter().filter(|(name, among)| *among == Among::One && seen.insert(*name));
    let numbers = once.map(|(name, _)| labels.number(name, &value(name)));
    // What the words say already is not said again: grade = "fail".
    let is_plain = formula.text.trim() == names.first().map(|(name, _)| name.to_string()).unwrap_or_default();
    let numbers: Vec<Bilingual> =
        numbers.filter(|one| is_plain || !words.zh.contains(&one.zh)).take(MOST_NUMBERS).collect();
    if numbers.is_empty() {
        return words;
    }
    let zh: Vec<&str> = numbers.iter().map(|one| one.zh.as_str()).collect();
    let en: Vec<&str> = numbers.iter().map(|one| one.en.as_str()).collect();
    match is_plain {
        true => numbers[0].clone(),
        false => {
            Bilingual::new(format!("{}（{}）", words.zh, zh.join("，")), format!("{} ({})", words.en, en.join(", ")))
        }
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
    fn number(&self, name: &Name, value: &Value) -> Bilingual {
        let label = self.name(name);
        let value = match value {
            Value::Number(number) => Bilingual::same(self.print(name, number)),
            Value::Missing => Bilingual::new("无数据", "no data"),
            Value::Unset(_) => Bilingual::new("未设定", "unset"),
            Value::Text(text) => self.text(text),
            Value::Truth(true) => Bilingual::new("是", "yes"),
            Value::Truth(false) => Bilingual::new("否", "no"),
        };
        Bilingual::new(format!("{} = {}", label.zh, value.zh), format!("{} = {}", label.en, value.en))
    }

    fn print(&self, name: &Name, number: &Exact) -> String {
        let scheme = self.0;
        let metric = scheme.metric(&name.id).map(|one| (one.unit, one.decimals));
        let formula = || scheme.formulas.iter().find(|one| one.id == name.id).map(|one| (one.unit, one.decimals));
        let parameter = || scheme.parameters.iter().find(|one| one.id == name.id).map(|one| (one.unit, one.decimals));
        match (name.scope, metric.or_else(formula).or_else(parameter)) {
            (Scope::Pool | Scope::Pay, _) => Unit::Yuan.print(number, 2),
            (_, None) if matches!(name.id.as_str(), "grade-amount" | "base-wage") => Unit::Yuan.print(number, 2),
            (Scope::Points | Scope::Agent | Scope::Period, _) | (_, None) => number.trimmed(4),
            (_, Some((unit, decimals))) => unit.print(number, places(unit, number, decimals)),
        }
    }
}

/// Enough decimals to check the arithmetic, at most four more than are usual.
fn places(unit: Unit, number: &Exact, usual: u32) -> u32 {
    let percent = if unit == Unit::Percent { 2 } else { 0 };
    let lossless = |places: &u32| number.rounded(places + percent) == *number;
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
