//! The PDF of a document, exactly as it was made, in the browser.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use axum::body::Body;
use axum::http::header;
use axum::response::Response;
use sha2::{Digest, Sha256};

use super::attend::Visit;
use super::desk::Desk;
use super::refusal::Refusal;
use super::rights;
use crate::ledger::Document;

/// A PDF loads nothing; it may only be looked at by itself.
const CONTENT_POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /runs/{run}/documents/{document}/pdf`
pub fn pdf(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    let sight = &visit.person()?.sight;
    let seen = rights::open_run(&desk.console.ledger, sight, visit.params.get("run"))?.ok_or(Refusal::NotFound)?;
    let id = visit.params.number("document").ok_or(Refusal::NotFound)?;
    let head = seen.document(&desk.console.ledger, id)?.ok_or(Refusal::NotFound)?;
    inline(desk, &desk.console.ledger.document(head.id)?.ok_or(Refusal::NotFound)?)
}

/// The PDF of a document that the person may see, to be looked at in the browser.
pub fn inline(desk: &Desk, document: &Document) -> Result<Response, Refusal> {
    let hash = document.pdf_hash.as_deref().ok_or(Refusal::NotFound)?;
    let bytes = read(desk, hash)?;
    Response::builder()
        .header(header::CONTENT_TYPE, "application/pdf")
        .header(header::CONTENT_DISPOSITION, disposition(document))
        .header(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY)
        .body(Body::from(bytes))
        .map_err(Refusal::broken)
}

/// The bytes whose hash the ledger kept; anything else in their place is an error, not a document.
fn read(desk: &Desk, hash: &str) -> anyhow::Result<Vec<u8>> {
    let path = place(desk, hash)?;
    let bytes = std::fs::read(&path).with_context(|| format!("the archive has no document `{hash}`"))?;
    if hex::encode(Sha256::digest(&bytes)) != hash {
        bail!("the archived document `{hash}` was changed after it was made");
    }
    Ok(bytes)
}

fn place(desk: &Desk, hash: &str) -> anyhow::Result<PathBuf> {
    let plain = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !plain {
        bail!("the ledger names a document `{hash}` that is no SHA-256");
    }
    Ok(desk.console.archive.join(&hash[..2]).join(format!("{hash}.pdf")))
}

/// Shown in the browser, and saved under the person's name: an ASCII name for old programs, the true one encoded (RFC 6266).
fn disposition(document: &Document) -> String {
    let kind = document.kind.word();
    let tail = format!("{}-{}.pdf", document.period, document.edition);
    let ascii: String = document.subject.chars().map(|sign| if is_plain(sign) { sign } else { '_' }).collect();
    let safe: String = document.name.chars().map(|sign| if is_unsafe(sign) { '_' } else { sign }).collect();
    format!("inline; filename=\"{kind}-{ascii}-{tail}\"; filename*=UTF-8''{}", percent(&format!("{safe}-{tail}")))
}

fn is_plain(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || sign == '-' || sign == '_'
}

fn is_unsafe(sign: char) -> bool {
    sign.is_control() || "/\\:*?\"<>|".contains(sign)
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            plain if plain.is_ascii_alphanumeric() => char::from(plain).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_becomes_plain_bytes() {
        assert_eq!(percent("李 e\"\r.pdf"), "%E6%9D%8E%20e%22%0D.pdf");
        assert!(is_unsafe('/') && is_unsafe('\n') && is_unsafe('"') && !is_unsafe('李'));
    }
}
