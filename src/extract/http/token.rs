//! A token that is fetched when it is first needed, kept while it holds, and fetched anew when it is refused.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Fetcher;
use super::trouble::Trouble;
use crate::extract::call::Asked;
use crate::extract::page::Turn;
use crate::source::client::{Auth, TokenEndpoint};
use crate::source::filter::scalar_text;
use crate::source::resource::Request;
use crate::source::template::Filling;

/// A token is renewed this long before it expires, so that it does not die on the way.
const MARGIN: Duration = Duration::from_secs(60);

/// Where the token of a source is kept, in memory only.
#[derive(Default)]
pub(super) struct TokenBox {
    held: Mutex<Option<Held>>,
}

struct Held {
    value: String,
    until: Option<Instant>,
}

impl TokenBox {
    /// Forgets a token that was refused, unless another request has renewed it meanwhile.
    pub(super) async fn forget(&self, refused: Option<&str>) {
        let mut held = self.held.lock().await;
        if held.as_ref().is_some_and(|held| Some(held.value.as_str()) == refused) {
            *held = None;
        }
    }
}

impl Fetcher<'_> {
    /// The token for a request; `None` when the source needs none.
    pub(super) async fn token(&self) -> Result<Option<String>, Trouble> {
        let Auth::Token(endpoint) = &self.source.client.auth else { return Ok(None) };
        // The lock is held while fetching: ten waiting requests need one token, not ten.
        let mut held = self.token.held.lock().await;
        let fresh = held.as_ref().filter(|held| held.until.is_none_or(|until| until > Instant::now()));
        if let Some(held) = fresh {
            return Ok(Some(held.value.clone()));
        }
        let new = self.fetch_token(endpoint).await?;
        let value = new.value.clone();
        *held = Some(new);
        Ok(Some(value))
    }

    async fn fetch_token(&self, endpoint: &TokenEndpoint) -> Result<Held, Trouble> {
        let request = Request {
            method: endpoint.method,
            path: endpoint.path.clone(),
            query: endpoint.query.clone(),
            body: endpoint.body.clone(),
        };
        let asked = Asked::new(&request, &Filling::default(), &Turn::default());
        let answer = match self.send(&asked.wire, None, None).await {
            Err(Trouble::StaleToken(why)) => Err(Trouble::last(why)),
            Err(Trouble::Last(error)) => Err(Trouble::Last(error.context("no token was given; check key and secret"))),
            other => other,
        }?;
        let json = answer.json.as_ref().ok_or_else(|| Trouble::passing("the answer with the token is not JSON"))?;
        let token = endpoint.token.query(json).first().filter(|token| !token.is_null()).map(scalar_text);
        let value = token.ok_or_else(|| Trouble::passing("the answer has no token where one should be"))?;
        let seconds =
            endpoint.expires_in.as_ref().and_then(|path| path.query(json).first()).and_then(|value| value.as_u64());
        let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds).saturating_sub(MARGIN));
        Ok(Held { value, until })
    }
}
