//! What is judged: a value beside its reference, ratings, check sheets, events.

use crate::exact::Exact;
use crate::scheme::formula::{Formula, Scope, Value};
use crate::scheme::line::{Checklist, Rating};
use crate::scheme::{Compare, Judged, Measure, Unchecked};
use crate::tables::Member;
use crate::words::Bilingual;

use super::super::appraisal::{Measured, Reference, ReferenceKind, Unmet};
use super::super::desk::Desk;
use super::super::evidence::{Mixed, Verdict};
use super::super::reason;
use super::{Reading, Scorer};

impl Scorer<'_> {
    /// Reads what the indicator judges.
    pub(super) fn read(&self, member: &Member, week: Option<usize>) -> Reading {
        let found = self.found(member, week);
        match self.adjustment(member) {
            Some(adjustment) if week.is_none() => self.set(found, adjustment),
            _ => found,
        }
    }

    fn found(&self, member: &Member, week: Option<usize>) -> Reading {
        match &self.indicator.judged {
            Judged::Value { value, relative_to, compare, .. } => {
                self.read_value(member, week, value, relative_to.as_ref(), *compare)
            }
            Judged::Rating(rating) => self.read_rating(member, rating),
            Judged::Checklist(checklist) => self.read_checklist(member, checklist),
            Judged::Occurrences { start, kinds } => self.read_events(member, week, start, kinds),
            Judged::Points(formula) => {
                let points = self.desk.in_week(formula, member, week);
                let rule = reason::in_week(self.desk, formula, member, week);
                Reading { measured: plain(&points), ..Reading::decided(points, rule) }
            }
            Judged::Met(conditions) => self.read_conditions(member, week, conditions),
        }
    }

    fn read_value(
        &self,
        member: &Member,
        week: Option<usize>,
        formula: &Formula,
        relative_to: Option<&Formula>,
        compare: Compare,
    ) -> Reading {
        let value = self.desk.in_week(formula, member, week);
        let measured = with_parts(self.desk, member, week, formula, &value);
        let Some(relative_to) = relative_to else { return Reading::of(value, measured) };
        let beside = self.desk.in_week(relative_to, member, week);
        let relation = compared(&value, &beside, compare);
        let reference = with_parts(self.desk, member, week, relative_to, &beside).map(|measured| Reference {
            kind: kind_of(relative_to),
            label: self.label_of(relative_to),
            measured,
            relation: relation.number().cloned(),
        });
        Reading { reference, ..Reading::of(relation, measured) }
    }

    fn label_of(&self, formula: &Formula) -> Bilingual {
        let names = formula.names();
        let Some((name, _)) = names.first() else { return Bilingual::same(formula.text.clone()) };
        let group = match name.scope {
            Scope::Team => Some(("团队", "Team")),
            Scope::Department => Some(("部门", "Department")),
            Scope::Shop => Some(("全店", "Shop")),
            Scope::PreviousTeam => Some(("团队上期", "Team, period before")),
            Scope::PreviousDepartment => Some(("部门上期", "Department, period before")),
            Scope::PreviousShop => Some(("全店上期", "Shop, period before")),
            Scope::Previous => Some(("本人上期", "Own, period before")),
            _ => None,
        };
        match group {
            Some((zh, en)) => Bilingual::new(zh, en),
            None => self.scheme.label(&name.id).unwrap_or_else(|| Bilingual::same(formula.text.clone())),
        }
    }

    fn read_rating(&self, member: &Member, rating: &Rating) -> Reading {
        match self.records.ratings.of(rating, &member.id) {
            Mixed::Score { sum, by } => {
                let score = sum.checked_div(&by);
                if score.as_ref().is_some_and(|score| *score > rating.max || score.is_negative()) {
                    let max = rating.max.trimmed(4);
                    return Reading::without(Bilingual::new(
                        format!("评分超出 0 至 {max} 的范围，请核对"),
                        format!("the rating lies outside 0 to {max}; look into it"),
                    ));
                }
                let measured = Measured { value: score.clone(), numerator: sum, denominator: Some(by) };
                Reading::of(Value::of(score), Some(measured))
            }
            Mixed::Unset(name) => Reading::of(Value::Unset(name), None),
            Mixed::Nobody => Reading::without(Bilingual::new("尚无评分", "nobody has rated")),
            Mixed::Awaited(roles) => Reading::without(Bilingual::new(
                format!("待评分：{}", roles.join("、")),
                format!("awaiting the rating of {}", roles.join(", ")),
            )),
            Mixed::Stranger(level) => Reading::without(Bilingual::new(
                format!("评分等级“{level}”不在方案中"),
                format!("the scheme knows no level \"{level}\""),
            )),
        }
    }

    fn read_checklist(&self, member: &Member, checklist: &Checklist) -> Reading {
        let (mut passed, mut unchecked, mut unmet) = (0_i64, 0_i64, Vec::new());
        for item in checklist.items.iter().map(|place| &self.scheme.items[*place]).filter(|item| !item.of_site) {
            match self.verdict(member, item) {
                Verdict::Passed => passed += 1,
                Verdict::Failed => {
                    unmet.push(Unmet { id: item.id.clone(), text: item.text.clone(), critical: item.critical })
                }
                Verdict::NotApplicable => {}
                Verdict::Unchecked => unchecked += 1,
            }
        }
        let (failed, critical) = (unmet.len() as i64, unmet.iter().any(|item| item.critical));
        if critical {
            let rule = Bilingual::new("关键项不合格，本项不得分", "a critical item failed, the line is nought");
            let nought = Reading::decided(Value::Number(Exact::zero()), rule);
            return Reading { measured: share_of(passed, failed), unmet, ..nought };
        }
        if passed + failed + unchecked == 0 {
            return Reading::without(Bilingual::new("没有适用的检查项", "no item applies"));
        }
        if passed + failed == 0 || (unchecked > 0 && checklist.unchecked == Unchecked::Missing) {
            return Reading::without(Bilingual::new(
                format!("{unchecked} 项尚未检查"),
                format!("{unchecked} items have not been checked"),
            ));
        }
        let reading = match checklist.measure {
            Measure::Passed => {
                let share = share_of(passed, failed);
                Reading::of(Value::of(share.as_ref().and_then(|share| share.value.clone())), share)
            }
            Measure::Unmet => {
                let unmet = Value::Number(Exact::whole(failed));
                Reading::of(unmet.clone(), plain(&unmet))
            }
        };
        Reading { unmet, ..reading }
    }

    fn verdict(&self, member: &Member, item: &crate::scheme::Item) -> Verdict {
        if let Some(applies) = &item.applies_when
            && !self.desk.of_agent(applies, member).holds()
        {
            return Verdict::NotApplicable;
        }
        match &item.met_when {
            None => self.records.sheets.of(&member.id, &item.id),
            Some(met) => match self.desk.of_agent(met, member) {
                Value::Truth(true) => Verdict::Passed,
                Value::Truth(false) => Verdict::Failed,
                _ => Verdict::Unchecked,
            },
        }
    }

    fn read_conditions(&self, member: &Member, week: Option<usize>, conditions: &[Formula]) -> Reading {
        let values: Vec<Value> = conditions.iter().map(|one| self.desk.in_week(one, member, week)).collect();
        if let Some(unset) = values.iter().find(|value| value.lacking().is_some()) {
            return Reading::decided(unset.clone(), Bilingual::default());
        }
        let failed: Vec<Bilingual> = conditions
            .iter()
            .zip(&values)
            .filter(|(_, value)| **value == Value::Truth(false))
            .map(|(one, _)| reason::in_week(self.desk, one, member, week))
            .collect();
        let measured = |points: &Value| plain(points);
        if !failed.is_empty() {
            let points = Value::Number(Exact::zero());
            let zh: Vec<&str> = failed.iter().map(|one| one.zh.as_str()).collect();
            let en: Vec<&str> = failed.iter().map(|one| one.en.as_str()).collect();
            let rule = Bilingual::new(format!("未满足：{}", zh.join("；")), format!("not met: {}", en.join("; ")));
            return Reading { measured: measured(&points), ..Reading::decided(points, rule) };
        }
        if values.iter().any(|value| *value != Value::Truth(true)) {
            return Reading::without(Bilingual::new("条件所需数据不足", "data for the conditions is lacking"));
        }
        let full = super::full_points(self.indicator).unwrap_or_else(|| Exact::whole(1));
        Reading::decided(Value::Number(full), Bilingual::new("全部条件满足", "all conditions are met"))
    }
}

