//! Texts and contents without a person: a pseudonym where they were named, nothing where they were scored.

use serde_json::{Map, Value};

use crate::tables::person::Words;

/// Puts a pseudonym in a person's place.
pub(super) struct Cleaner<'a> {
    pub(super) words: &'a Words,
    pub(super) pseudonym: &'a str,
}

impl Cleaner<'_> {
    /// The text without them; `None` when they are not in it.
    pub(super) fn text(&self, text: &str) -> Option<String> {
        let mut cleaned = text.to_owned();
        // Longer names first, so that one which is the beginning of another leaves no rest.
        let mut names: Vec<&String> = self.words.names.iter().collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        for name in names {
            cleaned = cleaned.replace(name.as_str(), self.pseudonym);
        }
        for id in &self.words.ids {
            cleaned = replace_whole(&cleaned, id, self.pseudonym);
        }
        (cleaned != text).then_some(cleaned)
    }

    /// Whether a value says anything of them.
    pub(super) fn is_in(&self, value: &Value) -> bool {
        let mut copy = value.clone();
        self.value(&mut copy)
    }

    /// Leaves them out of a value: what is about them keeps their pseudonym alone; says whether anything changed.
    pub(super) fn value(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => match self.text(text) {
                Some(cleaned) => {
                    *text = cleaned;
                    true
                }
                None => false,
            },
            Value::Array(items) if items.iter().any(|item| self.is_them(item)) && items.iter().all(is_plain) => {
                items.iter_mut().for_each(|item| *item = self.without_figures(item));
                true
            }
            Value::Array(items) => items.iter_mut().fold(false, |changed, item| self.value(item) | changed),
            Value::Object(fields) if fields.values().any(|field| self.is_them(field)) => {
                let kept = fields.iter().filter(|(_, field)| self.is_them(field));
                let named: Map<String, Value> = kept.map(|(key, _)| (key.clone(), self.pseudonym.into())).collect();
                *fields = named;
                true
            }
            Value::Object(fields) => fields.values_mut().fold(false, |changed, field| self.value(field) | changed),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// Whether a value is their staff number, account, name or address.
    fn is_them(&self, value: &Value) -> bool {
        let is_word = |text: &str| self.words.ids.contains(text) || self.words.names.contains(text);
        value.as_str().is_some_and(is_word)
    }

    fn without_figures(&self, item: &Value) -> Value {
        if self.is_them(item) { self.pseudonym.into() } else { Value::Null }
    }
}

fn is_plain(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

/// Replaces a staff number where it stands alone: `A1` is not in `A10`.
fn replace_whole(text: &str, word: &str, other: &str) -> String {
    let is_part = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_alphanumeric() || sign == '_');
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(word).filter(|_| !word.is_empty()) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        out += before;
        let last = before.chars().next_back().or_else(|| out.chars().next_back().filter(|_| before.is_empty()));
        out += if is_part(last) || is_part(after.chars().next()) { word } else { other };
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words() -> Words {
        Words { ids: ["A1".to_owned()].into(), names: ["Agent 001".to_owned(), "a1@example.invalid".to_owned()].into() }
    }

    #[test]
    fn a_staff_number_is_replaced_where_it_stands_alone() {
        let words = words();
        let cleaner = Cleaner { words: &words, pseudonym: "X" };
        assert_eq!(cleaner.text("A1, A10, BA1 and (A1): Agent 001").as_deref(), Some("X, A10, BA1 and (X): X"));
        assert_eq!(cleaner.text("A10 and a2@example.invalid"), None);
    }

    #[test]
    fn what_is_about_them_keeps_the_pseudonym_alone() {
        let words = words();
        let cleaner = Cleaner { words: &words, pseudonym: "X" };
        let mut body = json!({
            "team": "T1", "mean": "88.0",
            "rows": [{ "id": "A1", "name": "Agent 001", "total": "91.5" }, { "id": "A2", "total": "80.0" }],
            "table": [["1", "Agent 001", "91.5"], ["2", "Agent 002", "80.0"]],
            "note": "Agent 001 leads",
        });
        assert!(cleaner.value(&mut body));
        let expected = json!({
            "team": "T1", "mean": "88.0",
            "rows": [{ "id": "X", "name": "X" }, { "id": "A2", "total": "80.0" }],
            "table": [[null, "X", null], ["2", "Agent 002", "80.0"]],
            "note": "X leads",
        });
        assert_eq!(body, expected);
        assert!(!cleaner.value(&mut body), "there is nothing left");
    }
}
