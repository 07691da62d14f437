//! Until when a card can be questioned: so many working days after its data was cut off, never by the clock.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use crate::job::Calendar;
use crate::words::Locale;

/// How a document's body says that it can be questioned, for an issue of that cut-off, by the job's clocks and calendar.
pub fn appeal_of(body: &Value, cut_off: DateTime<Utc>, zone: Tz, calendar: &Calendar) -> String {
    let locale = body["locale"].as_str().and_then(Locale::parse).unwrap_or_default();
    let house = &body["house"];
    let days = house["appeal_days"].as_u64().and_then(|days| u32::try_from(days).ok()).unwrap_or_default();
    let until = calendar.working_days_after(cut_off.with_timezone(&zone).date_naive(), days);
    appeal_words(house["appeal"].as_str().unwrap_or_default(), days, until, locale)
}

/// The words of the house with the last day put in for `{until}` and the number of days for `{days}`.
///
/// Words that have no place for the day get a sentence with it; without days the words stand as they are.
fn appeal_words(words: &str, days: u32, until: NaiveDate, locale: Locale) -> String {
    if days == 0 || words.is_empty() {
        return words.to_owned();
    }
    let until = day_in_words(until, locale);
    if words.contains("{until}") {
        return words.replace("{until}", &until).replace("{days}", &days.to_string());
    }
    match locale {
        Locale::Zh => format!("{words}截止日期：{until}。"),
        Locale::En => format!("{words} Last day: {until}."),
    }
}

fn day_in_words(day: NaiveDate, locale: Locale) -> String {
    match locale {
        Locale::Zh => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        Locale::En => day.format("%-d %B %Y").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diag::AuthoredFile;

    fn words(words: &str, days: u32, cut_off: &str, locale: Locale) -> String {
        let body = json!({ "locale": locale.tag(), "house": { "appeal": words, "appeal_days": days } });
        let cut_off = cut_off.parse().expect("an instant");
        appeal_of(&body, cut_off, chrono_tz::Asia::Shanghai, &Calendar::default())
    }

    #[test]
    fn holidays_of_the_jobs_calendar_do_not_count() {
        let text = "title = \"x\"\nsource = \"x\"\nyears = [2026]\nholidays = [\"2026-10-01/2026-10-07\"]\n";
        let calendar = Calendar::parse(&AuthoredFile::from_text("x.toml", text)).expect("a calendar");
        let body = json!({ "locale": "en", "house": { "appeal": "by {until}", "appeal_days": 2 } });
        let cut_off = "2026-09-30T01:00:00Z".parse().expect("an instant");
        let until = appeal_of(&body, cut_off, chrono_tz::Asia::Shanghai, &calendar);
        assert_eq!(until, "by 9 October 2026");
    }

    #[test]
    fn the_last_day_counts_working_days_in_the_jobs_time_zone() {
        // Friday evening in London is Saturday in Shanghai.
        assert_eq!(words("在 {until} 前", 1, "2026-11-06T17:00:00Z", Locale::Zh), "在 2026年11月9日 前");
        assert_eq!(words("by {until}", 5, "2026-11-02T01:00:00Z", Locale::En), "by 9 November 2026");
        assert_eq!(
            words("within {days}: {until}", 10, "2026-12-21T01:00:00Z", Locale::En),
            "within 10: 4 January 2027"
        );
    }

    #[test]
    fn words_without_a_place_for_the_day_get_one() {
        assert_eq!(words("请回复。", 5, "2026-11-02T01:00:00Z", Locale::Zh), "请回复。截止日期：2026年11月9日。");
        assert_eq!(words("Reply.", 0, "2026-11-02T01:00:00Z", Locale::En), "Reply.");
    }
}
