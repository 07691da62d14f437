//! What the scheduler answered to a request, as lines to read.
//!
//! The answer is JSON: `text` holds lines, `effects` further lines, `cards` the cards that would change with their results
//! before and after, and `same` how many would not. A list of lines is an array whose items are texts or
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
    /// The cards that would get a new edition; `None` while that cannot be known.
    pub cards: Option<Vec<CardEffect>>,
    /// How many cards would stay as they are.
    pub same: u64,
}

/// What would change on one card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardEffect {
    /// Staff number.
    pub agent: String,
    /// The agent's name.
    pub name: String,
    /// Whether it would be the first edition.
    pub is_first: bool,
    /// The total before and after.
    pub total: Pair,
    /// The grade before and after.
    pub grade: Pair,
    /// The rank before and after.
    pub rank: Pair,
    /// Why, where that is known.
    pub why: String,
}

/// A figure before and after; a dash where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// What the newest edition says.
    pub before: String,
    /// What the next one would say.
    pub after: String,
}

impl Pair {
    /// Whether the two differ.
    pub fn differs(&self) -> bool {
        self.before != self.after
    }
}

impl CardEffect {
    fn read(card: &Value, locale: Locale) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or("–").to_owned();
        let pair = |name: &str| Pair { before: text(&card["before"][name]), after: text(&card["after"][name]) };
        Self {
            agent: text(&card["agent"]),
            name: text(&card["name"]),
            is_first: card["before"].is_null(),
            total: pair("total"),
            grade: pair("grade"),
            rank: pair("rank"),
            why: card["why"][in_short(locale)].as_str().unwrap_or_default().to_owned(),
        }
    }
}

impl Plan {
    /// Reads an answer; what is not JSON is shown as it stands.
    pub fn read(answer: Option<&str>, locale: Locale) -> Self {
        let Some(answer) = answer else { return Self::default() };
        match serde_json::from_str::<Value>(answer) {
            Ok(Value::Object(parts)) => {
                let part = |name: &str| parts.get(name).map(|part| lines(part, locale)).unwrap_or_default();
                let cards = parts.get("cards").and_then(Value::as_array);
                Self {
                    lines: part("text"),
                    effects: part("effects"),
                    cards: cards.map(|all| all.iter().map(|card| CardEffect::read(card, locale)).collect()),
                    same: parts.get("same").and_then(Value::as_u64).unwrap_or_default(),
                }
            }
            Ok(other) => Self { lines: lines(&other, locale), ..Self::default() },
            Err(_) => Self { lines: answer.lines().map(str::to_owned).collect(), ..Self::default() },
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
    fn cards_are_read_with_both_results() {
        let answer = r#"{"same": 3, "cards": [
            {"agent": "A001", "name": "Agent 001", "before": {"total": "80.00", "grade": null, "rank": "2 / 9"},
             "after": {"total": "81.50", "grade": null, "rank": "1 / 9"}, "why": {"zh": "更正", "en": "corrected"}},
            {"agent": "A002", "name": "Agent 002", "before": null, "after": {"total": "70.00"}, "why": null}]}"#;
        let plan = Plan::read(Some(answer), Locale::En);
        let cards = plan.cards.expect("cards");
        assert_eq!((plan.same, cards.len(), cards[0].why.as_str()), (3, 2, "corrected"));
        assert!(cards[0].total.differs() && !cards[0].grade.differs() && !cards[0].is_first);
        assert_eq!((cards[0].rank.before.as_str(), cards[0].rank.after.as_str()), ("2 / 9", "1 / 9"));
        assert!(cards[1].is_first);
        assert_eq!((cards[1].total.before.as_str(), cards[1].total.after.as_str()), ("–", "70.00"));
    }

    #[test]
    fn odd_answers_are_shown_and_never_break() {
        assert_eq!(Plan::read(None, Locale::En), Plan::default());
        assert_eq!(Plan::read(Some("not json\nat all"), Locale::En).lines, ["not json", "at all"]);
        assert_eq!(Plan::read(Some(r#"{"effects": {"mails": 3}}"#), Locale::En).effects, ["mails: 3"]);
    }
}
