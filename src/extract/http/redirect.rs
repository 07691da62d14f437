//! Redirects: only where the request already is, never in a circle, and never so that a `POST` loses what it asks for.

use reqwest::Response;
use reqwest::header::LOCATION;
use url::Url;

use super::trouble::Trouble;
use super::veil::Veil;
use crate::source::resource::Method;

/// Where an answer leads; `None` when it is no redirect.
pub(super) fn target(response: &Response, method: Method, veil: &Veil) -> Result<Option<Url>, Trouble> {
    let status = response.status().as_u16();
    let location = response.headers().get(LOCATION).filter(|_| matches!(status, 301 | 302 | 303 | 307 | 308));
    let Some(location) = location else { return Ok(None) };
    let here = response.url();
    let there = std::str::from_utf8(location.as_bytes()).ok().and_then(|text| here.join(text).ok());
    let there = there.ok_or_else(|| Trouble::last(format!("status {status} redirects to no address")))?;
    // Another host, port or scheme could be anything, and would get the token.
    if there.origin() != here.origin() {
        return Err(Trouble::last(format!(
            "it redirects to another host, `{}`, which is refused; if the source moved there, write it into `base-url`",
            veil.hide(&there.origin().ascii_serialization())
        )));
    }
    if method == Method::Post && !matches!(status, 307 | 308) {
        return Err(Trouble::last(format!(
            "it redirects a `POST` with status {status}, which would lose what is asked for; \
             write the new path, `{}`, into the source file",
            veil.hide(there.path())
        )));
    }
    Ok(Some(there))
}

/// Too many in one request.
pub(super) fn too_many(limit: u64) -> Trouble {
    Trouble::last(format!(
        "it redirects again and again, more than {limit} times; correct the path, or raise `redirects` if that is right"
    ))
}
