//! A token that is fetched when it is first needed, kept while it holds, and fetched anew when it is refused.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Fetcher;
use super::trouble::Trouble;
use crate::extract::call::Asked;
use crate::extract::page::Turn;
use crate::source::auth::{Auth, TokenEndpoint};
use crate::source::filter::scalar_text;
use crate::source::resource::Request;
use crate::source::template::Filling;

/// A token is renewed this long before it expires, so that it does not die on the way; short-lived ones a tenth before.
const MARGIN: Duration = Duration::from_secs(60);

/// Where the token of a source is kept, in memory only.
#[derive(Default)]
pub(super) struct TokenBox {
    held: Mutex<Option<Result<Held, Trouble>>>,
    /// How often it was fetched or tried to be.
    tries: AtomicU64,
}

struct Held {
    value: String,
    until: Option<Instant>,
}

impl Held {
    fn holds(&self) -> bool {
        self.until.is_none_or(|until| until > Instant::now())
    }
}

impl TokenBox {
    /// Forgets a token that was refused, unless another request has renewed it meanwhile.
    pub(super) async fn forget(&self, refused: Option<&str>) {
        let mut held = self.held.lock().await;
        if matches!(&*held, Some(Ok(held)) if Some(held.value.as_str()) == refused) {
            *held = None;
        }
    }
}

impl Fetcher<'_> {
    /// The token for a request; `None` when the source needs none.
    pub(super) async fn token(&self) -> Result<Option<String>, Trouble> {
        let Auth::Token(endpoint) = &self.source.client.auth else { return Ok(None) };
        let before = self.token.tries.load(Ordering::Acquire);
        // The lock is held while fetching: ten waiting requests need one token, not ten, and one failure is that of all.
        let mut held = self.token.held.lock().await;
        match &*held {
            Some(Ok(held)) if held.holds() => return Ok(Some(held.value.clone())),
            Some(Err(trouble)) if self.token.tries.load(Ordering::Acquire) > before => return Err(trouble.clone()),
            _ => {}
        }
        let new = self.fetch_token(endpoint).await;
        self.token.tries.fetch_add(1, Ordering::Release);
        let given = new.as_ref().map(|new| Some(new.value.clone())).map_err(Clone::clone);
        *held = Some(new);
        given
    }

    async fn fetch_token(&self, endpoint: &TokenEndpoint) -> Result<Held, Trouble> {
        let request = Request {
            method: endpoint.method,
            path: endpoint.path.clone(),
            query: endpoint.query.clone(),
            body: endpoint.body.clone(),
        };
        let asked = Asked::new(&request, &Filling::default(), &Turn::default());
        let answer =
            self.send_for_token(&asked.wire, endpoint).await.map_err(|trouble| about_the_token(trouble, &asked))?;
        let json = answer.json.as_ref().unwrap_or(&Value::Null);
        let found = endpoint.token.query(json).first().filter(|token| !token.is_null()).map(scalar_text);
        let value = found.filter(|token| !token.is_empty()).ok_or_else(|| {
            let why = format!(
                "the answer has no token at `{}`; check `token` of the endpoint, key and secret",
                endpoint.token
            );
            about_the_token(Trouble::passing(why), &asked)
        })?;
        Ok(Held { value, until: lifetime(endpoint, json).map(|length| Instant::now() + length) })
    }
}

/// How long a token is used: what the answer says, less a margin.
fn lifetime(endpoint: &TokenEndpoint, json: &Value) -> Option<Duration> {
    let said = endpoint.expires_in.as_ref().and_then(|path| path.query(json).first()).map(scalar_text)?;
    let length = Duration::from_secs(said.parse().ok()?);
    Some(length - MARGIN.min(length / 10))
}

/// Trouble while fetching a token names that request, and nothing in it is another token's fault.
fn about_the_token(trouble: Trouble, asked: &Asked) -> Trouble {
    let about = |why: String| format!("no token was given ({}): {why}", asked.label());
    match trouble {
        Trouble::Passing { why, wait } => Trouble::Passing { why: about(why), wait },
        Trouble::RateLimited { why, wait } => Trouble::RateLimited { why: about(why), wait },
        Trouble::StaleToken(why) | Trouble::Last(why) => Trouble::Last(format!("{}; check key and secret", about(why))),
    }
}
