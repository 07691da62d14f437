//! Periods as people say them.

use chrono::Datelike;

use crate::period::{Cycle, Period};
use crate::words::Locale;

/// The period in words: `2026年10月`, `October 2026`.
pub fn in_words(period: &Period, locale: Locale) -> String {
    let (first, last) = (period.start, period.last_day());
    let quarter = first.month0() / 3 + 1;
    match (period.cycle, locale) {
        (Cycle::Month, Locale::Zh) => format!("{}年{}月", first.year(), first.month()),
        (Cycle::Month, Locale::En) => first.format("%B %Y").to_string(),
        (Cycle::Quarter, Locale::Zh) => format!("{}年第{quarter}季度", first.year()),
        (Cycle::Quarter, Locale::En) => format!("Q{quarter} {}", first.year()),
        (Cycle::Week, Locale::Zh) => format!(
            "{}年第{}周（{}月{}日—{}月{}日）",
            first.iso_week().year(),
            first.iso_week().week(),
            first.month(),
            first.day(),
            last.month(),
            last.day()
        ),
        (Cycle::Week, Locale::En) => format!(
            "Week {} of {} ({}–{})",
            first.iso_week().week(),
            first.iso_week().year(),
            first.format("%-d %b"),
            last.format("%-d %b")
        ),
        (Cycle::Day, Locale::Zh) => format!("{}年{}月{}日", first.year(), first.month(), first.day()),
        (Cycle::Day, Locale::En) => first.format("%-d %B %Y").to_string(),
    }
}

/// The period as the label of an axis: `10月`, `Oct`.
pub(super) fn on_axis(period: &Period, locale: Locale) -> String {
    let first = period.start;
    match (period.cycle, locale) {
        (Cycle::Month, Locale::Zh) => format!("{}月", first.month()),
        (Cycle::Month, Locale::En) => first.format("%b").to_string(),
        (Cycle::Quarter, _) => format!("Q{}", first.month0() / 3 + 1),
        (Cycle::Week, Locale::Zh) => format!("{}周", first.iso_week().week()),
        (Cycle::Week, Locale::En) => format!("W{}", first.iso_week().week()),
        (Cycle::Day, _) => first.format("%-m-%-d").to_string(),
    }
}
