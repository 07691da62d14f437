//! What tells one record or page from another while pages are turned.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::ground::Page;
use crate::source::format::Format;

/// Marks of the records of one page, and of the page itself.
pub struct Content {
    /// One for each record.
    pub records: Vec<u64>,
    /// Of all together.
    pub whole: u64,
}

/// What a page holds: its records alone, because request ids and times differ in every answer.
pub fn content(format: &Format, page: &Page) -> Content {
    let mut marks = Vec::new();
    match format {
        Format::Json { .. } => each_record(format, page.json.as_ref(), |record| marks.push(mark(record))),
        Format::JsonLines | Format::Delimited { .. } | Format::Workbook { .. } => marks.push(of(&page.body)),
    }
    Content { whole: of(&marks), records: marks }
}

/// Every record of a JSON answer: a list gives its items, one object instead of a list of one counts as one.
pub fn each_record(format: &Format, json: Option<&Value>, mut take: impl FnMut(&Value)) {
    let (Format::Json { records, .. }, Some(json)) = (format, json) else { return };
    for found in records.query(json).iter() {
        match found {
            Value::Array(items) => items.iter().for_each(&mut take),
            Value::Null => {}
            one => take(one),
        }
    }
}

fn of(what: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::default();
    what.hash(&mut hasher);
    hasher.finish()
}

fn mark(record: &Value) -> u64 {
    let mut hasher = DefaultHasher::default();
    hash(record, &mut hasher);
    hasher.finish()
}

/// Hashes a value without writing it out; the sort of each value and its length keep neighbours apart.
fn hash(value: &Value, into: &mut DefaultHasher) {
    std::mem::discriminant(value).hash(into);
    match value {
        Value::Null => {}
        Value::Bool(truth) => truth.hash(into),
        Value::Number(number) => number.hash(into),
        Value::String(text) => text.hash(into),
        Value::Array(list) => {
            list.len().hash(into);
            list.iter().for_each(|one| hash(one, into));
        }
        Value::Object(map) => {
            map.len().hash(into);
            for (name, one) in map {
                name.hash(into);
                hash(one, into);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn neighbours_are_kept_apart() {
        let different = [
            json!({ "a": "bc" }),
            json!({ "ab": "c" }),
            json!([["a"], "b"]),
            json!([["a", "b"]]),
            json!([1, 2]),
            json!(["1", 2]),
            json!(null),
            json!([]),
        ];
        let marks: std::collections::BTreeSet<u64> = different.iter().map(mark).collect();
        assert_eq!(marks.len(), different.len());
        assert_eq!(mark(&json!({ "a": [1, "x"] })), mark(&json!({ "a": [1, "x"] })));
    }
}
