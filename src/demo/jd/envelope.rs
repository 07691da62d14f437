//! How JD's gateway wraps what it says: HTTP 200 always, a root key with the platform's own spelling of "response".

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::refusal::Refusal;

/// A good answer.
pub(super) fn full(method: &str, mut inside: Map<String, Value>) -> Response {
    inside.insert("code".to_owned(), json!("0"));
    respond(method, inside)
}

/// A refusal of the service behind the gateway: it stands inside what looks like a success.
pub(super) fn refuse_inside(method: &str, refusal: &Refusal) -> Response {
    let mut inside = Map::new();
    inside.insert("code".to_owned(), json!(refusal.code()));
    inside.insert("msg".to_owned(), json!(refusal.chinese()));
    respond(method, inside)
}

/// A refusal of the gateway.
pub(super) fn refuse(refusal: &Refusal) -> Response {
    let (code, zh, en) = (refusal.code(), refusal.chinese(), refusal.english());
    as_json(&json!({ "error_response": { "code": code, "zh_desc": zh, "en_desc": en } }))
}

fn respond(method: &str, inside: Map<String, Value>) -> Response {
    let root = format!("{}_responce", method.replace('.', "_"));
    as_json(&Value::Object(Map::from_iter([(root, Value::Object(inside))])))
}

fn as_json(body: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json;charset=UTF-8")], body.to_string()).into_response()
}
