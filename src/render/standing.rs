//! Total, rank and grade at a glance, or why there are none.

use serde_json::{Value, json};

use super::body::{said, step_of};
use super::figures::{lossless_places, number, rounded, signed, truthful_places};
use super::level::level_counts;
use crate::exact::Exact;
use crate::score::appraisal::{Appraisal, Card, Standing};
use crate::words::Locale;

/// Decimals of a card's total and contributions: enough to print them without loss, at most two, but never so few that
/// the printed total stands on the wrong side of a grade limit.
pub(super) fn places_of(appraisal: &Appraisal, card: &Card) -> u32 {
    let contributions = card.lines.iter().filter_map(|line| line.contribution.as_ref());
    let Standing::Scored { total, .. } = &card.standing else { return lossless_places(contributions, 1).unwrap_or(2) };
    let least = lossless_places(contributions.chain([total]), 1).unwrap_or(2);
    truthful_places(total, limits(appraisal), least)
}

/// The lower limits of the grades.
pub(super) fn limits(appraisal: &Appraisal) -> impl Iterator<Item = &Exact> + Clone {
    appraisal.scheme.grades.iter().filter_map(|(_, from)| from.as_ref())
}

pub(super) fn standing_body(appraisal: &Appraisal, card: &Card, places: u32, locale: Locale) -> Value {
    let full = &appraisal.scheme.full_marks;
    match &card.standing {
        Standing::NotScored { reason } => json!({
            "scored": false,
            "judged": card.standing.is_judged(),
            "reason": said(reason, locale),
            "levels": level_counts(&appraisal.scheme, card.lines.iter(), locale),
        }),
        Standing::Scored { total, rank, of, grade, previous, .. } => json!({
            "scored": true,
            "total": number(total, places),
            "at": total.checked_div(full).map(|share| share.to_f64()),
            "rank": rank,
            "of": of,
            "grade": Some(said(grade, locale)).filter(|grade| !grade.is_empty()),
            "step": step_of(&appraisal.scheme, grade),
            "previous": previous.as_ref().map(|previous| number(previous, places)),
            "change": previous.as_ref().map(|previous| change_body(total, previous, places)),
        }),
    }
}

/// The difference of two totals as printed, so that it can be checked on paper.
pub(super) fn change_body(total: &Exact, previous: &Exact, places: u32) -> Value {
    let moved = rounded(total, places) - rounded(previous, places);
    let way = if moved.is_zero() {
        "same"
    } else if moved.is_negative() {
        "down"
    } else {
        "up"
    };
    json!({ "text": signed(&moved, places), "way": way })
}
