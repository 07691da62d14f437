//! Periods as people say them.

use chrono::{Datelike, NaiveDate};

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
        (Cycle::MonthFrom(_), _) => from_to(first, last, locale),
        (Cycle::Day, _) => day_in_words(first, locale),
    }
}

/// A day in words: `2026年10月5日`, `5 October 2026`.
pub(super) fn day_in_words(day: NaiveDate, locale: Locale) -> String {
    match locale {
        Locale::Zh => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        Locale::En => day.format("%-d %B %Y").to_string(),
    }
}

/// The first and the last day; the year is said once where it is the same.
fn from_to(first: NaiveDate, last: NaiveDate, locale: Locale) -> String {
    let same_year = first.year() == last.year();
    match locale {
        Locale::Zh => {
            let year = if same_year { String::new() } else { format!("{}年", last.year()) };
            let first = first.format("%Y年%-m月%-d日");
            format!("{first}—{year}{}月{}日", last.month(), last.day())
        }
        Locale::En => {
            let year = if same_year { "" } else { " %Y" };
            format!("{} – {}", first.format(&format!("%-d %B{year}")), last.format("%-d %B %Y"))
        }
    }
}

/// The period as the label of an axis: `10月`, `Oct`.
pub(super) fn on_axis(period: &Period, locale: Locale) -> String {
    let first = period.start;
    match (period.cycle, locale) {
        (Cycle::Month, Locale::Zh) => format!("{}月", first.month()),
        (Cycle::Month, Locale::En) => first.format("%b").to_string(),
        // Named by the month in which it ends.
        (Cycle::MonthFrom(_), Locale::Zh) => format!("{}月", period.last_day().month()),
        (Cycle::MonthFrom(_), Locale::En) => period.last_day().format("%b").to_string(),
        (Cycle::Quarter, _) => format!("Q{}", first.month0() / 3 + 1),
        (Cycle::Week, Locale::Zh) => format!("{}周", first.iso_week().week()),
        (Cycle::Week, Locale::En) => format!("W{}", first.iso_week().week()),
        (Cycle::Day, _) => first.format("%-m-%-d").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_from_the_21st_shows_its_days() {
        let words = |label: &str, locale| in_words(&Period::parse(label).expect(label), locale);
        assert_eq!(words("2026-10-from-21", Locale::Zh), "2026年9月21日—10月20日");
        assert_eq!(words("2026-10-from-21", Locale::En), "21 September – 20 October 2026");
        assert_eq!(words("2026-01-from-21", Locale::Zh), "2025年12月21日—2026年1月20日");
        assert_eq!(words("2026-01-from-21", Locale::En), "21 December 2025 – 20 January 2026");
        assert_eq!(on_axis(&Period::parse("2026-01-from-21").expect("a period"), Locale::Zh), "1月");
    }
}
