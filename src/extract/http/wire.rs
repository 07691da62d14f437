//! A request as it goes over the wire: what is signed is what is sent.

use url::{Url, form_urlencoded};

use super::trouble::Trouble;
use crate::extract::call::{Call, CallBody};
use crate::source::auth::Placement;

/// Query and body of a request, after signing.
#[derive(Debug)]
pub(super) struct Wire {
    pub query: Vec<(String, String)>,
    pub content: Content,
}

/// The body of a request.
#[derive(Debug)]
pub(super) enum Content {
    None,
    Form(Vec<(String, String)>),
    /// Text that is JSON already.
    Json(String),
}

impl Wire {
    /// A request without signature.
    pub fn of(call: &Call) -> Self {
        let content = match &call.body {
            CallBody::None => Content::None,
            CallBody::Form(form) => Content::Form(form.clone()),
            CallBody::Json(json) => Content::Json(json.to_string()),
        };
        Self { query: call.query.clone(), content }
    }
}

impl Content {
    /// The content type and the bytes.
    pub fn into_bytes(self) -> Option<(&'static str, String)> {
        match self {
            Self::None => None,
            Self::Json(text) => Some(("application/json", text)),
            Self::Form(form) => {
                let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
                Some(("application/x-www-form-urlencoded;charset=utf-8", text))
            }
        }
    }
}

/// Puts a proof into the query or the body, where a signature covers it; a header is no part of a call.
pub(super) fn prove(call: &mut Call, place: &Placement, value: &str) {
    match (place, &mut call.body) {
        (Placement::Header(..), _) => {}
        (Placement::Query(name), _) => call.query.push((name.clone(), value.to_owned())),
        (Placement::Body(name), CallBody::Form(form)) => form.push((name.clone(), value.to_owned())),
        (Placement::Body(name), CallBody::Json(serde_json::Value::Object(map))) => {
            map.insert(name.clone(), value.into());
        }
        (Placement::Body(name), body) => *body = CallBody::Form(vec![(name.clone(), value.to_owned())]),
    }
}

/// The address of a request: the path after the base address, which cannot lead away from its origin.
pub(super) fn address(base: &Url, path: &str, query: &[(String, String)]) -> Result<Url, Trouble> {
    let mut url = Url::parse(&format!("{}{path}", base.as_str().trim_end_matches('/')))
        .map_err(|_| Trouble::last("the path of the request makes no address"))?;
    if url.origin() != base.origin() {
        return Err(Trouble::last("the path of the request leads to another host, which is refused"));
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stay_at_their_origin() {
        let base = Url::parse("https://shop.example.test/api/").expect("an address");
        let query = vec![("ids".to_owned(), "甲 乙&c".to_owned())];
        let text = |path: &str| address(&base, path, &query).map(|url| url.to_string()).ok();
        let ids = "ids=%E7%94%B2+%E4%B9%99%26c";
        assert_eq!(
            text("/v1/chats").as_deref(),
            Some(format!("https://shop.example.test/api/v1/chats?{ids}").as_str())
        );
        let bare = Url::parse("https://shop.example.test").expect("an address");
        assert!(address(&bare, ".evil.test/x", &query).is_err(), "a path cannot prolong the host");
        assert!(address(&bare, "@evil.test/x", &query).is_err(), "a path cannot make the host a user");
    }
}
