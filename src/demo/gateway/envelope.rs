//! How the gateway wraps what it says: a root key named after the method, lists wrapped twice, errors under HTTP 200.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::Method;
use super::params::{Page, Params, Tail};
use super::refusal::Refusal;
use crate::demo::chance::{Stream, mix};

/// What a method found: values under their keys, and a list where there is one.
pub(super) struct Answer {
    /// `has_next`, `total_results` and their like, with their values.
    head: Vec<(&'static str, Value)>,
    list: Option<(List, Vec<Value>)>,
}

/// How a list is named and wrapped.
#[derive(Clone, Copy)]
pub(super) enum List {
    /// An array of `inner` under `outer`.
    Array { outer: &'static str, inner: &'static str },
    /// The same, but converted from XML, where a list of one row cannot be told from one row.
    FromXml { outer: &'static str, inner: &'static str },
}

impl Answer {
    /// A page of `rows` out of `total`.
    pub fn page(list: List, page: Page, total: usize, rows: Vec<Value>) -> Self {
        let tail = match page.tail {
            Tail::Total => ("total_results", json!(total)),
            Tail::HasNext => ("has_next", json!(total > page.skip + rows.len())),
        };
        Self::list(vec![tail], list, rows)
    }

    /// A list beside other values.
    pub fn list(head: Vec<(&'static str, Value)>, list: List, rows: Vec<Value>) -> Self {
        Self { head, list: Some((list, rows)) }
    }

    /// Values without a list.
    pub fn plain(head: Vec<(&'static str, Value)>) -> Self {
        Self { head, list: None }
    }
}

impl List {
    fn outer(self) -> &'static str {
        let (Self::Array { outer, .. } | Self::FromXml { outer, .. }) = self;
        outer
    }
}

/// The usual wrapping.
pub(super) fn full(method: Method, answer: Answer, request: &str) -> Response {
    let mut inside = headed(answer.head);
    if let Some((list, rows)) = answer.list {
        let (List::Array { outer, inner } | List::FromXml { outer, inner }) = list;
        listed(list, rows).into_iter().for_each(|rows| {
            inside.insert(outer.to_owned(), wrap(inner, rows));
        });
    }
    inside.insert("request_id".to_owned(), json!(request));
    respond(&wrap(&method.root(), Value::Object(inside)))
}

fn headed(head: Vec<(&'static str, Value)>) -> Map<String, Value> {
    head.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// An array, or one row where a list converted from XML has only one; nothing at all where it is empty.
fn listed(list: List, mut rows: Vec<Value>) -> Option<Value> {
    match (list, rows.len()) {
        (_, 0) => None,
        (List::FromXml { .. }, 1) => rows.pop(),
        _ => Some(Value::Array(rows)),
    }
}

/// An object with one key; `json!` would copy the rows.
fn wrap(key: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(key.to_owned(), value)]))
}

/// The wrapping of `simplify=true`: neither the root key nor the inner list key.
pub(super) fn simple(_: Method, answer: Answer, request: &str) -> Response {
    let mut inside = headed(answer.head);
    if let Some((list, rows)) = answer.list.filter(|(_, rows)| !rows.is_empty()) {
        inside.insert(list.outer().to_owned(), Value::Array(rows));
    }
    inside.insert("request_id".to_owned(), json!(request));
    respond(&Value::Object(inside))
}

/// A refusal in JSON.
pub(super) fn refuse(refusal: &Refusal, request: &str) -> Response {
    let mut inside = Map::new();
    inside.insert("code".to_owned(), json!(refusal.code()));
    inside.insert("msg".to_owned(), json!(refusal.message()));
    if let Some((code, message)) = refusal.detail() {
        inside.insert("sub_code".to_owned(), json!(code));
        inside.insert("sub_msg".to_owned(), json!(message));
    }
    inside.insert("request_id".to_owned(), json!(request));
    respond(&wrap("error_response", Value::Object(inside)))
}

/// A refusal in XML, which is what callers get who do not ask for JSON.
pub(super) fn refuse_as_xml(refusal: &Refusal, request: &str) -> Response {
    let (code, message) = (refusal.code(), refusal.message());
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\" ?><error_response><code>{code}</code><msg>{message}</msg><request_id>{request}</request_id></error_response>"
    );
    ([(header::CONTENT_TYPE, "text/xml;charset=UTF-8")], body).into_response()
}

/// An identifier that depends on the call alone, so that a repeated pull gives the same bytes.
pub(super) fn request_id(params: &Params) -> String {
    let unsigned = params.pairs().filter(|(key, _)| !matches!(*key, "sign" | "timestamp"));
    let bytes = unsigned.flat_map(|(key, value)| key.bytes().chain(value.bytes()));
    let keys: Vec<u64> = bytes.map(u64::from).collect();
    format!("{:012x}", mix(0, Stream::Request, &keys) >> 16)
}

fn respond(body: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json;charset=UTF-8")], body.to_string()).into_response()
}
