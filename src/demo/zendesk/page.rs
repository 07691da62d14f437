//! Pages by cursor: `page[size]` and `page[after]`, with what follows under `meta` and `links`.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::refuse;

/// What is wrong with a call.
pub(super) type Wrong = &'static str;

/// The query of a call, brackets and all.
pub(super) struct Query(BTreeMap<String, String>);

impl Query {
    /// Reads what stands after the question mark.
    pub fn read(text: Option<String>) -> Self {
        Self(url::form_urlencoded::parse(text.unwrap_or_default().as_bytes()).into_owned().collect())
    }

    /// A parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A whole number, or the given one when it is left out.
    pub fn number(&self, name: &str, default: i64) -> Result<i64, Wrong> {
        self.get(name).map_or(Ok(default), |text| text.parse().map_err(|_| "a parameter is not a number"))
    }
}

/// The mark of a place in a list.
pub(super) fn mark(place: usize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("at{place}"))
}

/// The place that a mark names.
pub(super) fn place(mark: &str) -> Option<usize> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(mark).ok()?;
    String::from_utf8(bytes).ok()?.strip_prefix("at")?.parse().ok()
}

/// The address of this desk, as its caller wrote it.
pub(super) fn origin(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    format!("http://{}", host.unwrap_or("localhost"))
}

/// A page of at most a hundred rows of a list.
pub(super) fn page(query: &Query, headers: &HeaderMap, path: &str, key: &str, rows: &[Value]) -> Response {
    let size = query.number("page[size]", 100).ok().and_then(|size| usize::try_from(size).ok());
    let Some(size) = size.filter(|size| (1..=100).contains(size)) else {
        return refuse("page[size] is between 1 and 100");
    };
    let Some(from) = query.get("page[after]").map_or(Some(0), place) else { return refuse("page[after] is no cursor") };
    let shown: Vec<&Value> = rows.iter().skip(from).take(size).collect();
    let end = from + shown.len();
    let next = (end < rows.len()).then(|| mark(end));
    let rest = query.0.iter().filter(|(name, _)| !name.starts_with("page["));
    let link = next.as_ref().map(|mark| {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(rest);
        text.append_pair("page[after]", mark).append_pair("page[size]", &size.to_string());
        format!("{}{path}?{}", origin(headers), text.finish())
    });
    let meta = json!({ "has_more": next.is_some(), "after_cursor": next, "before_cursor": null });
    Json(json!({ key: shown, "meta": meta, "links": { "next": link, "prev": null } })).into_response()
}
