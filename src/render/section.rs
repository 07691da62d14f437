//! Headings over lines: what stands under each, and its sum where there is one.

use serde_json::{Value, json};

use super::body::said;
use super::figures::{lossless_places, number, short_number, signed};
use crate::exact::Exact;
use crate::score::appraisal::{Line, LineKind};
use crate::words::Locale;

/// Neighbouring lines under one heading, in the order of the card; contributions are summed to `places` decimals, or
/// not at all where there is no total.
pub(super) fn sections_body(lines: &[Line], places: Option<u32>, locale: Locale) -> Value {
    let mut sections: Vec<(usize, &[Line])> = Vec::new();
    let mut first = 0;
    for run in lines.chunk_by(|one, other| one.group == other.group && one.apart == other.apart) {
        sections.push((first, run));
        first += run.len();
    }
    sections.into_iter().map(|(first, run)| section_body(first, run, places, locale)).collect()
}

fn section_body(first: usize, lines: &[Line], places: Option<u32>, locale: Locale) -> Value {
    let heading = lines.first().and_then(|line| line.group.as_ref());
    json!({
        "label": heading.map(|label| said(label, locale)),
        "apart": lines.iter().any(|line| line.apart),
        "rows": (first..first + lines.len()).collect::<Vec<_>>(),
        "sum": heading.map(|_| sum_of(lines, places)),
    })
}

/// The points of a heading apart from the total, else what its lines add to the total; `null` where nothing adds up.
fn sum_of(lines: &[Line], places: Option<u32>) -> Value {
    if lines.iter().any(|line| line.apart) {
        let points: Vec<&Exact> = lines.iter().filter_map(|line| line.points.as_ref()).collect();
        let decimals = lossless_places(points.iter().copied(), 0).unwrap_or(2);
        return match points.is_empty() {
            true => Value::Null,
            false => json!({ "text": number(&points.into_iter().cloned().sum(), decimals), "of": null }),
        };
    }
    let (Some(places), true) = (places, lines.iter().any(|line| line.contribution.is_some())) else {
        return Value::Null;
    };
    let sum: Exact = lines.iter().filter_map(|line| line.contribution.clone()).sum();
    let weighted = lines.iter().any(|line| line.kind == LineKind::Weighted);
    let weight: Exact = lines.iter().map(|line| line.effective_weight.clone()).sum();
    match weighted {
        true => json!({ "text": number(&sum, places), "of": short_number(&weight, 2) }),
        false => json!({ "text": signed(&sum, places), "of": null }),
    }
}
