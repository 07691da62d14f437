//! What a program is told when something is not done (RFC 9457).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

/// Why something was not done.
#[derive(Serialize, JsonSchema)]
pub struct Problem<'a> {
    /// The HTTP status again.
    status: u16,
    /// The status in words.
    title: &'a str,
    /// What is wrong, and what to do, in the language that was asked for.
    detail: &'a str,
}

/// The answer that says so.
pub fn answer(status: StatusCode, detail: &str) -> Response {
    let title = status.canonical_reason().unwrap_or_default();
    let problem = Problem { status: status.as_u16(), title, detail };
    match serde_json::to_string(&problem) {
        Ok(text) => (status, [(header::CONTENT_TYPE, "application/problem+json")], text).into_response(),
        Err(_) => status.into_response(),
    }
}
