//! What the scheduler answered to a request, as lines to read.
//!
//! The answer is JSON: `text` holds lines and `effects` holds effects. A list of lines is an array whose items are texts or
//! `{"zh": …, "en": …}`, or an object `{"zh": […], "en": […]}`; effects may also be an object of names and numbers.

use serde_json::Value;

use crate::words::Locale;

/// An answer, in one language.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What would be, or was, done.
    pub lines: Vec<String>,
    /// What that changes.
    pub effects: Vec<String>,
}

impl Plan {
    /// Reads an answer; what is not JSON is shown as it stands.
    pub fn read(answer: Option<&str>, locale: Locale) -> Self {
        let Some(answer) = answer else { return Self::default() };
        match serde_json::from_str::<Value>(answer) {
            Ok(Value::Object(parts)) => {
                let part = |name: &str| parts.get(name).map(|part| lines(part, locale)).unwrap_or_default();
                Self { lines: part("text"), effects: part("effects") }
            }
            Ok(other) => Self { lines: lines(&other, locale), effects: Vec::new() },
            Err(_) => Self { lines: answer.lines().map(str::to_owned).collect(), effects: Vec::new() },
        }
    }
}

fn lines(part: &Value, locale: Locale) -> Vec<String> {
    match part {
        Value::Null => Vec::new(),
        Value::String(text) => text.lines().map(str::to_owned).collect(),
        Value::Array(items) => items.iter().flat_map(|item| lines(item, locale)).collect(),
        Value::Object(pairs) => match pairs.get(in_short(locale)) {
            Some(text) => lines(text, locale),
            None => pairs.iter().map(|(name, value)| format!("{name}: {}", plain(value))).collect(),
        },
        other => vec![other.to_string()],
    }
}

fn in_short(locale: Locale) -> &'static str {
    match locale {
        Locale::Zh => "zh",
        Locale::En => "en",
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_in_the_readers_language() {
        let answer = r#"{"text": {"zh": ["取数"], "en": ["pull", "score"]}, "effects": [{"zh": "改变 2 张", "en": "2 cards change"}]}"#;
        let english = Plan::read(Some(answer), Locale::En);
        assert_eq!(english.lines, ["pull", "score"]);
        assert_eq!(english.effects, ["2 cards change"]);
        assert_eq!(Plan::read(Some(answer), Locale::Zh).lines, ["取数"]);
    }

    #[test]
    fn odd_answers_are_shown_and_never_break() {
        assert_eq!(Plan::read(None, Locale::En), Plan::default());
        assert_eq!(Plan::read(Some("not json\nat all"), Locale::En).lines, ["not json", "at all"]);
        assert_eq!(Plan::read(Some(r#"{"effects": {"mails": 3}}"#), Locale::En).effects, ["mails: 3"]);
    }
}
