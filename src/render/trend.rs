//! Six periods on a chart: where the line goes, and what stands beside it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::axis::Axis;
use super::figures::number;
use super::period_words::on_axis;
use crate::exact::Exact;
use crate::period::Period;
use crate::score::appraisal::{Appraisal, Card, Standing, Team};
use crate::words::Locale;

/// Periods on a chart, this one included.
const PERIODS: usize = 6;

/// One period: the agent's total and the team's mean, either of which may be unknown.
type Point = (Option<Exact>, Option<Exact>);

/// The agent's totals beside the team's means; `null` when there is no earlier period to compare with.
pub(super) fn card_trend(appraisal: &Appraisal, card: &Card, team: Option<&Team>, locale: Locale) -> Value {
    let now = match &card.standing {
        Standing::Scored { total, .. } => Some(total.clone()),
        Standing::NotScored { .. } => None,
    };
    let mut points: BTreeMap<Period, Point> =
        card.trend.iter().map(|point| (point.period, (point.total.clone(), point.team_mean.clone()))).collect();
    points.insert(appraisal.period, (now, team.and_then(|team| team.mean_total.clone())));
    chart(&points, &appraisal.period, &appraisal.scheme.full_marks, locale)
}

/// The team's means alone.
pub(super) fn team_trend(appraisal: &Appraisal, cards: &[&Card], team: &Team, locale: Locale) -> Value {
    let mut points: BTreeMap<Period, Point> = BTreeMap::new();
    for point in cards.iter().flat_map(|card| &card.trend) {
        let known = points.entry(point.period).or_default();
        known.0 = known.0.take().or_else(|| point.team_mean.clone());
    }
    points.insert(appraisal.period, (team.mean_total.clone(), None));
    chart(&points, &appraisal.period, &appraisal.scheme.full_marks, locale)
}

fn chart(points: &BTreeMap<Period, Point>, now: &Period, full_marks: &Exact, locale: Locale) -> Value {
    let mut periods: Vec<Period> =
        std::iter::successors(Some(*now), |period| Some(period.previous())).take(PERIODS).collect();
    periods.reverse();
    let shown: Vec<(Period, Point)> =
        periods.into_iter().map(|period| (period, points.get(&period).cloned().unwrap_or_default())).collect();
    if shown.iter().filter(|(_, point)| point.0.is_some()).count() < 2 {
        return Value::Null;
    }
    let known = || shown.iter().flat_map(|(_, (total, mean))| [total, mean]).flatten();
    let axis = Axis::around(known(), full_marks);
    let at = |value: &Option<Exact>| value.as_ref().map(|value| axis.at(value));
    let text = |value: &Option<Exact>| value.as_ref().map(|value| number(value, 1));
    let point = |(period, (total, mean)): &(Period, Point)| {
        json!({
            "label": on_axis(period, locale),
            "total": text(total),
            "total_at": at(total),
            "mean": text(mean),
            "mean_at": at(mean),
        })
    };
    json!({ "ticks": axis.ticks(), "points": shown.iter().map(point).collect::<Vec<_>>() })
}
