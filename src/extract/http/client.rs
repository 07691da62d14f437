//! The HTTP client of one source: its patience, whom it trusts, and what stands between.

use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::redirect::Policy;
use reqwest::{Certificate, ClientBuilder, Proxy};
use url::{Host, Url};

use crate::source::client;

/// Sets up the client; redirects are followed by hand, see [`super::redirect`].
pub(super) fn build(client: &client::Client) -> Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("scorepost/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(client.timeout.min(Duration::from_secs(10)))
        .timeout(client.timeout)
        .redirect(Policy::none());
    let builder = trust(way(builder, client)?, client)?;
    builder.build().context("cannot set up the HTTP client; is a bundle of root certificates installed?")
}

/// The proxy; this machine itself is never reached through the one of the environment.
fn way(builder: ClientBuilder, client: &client::Client) -> Result<ClientBuilder> {
    Ok(match &client.proxy {
        client::Proxy::None => builder.no_proxy(),
        client::Proxy::Environment if is_here(client) => builder.no_proxy(),
        client::Proxy::Environment => builder,
        client::Proxy::At(address) => {
            // The address is left out of the error because it may carry a password.
            let proxy = Proxy::all(address.expose()).ok().context("`proxy` is no address of a proxy")?;
            builder.no_proxy().proxy(proxy)
        }
    })
}

fn trust(builder: ClientBuilder, client: &client::Client) -> Result<ClientBuilder> {
    if let Some(pem) = &client.ca_certificate {
        let certificates = Certificate::from_pem_bundle(pem).context("cannot read the file of `ca-certificate`")?;
        return Ok(builder.tls_certs_merge(certificates));
    }
    let is_plain = client.base_url.as_ref().is_some_and(|base| base.scheme() == "http");
    // No redirect leads to another scheme: no certificate is ever looked at, and a machine may have none.
    let asks_nobody = client.folder().is_some();
    Ok(if asks_nobody || is_plain && is_here(client) { builder.tls_certs_only([]) } else { builder })
}

fn is_here(client: &client::Client) -> bool {
    client.base_url.as_ref().is_some_and(is_loopback)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
