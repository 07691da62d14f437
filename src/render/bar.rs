//! How far a line is on its way to full marks: the bar beside it.

use serde_json::{Value, json};

use super::figures::percent_down;
use crate::exact::Exact;
use crate::score::appraisal::{Direction, Line};

/// Where a bar ends on the paper: an eighth beyond the target, however much more was reached.
const END_OF_BAR: f64 = 1.125;

/// The bar of a line: how much of the target was reached (1 is the target) and where the reference stands.
///
/// Right is always better: for a metric of which less is better the target is divided by the value. Without a target
/// full marks are the target.
pub(super) fn bar_body(line: &Line) -> Value {
    let by_value = value_reached(line);
    let Some((reached, reference)) = by_value.or_else(|| points_reached(line).map(|share| (share, None))) else {
        return Value::Null;
    };
    json!({
        "reached": reached.to_f64().clamp(0.0, END_OF_BAR),
        "beyond": reached.to_f64() > END_OF_BAR,
        "reference": reference.map(|at| at.to_f64().clamp(0.0, END_OF_BAR)),
        "text": percent_down(&reached),
    })
}

fn value_reached(line: &Line) -> Option<(Exact, Option<Exact>)> {
    let target = line.target.as_ref().filter(|target| **target > 0)?;
    let value = line.measured.as_ref()?.value.as_ref()?;
    let reference = line.reference.as_ref().and_then(|reference| reference.measured.value.as_ref());
    let reached = share_of_target(value, target, line.direction)?;
    Some((reached, reference.and_then(|reference| share_of_target(reference, target, line.direction))))
}

fn share_of_target(value: &Exact, target: &Exact, direction: Direction) -> Option<Exact> {
    match direction {
        _ if value.is_negative() => None,
        Direction::Higher => value.checked_div(target),
        Direction::Lower => target.checked_div(value),
    }
}

fn points_reached(line: &Line) -> Option<Exact> {
    points_share(line).filter(|share| !share.is_negative())
}

/// Points won as a share of full marks; `None` without data or where full marks are nought.
pub(super) fn points_share(line: &Line) -> Option<Exact> {
    line.points.as_ref()?.checked_div(&line.full_marks)
}
