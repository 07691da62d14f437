//! Lines judged by bands: the nearest better band.

use crate::exact::Exact;
use crate::scheme::{Curve, Edge, Indicator, Judged, Scheme};
use crate::words::Bilingual;

use super::super::appraisal::Line;
use super::Step;
use super::goal::{beside, ceiling, in_own_unit, reachable, way};

/// The cheapest band that gives more points than `now`.
pub(super) fn next(scheme: &Scheme, indicator: &Indicator, curve: &Curve, line: &Line, now: &Exact) -> Option<Step> {
    let better = curve.bands.iter().rev().find(|band| band.points.known().is_some_and(|points| points > now))?;
    let value = line.measured.as_ref()?.value.as_ref()?;
    let goal = in_own_unit(indicator, line, better.edge.limit())?;
    let text = by_counting(scheme, indicator, line, &goal, &better.edge)
        .unwrap_or_else(|| way(line, value, &reachable(&goal, &better.edge, line)));
    Some(Step { text, points: better.points.known()?.clone() })
}

/// How many more of what the numerator counts would do, where it counts something that has a name.
fn by_counting(scheme: &Scheme, indicator: &Indicator, line: &Line, goal: &Exact, edge: &Edge) -> Option<Bilingual> {
    let counts = match &indicator.judged {
        Judged::Value { metric: Some(metric), .. } => scheme.metrics[*metric].counts.clone()?,
        Judged::Checklist(_) => Bilingual::new("项检查达标", "items that are met"),
        _ => return None,
    };
    let more = more(line, goal, edge).filter(|more| *more > 0)?;
    let goal_text = line.unit.print(&reachable(goal, edge, line), line.decimals);
    let (beside_zh, beside_en) = beside(line);
    Some(Bilingual::new(
        format!("再多 {more} {}，{}达到 {goal_text}{beside_zh}", counts.zh, line.label.zh),
        format!("{more} more {}: {} of {goal_text}{beside_en}", counts.en, line.label.en),
    ))
}

/// The whole number that is missing in the numerator, with the same denominator.
fn more(line: &Line, goal: &Exact, edge: &Edge) -> Option<Exact> {
    let measured = line.measured.as_ref()?;
    let needed = goal.clone() * measured.denominator.clone()? - measured.numerator.clone();
    Some(match edge {
        Edge::Above(_) => needed.floor() + Exact::whole(1),
        _ => ceiling(&needed),
    })
}