impl Reading {
    /// A value for the curve.
    pub(super) fn of(judged: Value, measured: Option<Measured>) -> Self {
        Self {
            judged,
            measured,
            reference: None,
            points: None,
            occurrences: Vec::new(),
            unmet: Vec::new(),
            reason: None,
            is_set: false,
        }
    }

    /// Points that need no curve.
    pub(super) fn decided(points: Value, rule: Bilingual) -> Self {
        Self { points: Some((points.clone(), rule)), ..Self::of(points, None) }
    }

    /// No value, with the reason.
    pub(super) fn without(reason: Bilingual) -> Self {
        Self { reason: Some(reason), ..Self::of(Value::Missing, None) }
    }
}

fn share_of(passed: i64, failed: i64) -> Option<Measured> {
    let (passed, all) = (Exact::whole(passed), Exact::whole(passed + failed));
    Some(Measured { value: passed.checked_div(&all), numerator: passed, denominator: Some(all) })
}

fn kind_of(formula: &Formula) -> ReferenceKind {
    match formula.names().first().map(|(name, _)| name.scope) {
        Some(Scope::Team | Scope::PreviousTeam) => ReferenceKind::Team,
        Some(Scope::Shop | Scope::Department | Scope::PreviousShop | Scope::PreviousDepartment) => ReferenceKind::Shop,
        _ => ReferenceKind::Own,
    }
}

/// A value with its parts, where it is a metric's.
pub(super) fn with_parts(
    desk: &Desk<'_>,
    member: &Member,
    week: Option<usize>,
    formula: &Formula,
    value: &Value,
) -> Option<Measured> {
    let name = formula.as_name().filter(|name| name.is_written(&formula.text));
    match name.and_then(|name| desk.parts(name, member, week)) {
        Some(parts) => Some(Measured { value: value.number().cloned(), ..parts.measured() }),
        None => plain(value),
    }
}

fn plain(value: &Value) -> Option<Measured> {
    let number = value.number()?.clone();
    Some(Measured { value: Some(number.clone()), numerator: number, denominator: None })
}

pub(super) fn compared(value: &Value, beside: &Value, compare: Compare) -> Value {
    match (value, beside) {
        (Value::Unset(name), _) | (_, Value::Unset(name)) => Value::Unset(name.clone()),
        (Value::Number(value), Value::Number(beside)) => match compare {
            Compare::Ratio => Value::of(value.checked_div(beside)),
            Compare::Difference => Value::Number(value.clone() - beside.clone()),
            Compare::Growth => Value::of(value.checked_div(beside).map(|ratio| ratio - Exact::whole(1))),
        },
        _ => Value::Missing,
    }
}
