//! One request over the wire and its whole answer, with a limit.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};
use url::Url;

use super::answer::{self, Heard};
use super::trouble::Trouble;
use super::{Answer, Fetcher, sign};
use crate::extract::call::{Call, CallBody};
use crate::source::Resource;
use crate::source::client::{Auth, Placement};
use crate::source::resource::Method;
use crate::source::template::Filling;

/// Shorter values, such as `shop`, are parts of ordinary words.
const SHORTEST_SECRET: usize = 6;

impl Fetcher<'_> {
    /// Sends a request once; `resource` is `None` for a token, which is always JSON.
    pub(super) async fn send(
        &self,
        call: &Call,
        token: Option<&str>,
        resource: Option<&Resource>,
    ) -> Result<Answer, Trouble> {
        let request = self.request(call, token)?;
        self.throttle.turn().await;
        let response = request.send().await.map_err(|error| wire_trouble(&error))?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|text| read_retry_after(text, self.clock.now()));
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let secrets: Vec<&str> =
            self.source.client.secrets().chain(token).filter(|secret| secret.len() >= SHORTEST_SECRET).collect();
        let headers = resource.map_or_else(BTreeMap::new, |resource| told(&response, resource, &secrets));
        let body = self.read(response).await?;
        answer::judge(self.source, Heard { status, retry_after, content_type, headers, body, secrets }, call, resource)
    }

    fn request(&self, call: &Call, token: Option<&str>) -> Result<RequestBuilder, Trouble> {
        let Some(base) = &self.source.client.base_url else {
            return Err(Trouble::last("the source has no address; set the variable in its `base-url`"));
        };
        let url = Url::parse(&format!("{}{}", base.as_str().trim_end_matches('/'), call.path))
            .map_err(|_| Trouble::last("the path of the request makes no address"))?;
        if url.origin() != base.origin() {
            return Err(Trouble::last("the path of the request leads to another host, which is refused"));
        }
        let mut call = call.clone();
        if let Some(signer) = &self.source.client.signer {
            let params = if let CallBody::Form(form) = &mut call.body { form } else { &mut call.query };
            sign::sign(signer, params, self.clock.now());
        }
        let request = match call.method {
            Method::Get => self.client.get(url),
            Method::Post => self.client.post(url),
        };
        let request = if call.query.is_empty() { request } else { request.query(&call.query) };
        let request = self.prove(request, token);
        Ok(match &call.body {
            CallBody::None => request,
            CallBody::Form(form) => request.form(form),
            CallBody::Json(json) => request.json(json),
        })
    }

    /// Adds headers and the proof of identity.
    fn prove(&self, request: RequestBuilder, token: Option<&str>) -> RequestBuilder {
        let client = &self.source.client;
        let headers = client.headers.iter();
        let request =
            headers.fold(request, |request, (name, value)| request.header(name, value.fill(&Filling::default())));
        match (&client.auth, token) {
            (Auth::Bearer(token), _) => request.bearer_auth(token.expose()),
            (Auth::Basic { user, password }, _) => request.basic_auth(user.expose(), Some(password.expose())),
            (Auth::Header { name, value }, _) => request.header(name, value.expose()),
            (Auth::Token(endpoint), Some(token)) => match &endpoint.place {
                Placement::Query(name) => request.query(&[(name, token)]),
                Placement::Header(name, prefix) => request.header(name, format!("{prefix}{token}")),
            },
            (Auth::Token(_), None) | (Auth::None, _) => request,
        }
    }

    /// Reads the body; the limit holds for what comes out of decompression, so a small bomb does not pass.
    async fn read(&self, mut response: Response) -> Result<Vec<u8>, Trouble> {
        let limit = self.source.client.max_response;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| wire_trouble(&error))? {
            if (body.len() + chunk.len()) as u64 > limit {
                return Err(Trouble::last(format!(
                    "the answer is larger than {limit} bytes; ask for smaller windows or raise `max-response`"
                )));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// The headers that the paginator reads; several lines of one are one list.
fn told(response: &Response, resource: &Resource, secrets: &[&str]) -> BTreeMap<String, String> {
    let value = |name: &str| {
        let lines = response.headers().get_all(name).iter().filter_map(|value| value.to_str().ok());
        let whole = lines.collect::<Vec<_>>().join(", ");
        secrets.iter().fold(whole, |text, secret| text.replace(secret, "***"))
    };
    let names = resource.paginator.headers().filter(|name| response.headers().contains_key(*name));
    names.map(|name| (name.to_owned(), value(name))).collect()
}

/// What went wrong on the wire; the address is left out because it may carry a token.
fn wire_trouble(error: &reqwest::Error) -> Trouble {
    let cause = innermost(error);
    if error.is_redirect() {
        return Trouble::last(cause);
    }
    if error.is_builder() {
        return Trouble::last(format!("the request cannot be built: {cause}"));
    }
    let what = match () {
        () if error.is_timeout() => "no whole answer in time".to_owned(),
        () if error.is_connect() => format!("cannot connect to the source: {cause}"),
        () => format!("the answer broke off: {cause}"),
    };
    Trouble::passing(what)
}

fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// `Retry-After` as seconds or as an HTTP date; a date in the past means at once.
fn read_retry_after(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at: DateTime<Utc> = httpdate::parse_http_date(text.trim()).ok()?.into();
    Some((at - now).to_std().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: DateTime<Utc> = "2026-11-09T08:00:00Z".parse().expect("an instant");
        let wait = |text| read_retry_after(text, now);
        assert_eq!(wait("120"), Some(Duration::from_secs(120)));
        assert_eq!(wait("Mon, 09 Nov 2026 08:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(wait("Mon, 09 Nov 2026 07:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("soon"), None);
    }
}
