//! What the total is made of: contributions that add up on paper.

use serde_json::{Value, json};

use super::body::said;
use super::figures::{number, rounded, signed};
use crate::exact::Exact;
use crate::score::appraisal::{Card, Line, LineKind, Standing};
use crate::words::Locale;

/// The terms, what they leave over, and the total; `null` for a card that was not scored.
pub(super) fn sum_body(card: &Card, full_marks: &Exact, places: u32, locale: Locale) -> Value {
    let Standing::Scored { total, .. } = &card.standing else { return Value::Null };
    let counted = card
        .lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some((at + 1, line, line.contribution.as_ref()?)))
        .filter(|(_, line, part)| line.kind == LineKind::Weighted || !part.is_zero());
    let share = |part: &Exact| part.checked_div(full_marks).map_or(0.0, |share| share.to_f64());
    let term = |(index, line, part): (usize, &Line, &Exact)| {
        json!({
            "index": index,
            "label": said(&line.label, locale),
            "text": number(part, places),
            "share": share(part),
            "best": share(&best(line, part)),
        })
    };
    let rest = total.clone() - counted.clone().map(|(_, _, part)| part.clone()).sum();
    let printed: Exact = counted.clone().map(|(_, _, part)| rounded(part, places)).sum();
    let exact = printed + rounded(&rest, places) == rounded(total, places);
    json!({
        "terms": counted.map(term).collect::<Vec<_>>(),
        "rest": if rest.is_zero() { None } else { Some(signed(&rest, places)) },
        "total": number(total, places),
        "exact": exact,
    })
}

/// How wide the line is drawn: what it would add at full marks, or what an addition adds.
fn best(line: &Line, part: &Exact) -> Exact {
    match line.kind {
        LineKind::Weighted => line.effective_weight.clone(),
        LineKind::Added | LineKind::Shown => part.clone().max(Exact::zero()),
    }
}
