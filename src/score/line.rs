//! One indicator of one agent: value, reference, the band that fired, points.

use std::collections::BTreeMap;

use crate::exact::Exact;
use crate::scheme::{Amount, Indicator, Metric, Missing, Scheme, Unit};
use crate::words::Bilingual;

use super::appraisal::{Line, Origin, Status};
use super::baseline::Baselines;
use super::measure::Parts;

/// Scores one indicator; the contribution is filled in when all lines of the card are known.
pub(super) fn score(
    scheme: &Scheme,
    indicator: &Indicator,
    team: &str,
    own: &BTreeMap<usize, Parts>,
    baselines: &Baselines,
) -> Option<Line> {
    let index = scheme.metrics.iter().position(|metric| metric.id == indicator.metric)?;
    let metric = &scheme.metrics[index];
    let measured = own.get(&index).map(Parts::measured);
    let reference = indicator
        .relative_to
        .as_ref()
        .and_then(|baseline| baselines.reference(scheme, baseline, index, team, own, measured.as_ref()));
    let judged = match &indicator.relative_to {
        Some(_) => reference.as_ref().and_then(|reference| reference.relation.clone()),
        None => measured.as_ref().and_then(|measured| measured.value.clone()),
    };
    let verdict = judge(indicator, metric, judged.as_ref());
    let scale = match &indicator.relative_to {
        Some(_) => reference.as_ref().and_then(|reference| reference.measured.value.clone()),
        None => Some(Exact::whole(1)),
    };
    let target = scale.and_then(|scale| Some(indicator.curve.target(&indicator.full_points)?.clone() * scale));
    Some(Line {
        id: indicator.id.clone(),
        label: indicator.label.clone(),
        unit: metric.unit,
        decimals: honest_decimals(indicator, metric, measured.as_ref().and_then(|one| one.value.as_ref())),
        direction: metric.direction,
        measured,
        reference,
        target,
        points: verdict.points,
        full_marks: indicator.full_points.clone(),
        weight: indicator.weight.known().cloned().unwrap_or_else(Exact::zero),
        contribution: None,
        status: verdict.status,
        rule: verdict.rule,
        assumed: indicator.assumed.clone(),
        occurrences: Vec::new(),
        origin: origin(scheme, metric),
    })
}

/// Decimals at which the printed value lies in the same band as the exact one: 56.997% is not printed as 57.00% below an
/// edge at 57%. A value that is compared with a reference is not judged itself and keeps the metric's decimals.
fn honest_decimals(indicator: &Indicator, metric: &Metric, value: Option<&Exact>) -> u32 {
    let Some(value) = value.filter(|_| indicator.relative_to.is_none()) else { return metric.decimals };
    let percent = if metric.unit == Unit::Percent { 2 } else { 0 };
    let band = |value: &Exact| indicator.curve.fire(value).band;
    let printed = |decimals: u32| Exact::parse(&value.fixed(decimals + percent)).unwrap_or_else(Exact::zero);
    let decimals = (metric.decimals..metric.decimals + 4).find(|decimals| band(&printed(*decimals)) == band(value));
    decimals.unwrap_or(metric.decimals)
}

struct Verdict {
    points: Option<Exact>,
    status: Status,
    rule: Bilingual,
}

fn judge(indicator: &Indicator, metric: &Metric, judged: Option<&Exact>) -> Verdict {
    let Some(value) = judged else { return without_data(indicator) };
    let fired = indicator.curve.fire(value);
    let rule = indicator.curve.words(fired.band, |edge| edge_in_words(indicator, metric, edge));
    match (fired.points, &indicator.weight) {
        (Amount::Known(points), Amount::Known(_)) => {
            let status = if indicator.assumed.is_some() { Status::Assumed } else { Status::Final };
            Verdict { points: Some(points.clone()), status, rule }
        }
        _ => Verdict { points: None, status: Status::Unset, rule },
    }
}

fn without_data(indicator: &Indicator) -> Verdict {
    let points = match indicator.missing {
        Missing::Full => Some(indicator.full_points.clone()),
        Missing::Zero => Some(Exact::zero()),
        Missing::Renormalise | Missing::Hold => None,
    };
    let rule = match indicator.missing {
        Missing::Full => Bilingual::new("无数据，按满分计", "no data, counted as full"),
        Missing::Zero => Bilingual::new("无数据，按 0 分计", "no data, counted as nought"),
        Missing::Renormalise => Bilingual::new("无数据，不计入总分", "no data, left out of the total"),
        Missing::Hold => Bilingual::new("无数据，待补", "no data, waiting for it"),
    };
    Verdict { points, status: Status::Missing, rule }
}

/// A band's edge as people write it: a comparison with a reference is a percentage.
pub(super) fn edge_in_words(indicator: &Indicator, metric: &Metric, edge: &Exact) -> String {
    if indicator.relative_to.is_some() || metric.unit == Unit::Percent {
        return format!("{}%", (edge.clone() * Exact::whole(100)).trimmed(4));
    }
    match metric.unit {
        Unit::Yuan => format!("¥{}", edge.trimmed(2)),
        Unit::Seconds => format!("{}s", edge.trimmed(2)),
        Unit::Minutes => format!("{}min", edge.trimmed(2)),
        _ => edge.trimmed(4),
    }
}

fn origin(scheme: &Scheme, metric: &Metric) -> Origin {
    let filter = scheme.filters.iter().find(|filter| filter.id == metric.table);
    Origin {
        table: filter.map_or(&metric.table, |filter| &filter.table).clone(),
        expression: metric.expression.clone(),
        filter: filter.map(|filter| filter.keep.clone()),
    }
}
