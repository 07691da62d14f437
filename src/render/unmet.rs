//! Items of check sheets that an agent did not meet.

use serde_json::{Value, json};

use super::body::said;
use super::clean::clean;
use crate::score::appraisal::{Card, Unmet};
use crate::words::Locale;

/// Every item once, with the lines that look at it.
pub(super) fn unmet_body(card: &Card, locale: Locale) -> Value {
    let mut items: Vec<(&Unmet, Vec<String>)> = Vec::new();
    for line in &card.lines {
        for item in &line.unmet {
            let label = said(&line.label, locale);
            match items.iter_mut().find(|(known, _)| known.id == item.id) {
                Some((_, labels)) => labels.push(label),
                None => items.push((item, vec![label])),
            }
        }
    }
    let row = |(item, labels): (&Unmet, Vec<String>)| {
        json!({
            "id": clean(&item.id),
            "text": said(&item.text, locale),
            "critical": item.critical,
            "lines": labels,
        })
    };
    items.into_iter().map(row).collect()
}
