//! The door: under which name the console is reached, and from which page a form comes.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use super::desk::Desk;
use super::language;
use super::refusal::Refusal;

/// Lets a request in when its host is ours and, if it may change something, when it comes from our own pages.
pub async fn check(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let refusal = match () {
        () if !host_is_ours(request.headers(), &desk.console.hosts) => Some(Refusal::WrongHost),
        () if !comes_from_us(request.method(), request.headers()) => Some(Refusal::Forged),
        () => None,
    };
    match refusal {
        None => next.run(request).await,
        Some(refusal) => {
            let locale = language::of(request.uri(), request.headers(), desk.console.locale);
            refusal.answer_at(request.uri().path(), locale)
        }
    }
}

/// The name under which a bound address is reached: the address, or `*` when it is bound to all.
pub fn name_of(address: SocketAddr) -> String {
    if address.ip().is_unspecified() { "*".to_owned() } else { address.ip().to_string() }
}

/// Whether the `Host` header names us.
///
/// A page elsewhere can point its own name at our address (DNS rebinding); it cannot make the browser send ours.
/// `*` stands for every literal address, which no name server can forge.
fn host_is_ours(headers: &HeaderMap, hosts: &[String]) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|value| value.to_str().ok()) else { return false };
    let name = without_port(host).to_ascii_lowercase();
    let literal: Option<IpAddr> = name.parse().ok();
    let listed = |one: &String| one.eq_ignore_ascii_case(&name) || (one == "*" && literal.is_some());
    name == "localhost" || literal.is_some_and(|address| address.is_loopback()) || hosts.iter().any(listed)
}

fn without_port(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _port)) => address,
        None => host.rsplit_once(':').map_or(host, |(name, _port)| name),
    }
}

/// Whether a request that may change something comes from one of our own pages.
///
/// `Sec-Fetch-Site` decides where a browser sends it, `Origin` where one does not; no page can forge either.
/// A program that sends neither is not a browser that was led astray, and still needs the token of the form.
fn comes_from_us(method: &Method, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    match (text("sec-fetch-site"), text("origin")) {
        _ if method.is_safe() => true,
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin_host(origin).is_some() && origin_host(origin) == text("host"),
        (None, None) => true,
    }
}

fn origin_host(origin: &str) -> Option<&str> {
    origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value"))).collect()
    }

    #[test]
    fn only_our_own_names_are_answered() {
        let hosts = ["scores.example".to_owned(), "192.0.2.7".to_owned()];
        for ours in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "Scores.Example", "192.0.2.7:80", "LOCALHOST"] {
            assert!(host_is_ours(&with(&[("host", ours)]), &hosts), "{ours}");
        }
        for foreign in ["evil.example:8080", "192.0.2.8", "localhost.evil.example", "", "[::2]"] {
            assert!(!host_is_ours(&with(&[("host", foreign)]), &hosts), "{foreign}");
        }
        assert!(!host_is_ours(&HeaderMap::new(), &hosts));
        let everywhere = ["*".to_owned()];
        assert!(host_is_ours(&with(&[("host", "192.0.2.8:80")]), &everywhere));
        assert!(!host_is_ours(&with(&[("host", "evil.example")]), &everywhere));
    }

    #[test]
    fn forms_of_other_sites_are_refused() {
        let host = ("host", "localhost:8080");
        let post = |more: &[(&'static str, &str)]| comes_from_us(&Method::POST, &with(&[&[host], more].concat()));
        assert!(post(&[]));
        assert!(post(&[("origin", "http://localhost:8080")]));
        assert!(post(&[("origin", "null"), ("sec-fetch-site", "same-origin")]), "as behind a policy of no referrer");
        assert!(!post(&[("origin", "http://localhost:8080"), ("sec-fetch-site", "cross-site")]));
        for foreign in ["http://evil.example", "null", "http://localhost:9090", "localhost:8080"] {
            assert!(!post(&[("origin", foreign)]), "{foreign}");
        }
        for site in ["cross-site", "same-site", "none"] {
            assert!(!post(&[("sec-fetch-site", site)]), "{site}");
        }
        assert!(comes_from_us(&Method::GET, &with(&[host, ("origin", "http://evil.example")])));
    }
}
