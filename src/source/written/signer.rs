//! `[client.signer]` as written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Placed;

/// `[client.signer]`: what is added to each request to prove who asks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SignerTable {
    /// The algorithm.
    pub kind: SignerKind,
    /// The application's key, as `${NAME}`.
    pub app_key: Placed,
    /// The application's secret, as `${NAME}`.
    pub secret: Placed,
    /// The seller's session or access token, as `${NAME}`.
    pub session: Option<Placed>,
}

/// The signers that exist as code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignerKind {
    /// Taobao: MD5 with the secret before and after the sorted parameters.
    TopMd5,
    /// Taobao: HMAC-MD5, which the platform calls `hmac`.
    TopHmac,
    /// Taobao: HMAC-SHA256.
    TopHmacSha256,
    /// JD: the JSON `body` is sent as the form parameter `360buy_param_json`.
    Jd,
    /// Pinduoduo: the form is signed.
    Pdd,
    /// Douyin: the JSON `body` is signed as `param_json`, the signature goes into the query.
    Douyin,
}
