//! What is added to each request to prove who asks.

use super::variable::Secret;

/// A signer and its keys.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The algorithm.
    pub kind: Signing,
    /// The application's key.
    pub app_key: Secret,
    /// The application's secret.
    pub secret: Secret,
    /// The seller's session or access token.
    pub session: Option<Secret>,
}

impl Signer {
    /// The values that no message may show; the application's key is a name, not a secret.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        std::iter::once(&self.secret).chain(&self.session)
    }
}

/// The signatures that exist as code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// Taobao: MD5 with the secret before and after the sorted parameters.
    TopMd5,
    /// Taobao: HMAC-MD5, which the platform calls `hmac`.
    TopHmac,
    /// Taobao: HMAC-SHA256.
    TopHmacSha256,
    /// JD: as Taobao's MD5, over the JSON body as one form parameter.
    Jd,
    /// Pinduoduo: as Taobao's MD5, with a timestamp in seconds.
    Pdd,
    /// Douyin: HMAC-SHA256 over named parts and the JSON body.
    Douyin,
}
