//! Forms that carry a file.

use std::convert::Infallible;

use axum::http::{HeaderMap, header};
use futures_util::stream::once;
use multer::{Constraints, Multipart, SizeLimit};

use super::attend::Sent;
use super::refusal::Refusal;

/// Bytes that a form with a file has at most.
pub const LARGEST: usize = 4 * 1024 * 1024;
/// The name of the field with the file.
const FILE: &str = "file";
/// Bytes of any other field at most.
const LARGEST_FIELD: u64 = 4 * 1024;

/// The fields of a form, and the bytes of its file.
///
/// Anything that is not such a form has neither, so that it carries no token and is refused as forged.
pub async fn decode(headers: &HeaderMap, bytes: Vec<u8>) -> Result<Sent, Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Ok(boundary) = multer::parse_boundary(kind) else { return Ok(Sent::default()) };
    let limits = SizeLimit::new().per_field(LARGEST_FIELD).for_field(FILE, LARGEST as u64);
    let constraints = Constraints::new().allowed_fields(vec!["csrf", FILE]).size_limit(limits);
    let body = once(async move { Ok::<_, Infallible>(axum::body::Bytes::from(bytes)) });
    let mut parts = Multipart::with_constraints(body, boundary, constraints);
    let (mut fields, mut file) = (Vec::new(), None);
    while let Ok(Some(part)) = parts.next_field().await {
        match part.name().map(str::to_owned) {
            Some(name) if name == FILE => file = part.bytes().await.ok().map(Vec::from),
            Some(name) => fields.push((name, part.text().await.map_err(|_| Refusal::TooLarge)?)),
            None => {}
        }
    }
    Ok(Sent { form: fields.into_iter().collect(), file, ..Sent::default() })
}
