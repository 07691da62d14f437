//! What went wrong on the wire, in words; the address is left out because it may carry a token.

use std::error::Error;
use std::io;

use rustls::{CertificateError, Error as TlsError};

use super::trouble::Trouble;
use crate::source::client::{Client, Proxy};

/// What an error of the HTTP client means.
pub(super) fn trouble(error: &reqwest::Error, client: &Client) -> Trouble {
    let cause = innermost(error);
    if let Some(tls) = find::<TlsError>(error) {
        return of_tls(tls);
    }
    if error.is_builder() {
        return Trouble::last(format!("the request cannot be built: {cause}; does a key hold a line break?"));
    }
    let seconds = client.timeout.as_secs_f32();
    Trouble::passing(match () {
        () if error.is_timeout() && error.is_connect() => {
            format!("cannot connect to the source in time; check {}", way(client))
        }
        () if error.is_timeout() => {
            format!("no whole answer after {seconds} s; raise `timeout`, or ask for smaller windows or pages")
        }
        () if error.is_connect() && cause.contains("lookup") => {
            format!("the name of the source's host is not known ({cause}); check `base-url` and the network")
        }
        () if error.is_connect() => format!("cannot connect to the source: {cause}; check {}", way(client)),
        () if error.is_decode() => format!("the answer came broken: {cause}"),
        () => format!("the answer broke off: {cause}"),
    })
}

/// What lies between, for the operator to look at.
fn way(client: &Client) -> &'static str {
    match client.proxy {
        Proxy::At(_) => "`proxy`, `base-url` and the network",
        Proxy::Environment | Proxy::None => "`base-url`, the network and whether a proxy is needed",
    }
}

/// A certificate does not become better by asking again; other trouble of TLS may.
fn of_tls(error: &TlsError) -> Trouble {
    match error {
        TlsError::InvalidCertificate(CertificateError::UnknownIssuer) => Trouble::last(
            "nobody whom this machine trusts signed the source's certificate; if it is your own authority's, name its \
             file with `ca-certificate`",
        ),
        TlsError::InvalidCertificate(why) if why.to_string().contains("CaUsedAsEndEntity") => Trouble::last(
            "the source shows the certificate of an authority as its own; let the authority sign one for the source, and \
             name the authority's file with `ca-certificate`",
        ),
        TlsError::InvalidCertificate(why) => {
            Trouble::last(format!("the source's certificate is not good: {why}; whoever runs the source must renew it"))
        }
        TlsError::InvalidMessage(_) => {
            Trouble::last("the source does not speak TLS at this address; is `base-url` meant to begin with `http`?")
        }
        other => Trouble::passing(format!("the source refused the TLS connection: {other}")),
    }
}

/// The first error of a kind in a chain; those that `io` wraps are looked into.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(here) = next {
        if let Some(found) = here.downcast_ref::<E>() {
            return Some(found);
        }
        let wrapped = here.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = wrapped.map(|inner| inner as &(dyn Error + 'static)).or_else(|| here.source());
    }
    None
}

fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
