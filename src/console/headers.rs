//! The headers that every answer carries.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::SecureCookies;
use super::desk::Desk;

/// What a page may load: our own style, script and pictures, and nothing inline.
pub const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

const ALWAYS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds what an answer does not say itself.
pub async fn add(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    for (name, value) in ALWAYS {
        add_unless_said(answer.headers_mut(), name, value);
    }
    if desk.console.secure_cookies == SecureCookies::Yes {
        add_unless_said(answer.headers_mut(), header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    answer
}

fn add_unless_said(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
