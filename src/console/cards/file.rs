//! The PDF of a card, shown inside its page.

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::Response;

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::documents;
use super::super::refusal::Refusal;

/// A PDF loads nothing; only our own page may hold it.
const CONTENT_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'");

/// `GET /cards/{card}/pdf`
pub fn pdf(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let mut answer = documents::inline(desk, &super::named(desk, visit)?)?;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    Ok(answer)
}
