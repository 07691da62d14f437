//! What would raise a total most: for each indicator the nearest better band, in the metric's own unit.

use crate::exact::Exact;
use crate::scheme::{Compare, Direction, Edge, Indicator, Judged, Metric, Per, Scheme, Scored, Unit};
use crate::words::Bilingual;

use super::appraisal::{Advice, Line, LineKind, ReferenceKind};

/// At most this many are worth reading.
const MOST: usize = 3;

/// The steps that would gain most, best first.
pub(super) fn advise(scheme: &Scheme, lines: &[Line]) -> Vec<Advice> {
    let mut steps: Vec<Advice> =
        lines.iter().zip(&scheme.indicators).filter_map(|(line, one)| step(scheme, one, line)).collect();
    steps.sort_by(|one, other| other.gain.cmp(&one.gain));
    steps.truncate(MOST);
    steps
}

/// One line judged by bands over one metric, in the whole period.
fn step(scheme: &Scheme, indicator: &Indicator, line: &Line) -> Option<Advice> {
    let (Judged::Value { metric: Some(metric), relative_to, compare: Compare::Ratio, .. }, Scored::Curve(curve)) =
        (&indicator.judged, &indicator.scored)
    else {
        return None;
    };
    if indicator.per != Per::Period || line.kind == LineKind::Shown {
        return None;
    }
    let metric = &scheme.metrics[*metric];
    let now = line.points.as_ref()?;
    let value = line.measured.as_ref()?.value.as_ref()?;
    let better = curve.bands.iter().rev().find(|band| band.points.known().is_some_and(|points| points > now))?;
    let scale = match &line.reference {
        Some(reference) => reference.measured.value.clone()?,
        None if relative_to.is_some() => return None,
        None => Exact::whole(1),
    };
    let goal = better.edge.limit().clone() * scale;
    let gained = better.points.known()?.clone() - now.clone();
    let gain = match line.kind {
        LineKind::Weighted => gained.checked_div(&line.full_marks)? * line.effective_weight.clone(),
        LineKind::Added | LineKind::Shown => gained,
    };
    let text = wording(metric, line, value, &goal, &better.edge);
    Some(Advice { indicator: indicator.id.clone(), text, gain })
}

fn wording(metric: &Metric, line: &Line, value: &Exact, goal: &Exact, edge: &Edge) -> Bilingual {
    let beside = match line.reference.as_ref().map(|reference| reference.kind) {
        Some(ReferenceKind::Team | ReferenceKind::Shop) => ("（按本期平均水平）", " at this period's average"),
        _ => ("", ""),
    };
    let goal_text = metric.unit.print(&reachable(goal, metric), metric.decimals);
    if let (Some(counts), Some(more)) = (&metric.counts, more(line, goal, edge)) {
        return Bilingual::new(
            format!("再多 {more} {}，{}达到 {goal_text}{}", counts.zh, line.label.zh, beside.0),
            format!("{more} more {}: {} of {goal_text}{}", counts.en, line.label.en, beside.1),
        );
    }
    let gap = at_decimals(&(goal.clone() - value.clone()).abs(), metric, ceiling);
    let gap = metric.unit.print(&gap, metric.decimals);
    match metric.direction {
        Direction::Higher => Bilingual::new(
            format!("{}再提高 {gap}，达到 {goal_text}{}", line.label.zh, beside.0),
            format!("raise {} by {gap} to {goal_text}{}", line.label.en, beside.1),
        ),
        Direction::Lower => Bilingual::new(
            format!("{}再缩短 {gap}，降到 {goal_text} 以内{}", line.label.zh, beside.0),
            format!("lower {} by {gap} to {goal_text}{}", line.label.en, beside.1),
        ),
    }
}

/// How many more of what the numerator counts would do, with the same denominator.
fn more(line: &Line, goal: &Exact, edge: &Edge) -> Option<Exact> {
    let measured = line.measured.as_ref()?;
    let needed = goal.clone() * measured.denominator.clone()? - measured.numerator.clone();
    Some(match edge {
        Edge::Above(_) => needed.floor() + Exact::whole(1),
        _ => ceiling(&needed),
    })
}

/// Rounded towards the good side at the printed decimals, so that who reaches what is printed has reached the band.
fn reachable(value: &Exact, metric: &Metric) -> Exact {
    match metric.direction {
        Direction::Higher => at_decimals(value, metric, ceiling),
        Direction::Lower => at_decimals(value, metric, Exact::floor),
    }
}

/// Rounded by `round` at the decimals that the metric prints.
fn at_decimals(value: &Exact, metric: &Metric, round: impl Fn(&Exact) -> Exact) -> Exact {
    let percent = if metric.unit == Unit::Percent { 2 } else { 0 };
    let scale = (0..metric.decimals + percent).fold(Exact::whole(1), |ten, _| ten * Exact::whole(10));
    round(&(value.clone() * scale.clone())).checked_div(&scale).unwrap_or_else(Exact::zero)
}

fn ceiling(value: &Exact) -> Exact {
    -(-value.clone()).floor()
}
