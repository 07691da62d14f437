//! How a source is reached: address, patience, budget, proof of identity.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::auth::{Auth, Placement};
use super::signer::Signer;
use super::template::Template;
use super::variable::Secret;

/// The interface behind a source.
#[derive(Clone, Debug)]
pub struct Client {
    /// The address before each path; `None` while a variable in it has no value.
    pub base_url: Option<Url>,
    /// What stands between this machine and the interface.
    pub proxy: Proxy,
    /// Further root certificates in PEM; `None` for those of the machine alone.
    pub ca_certificate: Option<Vec<u8>>,
    /// How many redirects one request follows, never away from its origin.
    pub redirects: u64,
    /// How long one request may take from connecting to its last byte.
    pub timeout: Duration,
    /// How long the whole pull may take, waits included.
    pub deadline: Duration,
    /// How many bytes an answer may have after decompression.
    pub max_response: u64,
    /// How many requests the host bears.
    pub budget: Budget,
    /// Who else draws on the budget: sources of the same word; without one all that reach the same host.
    pub shared_as: Option<String>,
    /// How many requests are under way at the same time.
    pub concurrency: usize,
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
        let signer = self.signer.iter().flat_map(Signer::secrets);
        let headers = self.headers.iter().flat_map(|(_, text)| text.secrets());
        self.auth.secrets().into_iter().chain(signer).chain(headers).map(Secret::expose)
    }
}

impl Client {
    /// Those among the secrets that are keys: no names of users, no headers that anybody may know.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let signer = self.signer.iter().flat_map(Signer::secrets);
        self.auth.keys().into_iter().chain(signer).map(Secret::expose)
    }

    /// Whether it adds a query parameter of this name to every request by itself.
    pub fn adds_to_query(&self, name: &str) -> bool {
        let place = match &self.auth {
            Auth::Fixed { place, .. } => Some(place),
            Auth::Token(endpoint) => Some(&endpoint.place),
            Auth::None | Auth::Basic { .. } => None,
        };
        matches!(place, Some(Placement::Query(own)) if own == name)
    }
}

/// What stands between this machine and the interface.
#[derive(Clone, Debug)]
pub enum Proxy {
    /// The proxy that the environment names, if any; never for this machine itself.
    Environment,
    /// None, whatever the environment says.
    None,
    /// The proxy at this address; it may carry a name and a password.
    At(Secret),
}

/// How many requests a host bears; all sources of the process that reach it share what is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// So many in any second; `None` for no limit.
    pub per_second: Option<u32>,
    /// So many in any minute; `None` for no limit.
    pub per_minute: Option<u32>,
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
