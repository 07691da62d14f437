//! How a line's numbers are printed.

use crate::exact::Exact;
use crate::scheme::{Compare, Direction, Indicator, Judged, Measure, Scheme, Scored, Unit};

use super::super::appraisal::Reference;
use super::plain_unit;

/// Unit, decimals and direction of what a line judges.
pub(in crate::score) struct Format {
    pub(in crate::score) unit: Unit,
    pub(in crate::score) decimals: u32,
    pub(in crate::score) direction: Direction,
}

impl Format {
    pub(in crate::score) fn of(scheme: &Scheme, indicator: &Indicator) -> Self {
        let (unit, decimals, direction) = match &indicator.judged {
            Judged::Value { metric: Some(metric), .. } => {
                let metric = &scheme.metrics[*metric];
                (metric.unit, metric.decimals, metric.direction)
            }
            Judged::Value { value, .. } => {
                let names = value.names();
                let named = names.first().and_then(|(name, _)| scheme.formulas.iter().find(|one| one.id == name.id));
                let metric = names.first().and_then(|(name, _)| scheme.metric(&name.id));
                match (named, metric, names.len()) {
                    (Some(named), _, 1) => (named.unit, named.decimals, named.direction),
                    (None, Some(metric), 1) => (metric.unit, metric.decimals, metric.direction),
                    _ => (Unit::Ratio, 2, Direction::Higher),
                }
            }
            Judged::Checklist(checklist) => match checklist.measure {
                Measure::Passed => (Unit::Percent, 1, Direction::Higher),
                Measure::Unmet => (Unit::Count, 0, Direction::Lower),
            },
            Judged::Occurrences { .. } => (Unit::Count, 0, Direction::Lower),
            Judged::Rating(_) | Judged::Points(_) | Judged::Met(_) => plain_unit(),
        };
        Self { unit, decimals, direction }
    }
}

/// A band's edge as people write it: a comparison with a reference is a percentage.
pub(in crate::score) fn edge_in_words(scheme: &Scheme, indicator: &Indicator, edge: &Exact) -> String {
    let unit = Format::of(scheme, indicator).unit;
    if let Judged::Value { relative_to: Some(_), compare: Compare::Ratio | Compare::Growth, .. } = &indicator.judged {
        return format!("{}%", (edge.clone() * Exact::whole(100)).trimmed(4));
    }
    match unit {
        Unit::Percent => format!("{}%", (edge.clone() * Exact::whole(100)).trimmed(4)),
        Unit::Yuan => format!("¥{}", edge.trimmed(2)),
        Unit::Seconds => format!("{}s", edge.trimmed(2)),
        Unit::Minutes => format!("{}min", edge.trimmed(2)),
        _ => edge.trimmed(4),
    }
}

/// By what an edge is multiplied to stand in the value's own unit.
pub(super) fn scale(indicator: &Indicator, reference: Option<&Reference>) -> Option<Exact> {
    match &indicator.judged {
        Judged::Value { relative_to: Some(_), compare: Compare::Ratio, .. } => reference?.measured.value.clone(),
        Judged::Value { relative_to: Some(_), .. } => None,
        _ => Some(Exact::whole(1)),
    }
}

/// Decimals at which the printed value lies in the same band as the exact one: 56.997% is not printed as 57.00% below an
/// edge at 57%. A value that is compared with a reference is not judged itself and keeps the metric's decimals.
pub(super) fn honest_decimals(indicator: &Indicator, format: &Format, value: Option<&Exact>) -> u32 {
    let plain =
        matches!(&indicator.judged, Judged::Value { relative_to: None, .. } | Judged::Rating(_) | Judged::Checklist(_));
    let (Some(value), Scored::Curve(curve), true) = (value, &indicator.scored, plain) else { return format.decimals };
    let percent = if format.unit == Unit::Percent { 2 } else { 0 };
    let band = |value: &Exact| curve.fire(value).map(|fired| fired.band).ok();
    let decimals =
        (format.decimals..format.decimals + 4).find(|decimals| band(&value.rounded(decimals + percent)) == band(value));
    decimals.unwrap_or(format.decimals)
}
