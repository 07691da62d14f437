//! From what a curve sees back to the metric's own unit, and to a number that can be printed without a lie.

use crate::exact::Exact;
use crate::scheme::{Compare, Direction, Edge, Indicator, Judged, Unit};
use crate::words::Bilingual;

use super::super::appraisal::{Line, ReferenceKind};

/// The value at which the curve sees `judged`; `None` without a reference to compare with.
pub(super) fn in_own_unit(indicator: &Indicator, line: &Line, judged: &Exact) -> Option<Exact> {
    let Judged::Value { relative_to: Some(_), compare, .. } = &indicator.judged else { return Some(judged.clone()) };
    let beside = line.reference.as_ref()?.measured.value.clone()?;
    Some(match compare {
        Compare::Ratio => judged.clone() * beside,
        Compare::Difference => judged.clone() + beside,
        Compare::Growth => (judged.clone() + Exact::whole(1)) * beside,
    })
}

/// The nearest value beyond an edge that the line's decimals can print: who reaches what is printed has reached the band.
pub(super) fn reachable(value: &Exact, edge: &Edge, line: &Line) -> Exact {
    let scaled = value.clone() * scale(line);
    let beyond = match edge {
        Edge::AtLeast(_) => ceiling(&scaled),
        Edge::Above(_) => scaled.floor() + Exact::whole(1),
        Edge::AtMost(_) => scaled.floor(),
        Edge::Below(_) => ceiling(&scaled) - Exact::whole(1),
    };
    beyond.checked_div(&scale(line)).unwrap_or_else(Exact::zero)
}

/// Rounded up at the decimals that the line prints.
pub(super) fn rounded_up(value: &Exact, line: &Line) -> Exact {
    ceiling(&(value.clone() * scale(line))).checked_div(&scale(line)).unwrap_or_else(Exact::zero)
}

/// By what a value is stretched so that its last printed decimal is a whole number.
fn scale(line: &Line) -> Exact {
    let percent = if line.unit == Unit::Percent { 2 } else { 0 };
    (0..line.decimals + percent).fold(Exact::whole(1), |ten, _| ten * Exact::whole(10))
}

pub(super) fn ceiling(value: &Exact) -> Exact {
    -(-value.clone()).floor()
}

/// What is said beside a goal that moves with the others.
pub(super) fn beside(line: &Line) -> (&'static str, &'static str) {
    match line.reference.as_ref().map(|reference| reference.kind) {
        Some(ReferenceKind::Team | ReferenceKind::Shop) => ("（按本期平均水平）", " at this period's average"),
        _ => ("", ""),
    }
}

/// The way from a value to a goal in words: how much to raise or to lower it, and to what.
pub(super) fn way(line: &Line, value: &Exact, goal: &Exact) -> Bilingual {
    let gap = line.unit.print(&rounded_up(&(goal.clone() - value.clone()).abs(), line), line.decimals);
    let goal_text = line.unit.print(goal, line.decimals);
    let (beside_zh, beside_en) = beside(line);
    let (zh, en) = (&line.label.zh, &line.label.en);
    match (line.direction, line.unit) {
        (Direction::Higher, _) => Bilingual::new(
            format!("{zh}再提高 {gap}，达到 {goal_text}{beside_zh}"),
            format!("raise {en} by {gap} to {goal_text}{beside_en}"),
        ),
        (Direction::Lower, unit) => Bilingual::new(
            format!("{zh}再{} {gap}，降到 {goal_text} 以内{beside_zh}", if is_time(unit) { "缩短" } else { "降低" }),
            format!("lower {en} by {gap} to {goal_text}{beside_en}"),
        ),
    }
}

fn is_time(unit: Unit) -> bool {
    matches!(unit, Unit::Seconds | Unit::Minutes)
}
