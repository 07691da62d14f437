//! Messages to web addresses: plain JSON, signed when there is a key.
//!
//! The address itself is often the secret, so no error repeats it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::redirect::Policy;
use serde_json::Value;
use sha2::Sha256;
use url::{Host, Url};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends `message` to `url`; with a key, `X-Scorepost-Signature` is `sha256=` and the HMAC of `TIMESTAMP.BODY`.
///
/// Errors when the address cannot be reached or answers with anything but success.
pub async fn post_json(url: &Url, message: &Value, key: Option<&str>, now: DateTime<Utc>) -> Result<()> {
    let (body, timestamp) = (message.to_string(), now.timestamp().to_string());
    let mut request = client(url)?.post(url.clone()).header("content-type", "application/json");
    request = request.header("x-scorepost-timestamp", &timestamp);
    if let Some(key) = key {
        request = request.header("x-scorepost-signature", format!("sha256={}", signature(key, &timestamp, &body)?));
    }
    finish(request.body(body)).await
}

/// Calls `url`, so that its owner knows that we live.
///
/// Errors as [`post_json`] does.
pub async fn call(url: &Url) -> Result<()> {
    finish(client(url)?.get(url.clone())).await
}

/// The HMAC-SHA256 of a message, in hex.
fn signature(key: &str, timestamp: &str, body: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).context("the key cannot sign")?;
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    Ok(hex::encode(mac.finalize().into_bytes()))
}

async fn finish(request: reqwest::RequestBuilder) -> Result<()> {
    let answer = request.send().await.map_err(reqwest::Error::without_url).context("the address was not reached")?;
    let status = answer.status();
    ensure!(status.is_success(), "the address answered {status}");
    Ok(())
}

fn client(url: &Url) -> Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("scorepost/", env!("CARGO_PKG_VERSION")))
        .timeout(PATIENCE)
        .redirect(Policy::none());
    // This machine is reached without a proxy, and over plain HTTP without any certificates.
    let builder = match is_here(url) {
        true if url.scheme() == "http" => builder.no_proxy().tls_certs_only([]),
        true => builder.no_proxy(),
        false => builder,
    };
    builder.build().context("cannot set up the HTTP client; is a bundle of root certificates installed?")
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_time_and_body() {
        // HMAC-SHA256 with the key `Jefe`, RFC 4231, test case 2.
        let text = "what do ya want for nothing?";
        let mut mac = Hmac::<Sha256>::new_from_slice(b"Jefe").expect("a key");
        mac.update(text.as_bytes());
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex::encode(mac.finalize().into_bytes()), expected);
        let first = signature("k", "1", "{}").expect("a signature");
        assert_ne!(first, signature("k", "2", "{}").expect("a signature"));
        assert_ne!(first, signature("l", "1", "{}").expect("a signature"));
    }
}
