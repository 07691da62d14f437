//! One request over the wire and its whole answer, with a limit.

use std::collections::BTreeMap;

use reqwest::header::{CONTENT_TYPE, DATE, HeaderName};
use reqwest::{RequestBuilder, Response};
use url::Url;

use super::answer::{self, Heard};
use super::throttle::Throttle;
use super::trouble::Trouble;
use super::veil::Veil;
use super::wire::{self, Wire};
use super::{Answer, Fetcher, broken, redirect, sign, skew};
use crate::extract::call::Call;
use crate::extract::json;
use crate::source::Resource;
use crate::source::auth::{Auth, Placement, TokenEndpoint};
use crate::source::resource::Method;
use crate::source::template::{Filling, Template};
use crate::source::variable::Secret;

/// A request that is ready to be sent, as often as redirects want it.
struct Parcel {
    method: Method,
    url: Url,
    body: Option<(&'static str, String)>,
    proof: Proof,
}

/// What a header proves; what the query or the body proves is in them already.
enum Proof {
    Elsewhere,
    Basic(String, String),
    Header(String, String),
}

impl Fetcher<'_> {
    /// Sends a request for a page once.
    pub(super) async fn send(&self, call: &Call, token: Option<&str>, resource: &Resource) -> Result<Answer, Trouble> {
        let variables = resource.request.templates().into_iter().flat_map(Template::secrets).map(Secret::expose);
        let veil = self.veil.and(variables.chain(token));
        let parcel = self.parcel(call, token)?;
        let _under_way = self.under_way.acquire().await;
        let response = self.exchange(parcel, &self.host, &veil).await?;
        let headers = told(&response, resource, &veil);
        let heard = Heard { headers, ..self.hear(response, veil, resource.format.is_json()).await? };
        answer::judge(self.source, heard, call, Some(resource))
    }

    /// Sends a request for a token once; it is not signed and carries no token.
    pub(super) async fn send_for_token(&self, call: &Call, endpoint: &TokenEndpoint) -> Result<Answer, Trouble> {
        let base = self.address(endpoint.base_url.as_ref())?;
        let wire = Wire::of(call);
        let proof = endpoint.basic.as_ref().map_or(Proof::Elsewhere, |(user, password)| {
            Proof::Basic(user.expose().to_owned(), password.expose().to_owned())
        });
        let url = wire::address(base, &call.path, &wire.query)?;
        let parcel = Parcel { method: call.method, url, body: wire.content.into_bytes(), proof };
        let _under_way = self.under_way.acquire().await;
        let response = self.exchange(parcel, &self.hosts.of(Some(base)), &self.veil).await?;
        let heard = self.hear(response, self.veil.clone(), true).await?;
        let heard = heard.hiding(&endpoint.token);
        answer::judge(self.source, heard, call, None)
    }

    fn address<'u>(&'u self, other: Option<&'u Url>) -> Result<&'u Url, Trouble> {
        other
            .or(self.source.client.base_url.as_ref())
            .ok_or_else(|| Trouble::last("the source has no address; set the variable in its `base-url`"))
    }

    /// Puts the proof of identity and the signature to a request.
    fn parcel(&self, call: &Call, token: Option<&str>) -> Result<Parcel, Trouble> {
        let client = &self.source.client;
        let mut call = call.clone();
        let proof = match (&client.auth, token) {
            (Auth::None, _) | (Auth::Token(_), None) => Proof::Elsewhere,
            (Auth::Basic { user, password }, _) => Proof::Basic(user.expose().to_owned(), password.expose().to_owned()),
            (Auth::Fixed { place, value }, _) => prove(&mut call, place, value.expose()),
            (Auth::Token(endpoint), Some(token)) => prove(&mut call, &endpoint.place, token),
        };
        let wire = match &client.signer {
            Some(signer) => sign::sign(signer, &call, self.clock.now()),
            None => Wire::of(&call),
        };
        let url = wire::address(self.address(None)?, &call.path, &wire.query)?;
        Ok(Parcel { method: call.method, url, body: wire.content.into_bytes(), proof })
    }

    /// Sends a request, and again where it is redirected to; every time counts in the budget.
    async fn exchange(&self, mut parcel: Parcel, host: &Throttle, veil: &Veil) -> Result<Response, Trouble> {
        let client = &self.source.client;
        for _ in 0..=client.redirects {
            host.turn(client.budget).await;
            let sent = self.build(&parcel).send().await;
            let response = sent.map_err(|error| broken::trouble(&error, client))?;
            match redirect::target(&response, parcel.method, veil)? {
                None => return Ok(response),
                Some(there) => parcel.url = there,
            }
        }
        Err(redirect::too_many(client.redirects))
    }

    fn build(&self, parcel: &Parcel) -> RequestBuilder {
        let request = match parcel.method {
            Method::Get => self.client.get(parcel.url.clone()),
            Method::Post => self.client.post(parcel.url.clone()),
        };
        let headers = self.source.client.headers.iter();
        let request =
            headers.fold(request, |request, (name, value)| request.header(name, value.fill(&Filling::default())));
        let request = match &parcel.proof {
            Proof::Elsewhere => request,
            Proof::Basic(user, password) => request.basic_auth(user, Some(password)),
            Proof::Header(name, value) => request.header(name, value),
        };
        match &parcel.body {
            None => request,
            Some((kind, text)) => request.header(CONTENT_TYPE, *kind).body(text.clone()),
        }
    }

    /// Reads a whole answer.
    async fn hear(&self, response: Response, veil: Veil, wants_json: bool) -> Result<Heard, Trouble> {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let body = self.read(response).await?;
        let (body, json) = if wants_json { json::read_beside(body).await } else { (body, None) };
        let now = self.clock.now();
        let skew = self.source.client.signer.as_ref().and_then(|_| skew::note(text(DATE), now));
        let content_type = text(CONTENT_TYPE).unwrap_or_default().to_owned();
        Ok(Heard { status, content_type, headers: BTreeMap::new(), all: headers, at: now, skew, body, json, veil })
    }

    /// Reads the body; the limit holds for what comes out of decompression, so a small bomb does not pass.
    async fn read(&self, mut response: Response) -> Result<Vec<u8>, Trouble> {
        let limit = self.source.client.max_response;
        let too_large = || {
            let what = format!("the answer is larger than {limit} bytes");
            Trouble::last(format!("{what}; ask for smaller windows or pages, or raise `max-response`"))
        };
        if response.content_length().is_some_and(|announced| announced > limit) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| broken::trouble(&error, &self.source.client))? {
            if (body.len() + chunk.len()) as u64 > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// The headers that the paginator reads; several lines of one are one list.
fn told(response: &Response, resource: &Resource, veil: &Veil) -> BTreeMap<String, String> {
    let value = |name: &str| {
        let lines = response.headers().get_all(name).iter().filter_map(|value| value.to_str().ok());
        veil.hide(&lines.collect::<Vec<_>>().join(", "))
    };
    let names = resource.paginator.headers().filter(|name| response.headers().contains_key(*name));
    names.map(|name| (name.to_owned(), value(name))).collect()
}

/// Puts a value where it proves who asks.
fn prove(call: &mut Call, place: &Placement, value: &str) -> Proof {
    wire::prove(call, place, value);
    match place {
        Placement::Header(name, prefix) => Proof::Header(name.clone(), format!("{prefix}{value}")),
        Placement::Query(_) | Placement::Body(_) => Proof::Elsewhere,
    }
}
