//! Where a request comes from, and who a proxy says has sent it; nobody but our own proxies is believed.

use std::net::IpAddr;

use axum::http::HeaderMap;

use super::Doors;
use crate::console::refusal::Refusal;

/// Where a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The client's address; unknown in tests without a socket.
    pub address: Option<IpAddr>,
    /// Who signed in at the proxy.
    pub user: Option<String>,
}

/// Reads what a proxy adds, if `peer` is one of ours.
///
/// Refuses a request that names a person from anywhere else: that header is forged.
pub fn of(doors: &Doors, peer: Option<IpAddr>, headers: &HeaderMap) -> Result<Origin, Refusal> {
    let named = doors.proxy_header.as_ref().map(|header| headers.get_all(header).iter().collect::<Vec<_>>());
    let named = named.unwrap_or_default();
    if !peer.is_some_and(|peer| doors.proxies.contains(&peer.to_canonical())) {
        return if named.is_empty() { Ok(Origin { address: peer, user: None }) } else { Err(Refusal::Forged) };
    }
    let user = match named.as_slice() {
        [] => None,
        [one] => one.to_str().ok().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
        // A proxy that lets the client's own header through beside its own cannot be believed.
        _ => return Err(Refusal::Forged),
    };
    Ok(Origin { address: forwarded_for(headers).or(peer), user })
}

/// The last address: the proxy put it there itself, whatever the client wrote before it.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doors() -> Doors {
        Doors {
            proxies: vec!["192.0.2.1".parse().expect("an address")],
            proxy_header: Some("x-remote-user".parse().expect("a name")),
            ..Doors::default()
        }
    }

    fn seen(doors: &Doors, peer: &str, headers: &[(&'static str, &'static str)]) -> Option<(String, Option<String>)> {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(*name, value.parse().expect("a value"));
        }
        let origin = of(doors, Some(peer.parse().expect("an address")), &all).ok()?;
        Some((origin.address.expect("an address").to_string(), origin.user))
    }

    #[test]
    fn our_proxy_says_where_a_request_comes_from_and_who_sent_it() {
        let headers = [("x-remote-user", "lead1"), ("x-forwarded-for", "203.0.113.9, 198.51.100.7")];
        let expected = Some(("198.51.100.7".to_owned(), Some("lead1".to_owned())));
        assert_eq!(seen(&doors(), "192.0.2.1", &headers), expected);
        assert_eq!(seen(&doors(), "::ffff:192.0.2.1", &headers), expected);
        assert_eq!(seen(&doors(), "192.0.2.1", &[]), Some(("192.0.2.1".to_owned(), None)));
    }

    #[test]
    fn nobody_else_is_believed() {
        let forwarded = [("x-forwarded-for", "198.51.100.7")];
        assert_eq!(seen(&doors(), "192.0.2.2", &forwarded), Some(("192.0.2.2".to_owned(), None)));
        assert_eq!(seen(&doors(), "192.0.2.2", &[("x-remote-user", "op")]), None, "a forged header");
        assert_eq!(
            seen(&doors(), "192.0.2.1", &[("x-remote-user", "op"), ("x-remote-user", "hr")]),
            None,
            "two of them"
        );
        let closed = Doors::default();
        let ignored = Some(("192.0.2.2".to_owned(), None));
        assert_eq!(seen(&closed, "192.0.2.2", &[("x-remote-user", "op")]), ignored, "no header means anything");
    }
}
