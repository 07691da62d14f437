//! `[client]` as written: where the interface is and how it is treated.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{AuthTable, Placed, SignerTable};
use crate::diag::Spanned;

/// `[client]`: where the interface is and how it is treated.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ClientTable {
    /// The address before each path, `http` or `https`, without a query.
    pub base_url: Placed,
    /// `http://host:port` of the proxy, or `none`; the proxy of the environment when it is left out.
    pub proxy: Option<Placed>,
    /// A PEM file of further root certificates, relative to this file, for a server of your own authority.
    pub ca_certificate: Option<Placed>,
    /// How many redirects one request follows (3), never to another host, port or scheme.
    pub redirects: Option<Spanned<u64>>,
    /// How long one request may take from connecting to its last byte (`30s`).
    pub timeout: Option<Placed>,
    /// How long the whole pull may take, waits included (`30m`).
    pub deadline: Option<Placed>,
    /// How large an answer may be after decompression (`64MB`).
    pub max_response: Option<Placed>,
    /// How many requests the host bears, shared by all sources that reach it.
    pub budget: Option<Spanned<BudgetTable>>,
    /// How many requests are under way at the same time (8).
    pub concurrency: Option<Spanned<u64>>,
    /// How a failing request is repeated.
    #[serde(default)]
    pub retry: RetryTable,
    /// Headers of every request.
    #[serde(default)]
    pub headers: BTreeMap<String, Placed>,
    /// The signature of each request.
    pub signer: Option<Spanned<SignerTable>>,
    /// The proof of who asks.
    pub auth: Option<Spanned<AuthTable>>,
}

/// `budget`: what the host bears; requests wait before they are sent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BudgetTable {
    /// At most so many requests in any second.
    pub per_second: Option<Spanned<u32>>,
    /// At most so many requests in any minute.
    pub per_minute: Option<Spanned<u32>>,
    /// The word of those who draw on it together; without one all sources of the same host do.
    pub shared_as: Option<String>,
}

/// `[client.retry]`: how a failing request is repeated.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RetryTable {
    /// How often it is repeated after the first try (5).
    pub times: Option<u32>,
    /// The first wait (`500ms`); later ones grow.
    pub first: Option<Placed>,
    /// The longest wait (`60s`), also for what the server asks.
    pub cap: Option<Placed>,
}
