//! Short requests to the provider: encrypted or to this machine, without redirects, bounded in time and size.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;
use url::Url;

use crate::settings::is_private_line;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes that an answer has at most.
const LARGEST: usize = 1 << 20;

/// What lies at `url`.
pub(super) async fn get<T: DeserializeOwned>(url: &Url) -> Result<T> {
    finish(client(url)?.get(url.clone())).await
}

/// The answer to a form, sent under a name and secret if there is one.
pub(super) async fn post<T: DeserializeOwned>(
    url: &Url,
    form: &[(&str, &str)],
    secret: Option<(&str, &str)>,
) -> Result<T> {
    let request = client(url)?.post(url.clone()).form(form);
    let request = match secret {
        Some((name, secret)) => request.basic_auth(encoded(name), Some(encoded(secret))),
        None => request,
    };
    finish(request).await
}

/// Name and secret are encoded like a form's before they are joined (RFC 6749, part 2.3.1).
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn finish<T: DeserializeOwned>(request: RequestBuilder) -> Result<T> {
    let answer = request.send().await.map_err(reqwest::Error::without_url).context("the provider was not reached")?;
    let status = answer.status();
    ensure!(status.is_success(), "the provider answered {status}");
    serde_json::from_slice(&bounded(answer).await?).context("the provider's answer cannot be read")
}

async fn bounded(mut answer: Response) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        ensure!(body.len() + part.len() <= LARGEST, "the provider's answer is too large");
        body.extend_from_slice(&part);
    }
    Ok(body)
}

fn client(url: &Url) -> Result<reqwest::Client> {
    ensure!(is_private_line(url), "the provider names an address that is reached without encryption");
    let builder = reqwest::Client::builder()
        .user_agent(concat!("scorepost/", env!("CARGO_PKG_VERSION")))
        .timeout(PATIENCE)
        .redirect(Policy::none());
    // This machine is reached without a proxy, and over plain HTTP without any certificates.
    let builder = if url.scheme() == "http" { builder.no_proxy().tls_certs_only([]) } else { builder };
    builder.build().context("a client for the provider of identities")
}
