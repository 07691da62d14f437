//! A token that is fetched when it is first needed, kept while it holds, and fetched anew when it is refused.

use std::sync::atomic::{AtomicU32, Ordering};
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
    held: Mutex<Option<Result<Held, Failure>>>,
}

/// The last of so many tries in a row that brought no token.
struct Failure {
    trouble: Trouble,
    count: u32,
}

/// How many failures in a row to fetch a token one request was told of.
///
/// A request is told of each failure once and does not repeat it, so that all requests together try as often as one may,
/// however many there are and whenever they begin.
#[derive(Default)]
pub(super) struct Told(AtomicU32);

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
    pub(super) async fn token(&self, told: &Told) -> Result<Option<String>, Trouble> {
        let Auth::Token(endpoint) = &self.source.client.auth else { return Ok(None) };
        // The lock is held while fetching: ten waiting requests need one token, not ten.
        let mut held = self.token.held.lock().await;
        let known = told.0.load(Ordering::Relaxed);
        let failures = match &*held {
            Some(Ok(held)) if held.holds() => return Ok(Some(held.value.clone())),
            Some(Err(failure)) if failure.count > known => {
                told.0.store(known + 1, Ordering::Relaxed);
                return Err(failure.trouble.clone());
            }
            Some(Err(failure)) => failure.count,
            _ => 0,
        };
        match self.fetch_token(endpoint).await {
            Ok(new) => {
                told.0.store(0, Ordering::Relaxed);
                let value = new.value.clone();
                *held = Some(Ok(new));
                Ok(Some(value))
            }
            Err(trouble) => {
                told.0.store(failures + 1, Ordering::Relaxed);
                *held = Some(Err(Failure { trouble: trouble.clone(), count: failures + 1 }));
                Err(trouble)
            }
        }
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
