//! Lines that a person set after an appeal: their value before the rules judge it, or their points after.

use crate::exact::Exact;
use crate::scheme::Judged;
use crate::scheme::formula::{Formula, Value};
use crate::tables::Member;
use crate::words::Bilingual;

use super::super::adjustments::{Adjustment, Sets};
use super::super::appraisal::{Line, Reference, Status, WeekPoints};
use super::super::desk::Desk;
use super::read::{compared, with_parts};
use super::{Outcome, Reading, Scorer};

/// The value of a formula as a person set it, for everybody's places.
pub(super) fn value(
    desk: &Desk<'_>,
    adjustment: Option<&Adjustment>,
    formula: &Formula,
    member: &Member,
    week: Option<usize>,
) -> Option<Value> {
    let adjustment = adjustment.filter(|_| week.is_none())?;
    let found = desk.in_week(formula, member, week);
    let set = adjustment.measure(with_parts(desk, member, week, formula, &found).as_ref())?;
    Some(Value::of(set.value))
}

impl Scorer<'_> {
    /// What a person set on this line of an agent.
    pub(super) fn adjustment(&self, member: &Member) -> Option<&Adjustment> {
        self.records.adjustments.on(&member.id, &self.indicator.id)
    }

    /// What the rules judge in place of what was found, where one value is judged.
    pub(super) fn set(&self, found: Reading, adjustment: &Adjustment) -> Reading {
        let Some(measured) = adjustment.measure(found.measured.as_ref()).filter(|_| found.points.is_none()) else {
            return found;
        };
        let value = Value::of(measured.value.clone());
        let (judged, reference) = match (&self.indicator.judged, found.reference) {
            (Judged::Value { compare, .. }, Some(reference)) => {
                let relation = compared(&value, &Value::of(reference.measured.value.clone()), *compare);
                (relation.clone(), Some(Reference { relation: relation.number().cloned(), ..reference }))
            }
            (_, reference) => (value, reference),
        };
        Reading { judged, reference, measured: Some(measured), reason: None, is_set: true, ..found }
    }

    /// Finishes a line that a person set, and says so.
    pub(super) fn finish_set(&self, mut outcome: Outcome, weeks: Vec<WeekPoints>, adjustment: &Adjustment) -> Line {
        if adjustment.sets == Sets::Points {
            outcome.rule = points_set(adjustment, outcome.points.number());
            outcome.points = Value::Number(adjustment.amount.clone());
            let line = Line { adjusted: Some(adjustment.noted().into()), ..self.finish(outcome, weeks) };
            // What is still unset then is the weight.
            let status = if line.status == Status::Unset { Status::Unset } else { Status::Final };
            return Line { status, ..line };
        }
        if !outcome.reading.as_ref().is_some_and(|reading| reading.is_set) {
            return self.finish(outcome, weeks);
        }
        let line = self.finish(outcome, weeks);
        let rule = value_set(&line, adjustment);
        Line { rule, adjusted: Some(adjustment.noted().into()), ..line }
    }
}

/// That points were set, and what the rules had given.
fn points_set(adjustment: &Adjustment, before: Option<&Exact>) -> Bilingual {
    let Adjustment { by, on, .. } = adjustment;
    let (zh, en) = match before {
        Some(before) => (format!("按规则为 {}", before.trimmed(2)), format!("{} by the rules", before.trimmed(2))),
        None => ("按规则无得分".to_owned(), "no points by the rules".to_owned()),
    };
    Bilingual::new(format!("申诉后改定（{by}，{on}；{zh}）"), format!("set after an appeal ({by}, {on}; {en})"))
}

/// The rule that fired, and that its value was set.
fn value_set(line: &Line, adjustment: &Adjustment) -> Bilingual {
    let Adjustment { by, on, .. } = adjustment;
    Bilingual::new(
        format!("{}；申诉后改定指标值（{by}，{on}）", line.rule.zh),
        format!("{}; value set after an appeal ({by}, {on})", line.rule.en),
    )
}
