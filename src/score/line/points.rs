//! From what was read to points: bands, lines, places, or the share itself.

use crate::exact::Exact;
use crate::scheme::formula::Value;
use crate::scheme::line::OccurrencePoints;
use crate::scheme::{Amount, Counts, Curve, Indicator, Judged, Scored};
use crate::tables::Member;
use crate::words::Bilingual;

use super::{Outcome, Reading, Scorer, words};

impl Scorer<'_> {
    /// Points for what was read.
    pub(super) fn points(&self, member: &Member, week: Option<usize>, reading: &Reading) -> Outcome {
        let without = |points: Value| Outcome { points, rule: Bilingual::default(), level: None, reading: None };
        if let Some((points, rule)) = &reading.points {
            return Outcome { points: points.clone(), rule: rule.clone(), level: None, reading: None };
        }
        let value = match &reading.judged {
            Value::Number(value) => value,
            Value::Unset(name) => return without(Value::Unset(name.clone())),
            _ => return without(Value::Missing),
        };
        match &self.indicator.scored {
            Scored::Curve(curve) => self.by_bands(curve, value),
            Scored::Linear(linear) => {
                let points = linear.at(value);
                Outcome {
                    rule: Bilingual::new("按直线计分", "by a straight line"), ..without(Value::Number(points))
                }
            }
            Scored::Ranks(ranks) => {
                let Some(places) = self.places.get(week.unwrap_or(0)) else { return without(Value::Missing) };
                let (points, rule) = places.points(self.desk, ranks, member, value, week);
                Outcome { rule, ..without(points) }
            }
            Scored::AsIs => self.as_is(value),
        }
    }

    fn by_bands(&self, curve: &Curve, value: &Exact) -> Outcome {
        match curve.fire(value) {
            Err(lacking) => {
                Outcome { points: Value::Unset(lacking), rule: Bilingual::default(), level: None, reading: None }
            }
            Ok(fired) => {
                let rule = curve.words(fired.band, |edge| words::edge_in_words(self.scheme, self.indicator, edge));
                let points = match fired.points {
                    Amount::Known(points) => Value::Number(points.clone()),
                    Amount::Unset(name) => Value::Unset(name.clone()),
                };
                Outcome { points, rule, level: fired.level, reading: None }
            }
        }
    }

    /// A rating or a check sheet stretched to full points; elsewhere the number itself.
    fn as_is(&self, value: &Exact) -> Outcome {
        // A number that is only shown has no points.
        if matches!(self.indicator.judged, Judged::Value { .. }) {
            return Outcome {
                points: Value::Missing,
                rule: Bilingual::new("仅供参考", "for information"),
                level: None,
                reading: None,
            };
        }
        let full = match &self.indicator.counts {
            Counts::Weighted { full_points, .. } => Some(full_points.clone()),
            Counts::Added | Counts::Shown => self.indicator.full_points.clone().map(Amount::Known),
        };
        let best = match &self.indicator.judged {
            Judged::Rating(rating) => rating.max.clone(),
            _ => Exact::whole(1),
        };
        let rule = Bilingual::new("按得分比例", "in proportion to what was reached");
        let points = match full {
            Some(Amount::Unset(name)) => Value::Unset(name),
            Some(Amount::Known(full)) => Value::of(value.checked_div(&best).map(|share| share * full)),
            None => Value::Number(value.clone()),
        };
        Outcome { points, rule, level: None, reading: None }
    }
}

/// The edge of the best band that gives full points, which is the target to draw.
pub(super) fn target(indicator: &Indicator, full: &Exact) -> Option<Exact> {
    match &indicator.scored {
        Scored::Curve(curve) => curve.target(full).cloned(),
        Scored::Linear(linear) if linear.points_to > linear.points_from => Some(linear.to.clone()),
        Scored::Linear(linear) => Some(linear.from.clone()),
        Scored::Ranks(_) | Scored::AsIs => None,
    }
}

/// The most points that the rules of a line give, where they have a bound.
pub(in crate::score) fn most(indicator: &Indicator) -> Option<Exact> {
    let weeks = if indicator.per == crate::scheme::Per::Week { 4 } else { 1 };
    let most = match (&indicator.scored, &indicator.judged) {
        (Scored::Curve(curve), _) => curve.most().cloned(),
        (Scored::Linear(linear), _) => Some(linear.points_from.clone().max(linear.points_to.clone())),
        (Scored::Ranks(ranks), _) => ranks.points.iter().filter_map(Amount::known).max().cloned(),
        (Scored::AsIs, Judged::Rating(rating)) => Some(rating.max.clone()),
        (Scored::AsIs, Judged::Occurrences { start, kinds }) => {
            let bonus = kinds.iter().any(|kind| {
                matches!(&kind.points, OccurrencePoints::Each(points) if points.known().is_some_and(|points| *points > 0))
            });
            if bonus { None } else { start.known().cloned() }
        }
        _ => None,
    };
    most.map(|most| most * Exact::whole(weeks))
}
