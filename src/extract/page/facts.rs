//! What an answer says about its pages.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json_path::JsonPath;

use super::link;
use crate::source::filter::scalar_text;
use crate::source::resource::{More, Paginator, Paging, Told};

/// What an answer says about its pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// How many records it has.
    pub records: u64,
    /// Whether it says that more follows; interfaces leave it out on the last page.
    pub more: Option<bool>,
    /// How many records it declares in all.
    pub total: Option<u64>,
    /// How many pages it declares in all.
    pub pages: Option<u64>,
    /// The mark or address of the next page.
    pub next: Option<String>,
}

impl Facts {
    /// Reads an answer with its body, if that is JSON, and the headers that the paginator names.
    pub fn read(paginator: &Paginator, json: Option<&Value>, headers: &BTreeMap<String, String>, records: u64) -> Self {
        let text = |told: &Told| match told {
            Told::Body(path) => found(path, json).map(scalar_text),
            Told::Header(name) => headers.get(name).cloned(),
        };
        let number = |told: Option<&Told>| told.and_then(text).and_then(|text| count(&text));
        let next = paginator.paging.next().and_then(text);
        let next = match (&paginator.paging, paginator.paging.next()) {
            (Paging::NextLink { .. }, Some(Told::Header(name))) if name == "link" => {
                next.and_then(|header| link::next_of(&header))
            }
            _ => next,
        };
        Self {
            records,
            more: paginator.more.as_ref().and_then(|more| match more {
                More::Follows(path) => found(path, json).map(is_true),
                More::Done(path) => found(path, json).map(|value| !is_true(value)),
            }),
            total: number(paginator.total.as_ref()),
            pages: number(paginator.total_pages.as_ref()),
            next: next.filter(|next| !next.is_empty()),
        }
    }
}

fn found<'j>(path: &JsonPath, json: Option<&'j Value>) -> Option<&'j Value> {
    json.and_then(|json| path.query(json).first()).filter(|value| !value.is_null())
}

/// Whether a value says yes: interfaces write `true`, `1`, `"Y"`, or give the next address itself.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !["", "0", "false", "no", "n"].contains(&text.to_ascii_lowercase().as_str()),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

/// A number of records or pages; `items 0-24/3573`, as `Content-Range` writes it, counts what stands after the stroke.
fn count(text: &str) -> Option<u64> {
    text.rsplit('/').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn yes_has_many_spellings_and_numbers_may_stand_behind_a_stroke() {
        let yes = [json!(true), json!(1), json!("Y"), json!("true"), json!("https://next"), json!({ "page": 2 })];
        let no = [json!(false), json!(0), json!("0"), json!(""), json!("N"), json!("False"), json!(null), json!([])];
        assert!(yes.iter().all(is_true) && !no.iter().any(is_true));
        assert_eq!(["7", "items 0-24/3573", "*/0", "0-24/*"].map(count), [Some(7), Some(3573), Some(0), None]);
    }
}
