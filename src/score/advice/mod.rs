//! What would raise a total: for every line that can rise its nearest better step, in the metric's own unit.

mod bands;
mod goal;
mod people;
mod stretch;

use crate::exact::Exact;
use crate::scheme::{Indicator, Judged, Per, Scheme, Scored};
use crate::words::Bilingual;

use super::adjustments::Sets;
use super::appraisal::{Advice, Line, LineKind};

/// The step of every line that can rise, the one that gains most first.
pub(super) fn advise(scheme: &Scheme, lines: &[Line]) -> Vec<Advice> {
    let mut steps: Vec<Advice> =
        lines.iter().zip(&scheme.indicators).filter_map(|(line, one)| advice(scheme, one, line)).collect();
    steps.sort_by(|one, other| other.gain.cmp(&one.gain));
    steps
}

/// What to do about one line, and the points that it then has.
struct Step {
    text: Bilingual,
    points: Exact,
}

fn advice(scheme: &Scheme, indicator: &Indicator, line: &Line) -> Option<Advice> {
    if line.kind == LineKind::Shown {
        return None;
    }
    // Points that a person set rise by no rule.
    if line.adjusted.as_ref().is_some_and(|one| one.sets == Sets::Points) {
        return None;
    }
    let now = line.points.as_ref()?;
    let step = step(scheme, indicator, line, now)?;
    let points = indicator.at_most.iter().fold(step.points, |points, most| points.min(most.clone()));
    let gain = worth(line, &(points - now.clone()))?;
    (gain > 0).then(|| Advice { indicator: indicator.id.clone(), text: step.text, gain })
}

/// What points of a line add to the total.
fn worth(line: &Line, points: &Exact) -> Option<Exact> {
    match line.kind {
        LineKind::Weighted => Some(points.checked_div(&line.full_marks)? * line.effective_weight.clone()),
        LineKind::Added | LineKind::Shown => Some(points.clone()),
    }
}

fn step(scheme: &Scheme, indicator: &Indicator, line: &Line, now: &Exact) -> Option<Step> {
    if indicator.per == Per::Week {
        return people::every_week(indicator, line);
    }
    match (&indicator.judged, &indicator.scored) {
        (Judged::Occurrences { start, .. }, Scored::AsIs) => people::no_events(start, line),
        (Judged::Met(_), _) => people::all_conditions(line),
        (Judged::Checklist(_), Scored::AsIs) => people::one_item_more(line),
        (Judged::Rating(rating), Scored::AsIs) => people::better_rating(rating, line),
        (Judged::Value { .. } | Judged::Rating(_) | Judged::Checklist(_), Scored::Curve(curve)) => {
            bands::next(scheme, indicator, curve, line, now)
        }
        (Judged::Value { .. } | Judged::Rating(_), Scored::Linear(linear)) => {
            stretch::to_the_end(indicator, linear, line)
        }
        (Judged::Value { .. } | Judged::Rating(_), Scored::Ranks(ranks)) => people::next_place(ranks, now),
        _ => None,
    }
}
