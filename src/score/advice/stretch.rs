//! Lines judged by a straight line: its better end, and what each unit on the way is worth.

use crate::exact::Exact;
use crate::scheme::line::Linear;
use crate::scheme::{Edge, Indicator, Unit};
use crate::words::Bilingual;

use super::super::appraisal::Line;
use super::goal::{in_own_unit, reachable, way};
use super::{Step, worth};

/// The end of the line that gives most.
pub(super) fn to_the_end(indicator: &Indicator, linear: &Linear, line: &Line) -> Option<Step> {
    let rises = linear.points_to > linear.points_from;
    let (end, points) = if rises { (&linear.to, &linear.points_to) } else { (&linear.from, &linear.points_from) };
    let edge = if (linear.to > linear.from) == rises { Edge::AtLeast(end.clone()) } else { Edge::AtMost(end.clone()) };
    let value = line.measured.as_ref()?.value.as_ref()?;
    let goal = reachable(&in_own_unit(indicator, line, end)?, &edge, line);
    let way = way(line, value, &goal);
    let text = match each(line, linear) {
        Some(each) => Bilingual::new(format!("{}{}", way.zh, each.zh), format!("{}{}", way.en, each.en)),
        None => way,
    };
    Some(Step { text, points: points.clone() })
}

/// What one unit adds to the total, where the line judges the value itself and a unit is a step that people take.
fn each(line: &Line, linear: &Linear) -> Option<Bilingual> {
    let (unit, zh, en) = match line.unit {
        Unit::Percent => (Exact::scaled(1, 2), "1 个百分点", "percentage point"),
        Unit::Seconds => (Exact::whole(1), "1 秒", "second"),
        Unit::Minutes => (Exact::whole(1), "1 分钟", "minute"),
        Unit::Points => (Exact::whole(1), "1 分", "point"),
        Unit::Yuan | Unit::Count | Unit::Ratio => return None,
    };
    if line.reference.is_some() {
        return None;
    }
    let slope = (linear.points_to.clone() - linear.points_from.clone())
        .checked_div(&(linear.to.clone() - linear.from.clone()))?
        .abs();
    let gain = worth(line, &(slope * unit))?;
    if gain < Exact::scaled(1, 2) {
        return None;
    }
    let gain = gain.trimmed(2);
    Some(Bilingual::new(format!("（每 {zh} +{gain} 分）"), format!(" (+{gain} points for each {en})")))
}
