//! One row of the indicator table.

use serde_json::{Value, json};

use super::bar::bar_body;
use super::body::said;
use super::clean::clean;
use super::figures::{apart_from, lossless_places, number, parts, short_number, signed, with_unit};
use crate::exact::Exact;
use crate::score::appraisal::{Direction, Line, Occurrence, Reference};
use crate::words::Locale;

/// All lines, with points printed to the same decimals so that they align; contributions to `places` decimals, or not
/// at all where nothing adds up to a total.
pub(super) fn lines_body(lines: &[Line], places: Option<u32>, locale: Locale) -> Value {
    let won = lines.iter().filter_map(|line| line.points.as_ref());
    let points = lossless_places(won, 0).unwrap_or(1);
    lines.iter().map(|line| line_body(line, points, places, locale)).collect()
}

fn line_body(line: &Line, point_places: u32, places: Option<u32>, locale: Locale) -> Value {
    let measured = line.measured.as_ref();
    let value = measured.and_then(|measured| measured.value.as_ref());
    let shown = |value: &Exact| apart_from(value, line.target.as_ref(), line.unit, line.decimals, locale);
    json!({
        "id": clean(&line.id),
        "label": said(&line.label, locale),
        "value": value.map(shown),
        "parts": measured.and_then(parts),
        "reference": line.reference.as_ref().map(|reference| reference_body(line, reference, locale)),
        "target": line.target.as_ref().map(|target| target_text(line, target, locale)),
        "points": line.points.as_ref().map(|points| number(points, point_places)),
        "full_marks": short_number(&line.full_marks, 2),
        "weight": short_number(&line.weight, 2),
        "contribution": line.contribution.as_ref().zip(places).map(|(share, places)| number(share, places)),
        "bar": bar_body(line),
        "status": line.status.word(),
        "rule": said(&line.rule, locale),
        "assumed": line.assumed.as_ref().map(|reason| said(reason, locale)),
        "occurrences": line.occurrences.iter().map(|one| occurrence_body(one, locale)).collect::<Vec<_>>(),
    })
}

fn reference_body(line: &Line, reference: &Reference, locale: Locale) -> Value {
    let shown = |value: &Exact| with_unit(value, line.unit, line.decimals, locale);
    let percent = |relation: &Exact| format!("{}%", number(&(relation.clone() * Exact::whole(100)), 1));
    json!({
        "label": said(&reference.label, locale),
        "value": reference.measured.value.as_ref().map(shown),
        "parts": parts(&reference.measured),
        "relation": reference.relation.as_ref().map(percent),
    })
}

fn target_text(line: &Line, target: &Exact, locale: Locale) -> String {
    let sign = match line.direction {
        Direction::Higher => "≥",
        Direction::Lower => "≤",
    };
    format!("{sign} {}", with_unit(target, line.unit, line.decimals, locale))
}

fn occurrence_body(one: &Occurrence, locale: Locale) -> Value {
    json!({ "on": one.on.map(|day| day.to_string()), "what": said(&one.what, locale), "points": signed(&one.points, 1) })
}
