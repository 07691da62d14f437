//! How a source is reached: address, patience, budget, proof of identity.

use std::path::PathBuf;
use std::time::Duration;

use serde_json_path::JsonPath;
use url::Url;

use super::resource::{Body, Method};
use super::template::Template;
use super::variable::Secret;

/// The interface behind a source.
#[derive(Clone, Debug)]
pub struct Client {
    /// The address before each path; `None` while a variable in it has no value.
    pub base_url: Option<Url>,
    /// How long one request may take from connecting to its last byte.
    pub timeout: Duration,
    /// How long the whole pull may take, waits included.
    pub deadline: Duration,
    /// How many bytes an answer may have after decompression.
    pub max_response: u64,
    /// How many requests a second the interface bears; `None` for no limit.
    pub per_second: Option<u32>,
    /// How a failing request is repeated.
    pub retry: Retry,
    /// Headers of every request.
    pub headers: Vec<(String, Template)>,
    /// Who asks.
    pub auth: Auth,
    /// What is added to each request to prove it.
    pub signer: Option<Signer>,
}

impl Client {
    /// The folder that stands behind a `file:` address.
    pub fn folder(&self) -> Option<PathBuf> {
        self.base_url.as_ref().filter(|url| url.scheme() == "file").and_then(|url| url.to_file_path().ok())
    }

    /// Every value that proves who asks.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let auth = match &self.auth {
            Auth::None | Auth::Token(_) => [None, None],
            Auth::Bearer(token) => [Some(token), None],
            Auth::Basic { user, password } => [Some(user), Some(password)],
            Auth::Header { value, .. } => [Some(value), None],
        };
        let signer = self.signer.iter().flat_map(|signer| [Some(&signer.secret), signer.session.as_ref()]);
        let endpoint = match &self.auth {
            Auth::Token(endpoint) => Some(endpoint),
            _ => None,
        };
        let query = endpoint.into_iter().flat_map(|endpoint| &endpoint.query).map(|(_, text)| text);
        let body = endpoint.into_iter().flat_map(|endpoint| endpoint.body.templates());
        let texts = self.headers.iter().map(|(_, text)| text).chain(query).chain(body);
        auth.into_iter().chain(signer).flatten().chain(texts.flat_map(Template::secrets)).map(Secret::expose)
    }
}

/// How a failing request is repeated: waits grow from `first` to `cap` with jitter.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// How often it is repeated after the first try.
    pub times: u32,
    /// The first wait.
    pub first: Duration,
    /// The longest wait, also for what the server asks.
    pub cap: Duration,
}

/// How the client says who it is.
#[derive(Clone, Debug)]
pub enum Auth {
    /// Not at all.
    None,
    /// `Authorization: Bearer TOKEN` with a token that does not change.
    Bearer(Secret),
    /// HTTP Basic.
    Basic {
        /// The user name.
        user: Secret,
        /// The password.
        password: Secret,
    },
    /// One header of the given name.
    Header {
        /// The header's name.
        name: String,
        /// Its value.
        value: Secret,
    },
    /// A token that is fetched, kept until it expires, and fetched again when it is refused.
    Token(Box<TokenEndpoint>),
}

/// Where a token is fetched and where it goes.
#[derive(Clone, Debug)]
pub struct TokenEndpoint {
    /// The method.
    pub method: Method,
    /// The path after the base address.
    pub path: Template,
    /// Query parameters.
    pub query: Vec<(String, Template)>,
    /// The body.
    pub body: Body,
    /// Where the token lies in the answer.
    pub token: JsonPath,
    /// Where the answer says for how many seconds it holds.
    pub expires_in: Option<JsonPath>,
    /// Where the token goes.
    pub place: Placement,
}

/// Where a token goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// A query parameter of this name.
    Query(String),
    /// A header of this name, with a prefix before the token.
    Header(String, String),
}

/// A signer and its keys.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The algorithm.
    pub kind: Signing,
    /// The application's key.
    pub app_key: Secret,
    /// The application's secret.
    pub secret: Secret,
    /// The seller's session.
    pub session: Option<Secret>,
}

/// The signatures of the Taobao open platform over the sorted parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// MD5 with the secret before and after.
    TopMd5,
    /// HMAC-MD5, which the platform calls `hmac`.
    TopHmac,
    /// HMAC-SHA256.
    TopHmacSha256,
}
