//! Named levels, such as 优秀, where a scheme has them.

use serde_json::{Value, json};

use super::body::said;
use crate::score::appraisal::{Line, Reached, SchemeIdentity};
use crate::words::Locale;

/// The level of a line with its step on the ladder, nought for the best; `null` without one.
pub(super) fn level_body(scheme: &SchemeIdentity, level: Option<&Reached>, locale: Locale) -> Value {
    let Some(level) = level else { return Value::Null };
    json!({ "label": said(&level.label, locale), "step": step_of(scheme, level), "of": scheme.levels.len() })
}

/// How many lines reached each level, the best first; empty where the scheme names none.
pub(super) fn level_counts<'a>(
    scheme: &SchemeIdentity,
    lines: impl Iterator<Item = &'a Line> + Clone,
    locale: Locale,
) -> Value {
    let row = |level: &Reached| {
        let count = lines.clone().filter(|line| line.level.as_ref().is_some_and(|own| own.id == level.id)).count();
        json!({ "label": said(&level.label, locale), "step": step_of(scheme, level), "count": count })
    };
    scheme.levels.iter().map(row).collect()
}

/// How good a level is: one for the best, nought for the last.
pub(super) fn level_share(scheme: &SchemeIdentity, level: &Reached) -> f64 {
    let last = scheme.levels.len().saturating_sub(1).max(1);
    1.0 - step_of(scheme, level).min(last) as f64 / last as f64
}

fn step_of(scheme: &SchemeIdentity, level: &Reached) -> usize {
    scheme.levels.iter().position(|one| one.id == level.id).unwrap_or(scheme.levels.len())
}
