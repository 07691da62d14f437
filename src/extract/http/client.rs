//! The HTTP client of one source: its patience, and where it may be led.

use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::redirect::{Attempt, Policy};
use url::{Host, Url};

use crate::source::Client;

const MAX_REDIRECTS: usize = 3;

/// Sets up the client.
pub(super) fn build(client: &Client) -> Result<reqwest::Client> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("scorepost/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(client.timeout.min(Duration::from_secs(10)))
        .timeout(client.timeout)
        .redirect(Policy::custom(follow));
    if let Some(here) = client.base_url.as_ref().filter(|base| is_loopback(base)) {
        builder = builder.no_proxy();
        if here.scheme() == "http" {
            // No redirect leads to another scheme: no certificate is ever looked at, and a machine may have none.
            builder = builder.tls_certs_only([]);
        }
    }
    builder.build().context("cannot set up the HTTP client; is a bundle of root certificates installed?")
}

/// Only where it already is: another host, port or scheme could be anything, and would get the token.
fn follow(attempt: Attempt) -> reqwest::redirect::Action {
    let same_place = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
    if !same_place {
        attempt.error("it redirects to another host, which is refused")
    } else if attempt.previous().len() > MAX_REDIRECTS {
        attempt.error("it redirects again and again")
    } else {
        attempt.follow()
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
