//! Addresses that an answer gives: found in a `Link` header, kept to the source's own host, cleared of secrets.

use anyhow::{Context, Result, bail};
use url::Url;

use crate::source::client::Client;
use crate::source::resource::Request;

/// An address below the base address of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The path after the base address.
    pub path: String,
    /// Its parameters, without those that the client or the request adds with a secret.
    pub query: Vec<(String, String)>,
    /// The same as recorded, without any secret.
    pub record: Vec<(String, String)>,
}

/// The address with `rel=next` in a `Link` header (RFC 8288).
pub(super) fn next_of(header: &str) -> Option<String> {
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let (target, after) = after.split_once('>')?;
        let end = end_of_parameters(after);
        if after[..end].split(';').any(is_rel_next) {
            return Some(target.trim().to_owned());
        }
        rest = &after[end..];
    }
    None
}

/// Where the parameters of one link end: at a comma outside quotes.
fn end_of_parameters(text: &str) -> usize {
    let mut quoted = false;
    let ends = |(_, sign): &(usize, char)| {
        quoted ^= *sign == '"';
        *sign == ',' && !quoted
    };
    text.char_indices().find(ends).map_or(text.len(), |(at, _)| at)
}

fn is_rel_next(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    let words = value.trim().trim_matches('"');
    name.trim().eq_ignore_ascii_case("rel") && words.split_whitespace().any(|word| word.eq_ignore_ascii_case("next"))
}

/// Where an address leads that an answer to a request for `path` gave; the request never leaves the source's host.
///
/// # Errors
/// When it leads to another host or out of the base address.
pub fn follow(given: &str, path: &str, client: &Client, request: &Request) -> Result<Link> {
    let base = client.base_url.as_ref().context("the source has no address; set the variable in its `base-url`")?;
    let root = base.as_str().trim_end_matches('/');
    let here = Url::parse(&format!("{root}{path}")).context("the path of the request makes no address")?;
    let next = here.join(given).context("the next link of the answer is no address; check `next` of the paginator")?;
    if !same_host(base, &next) {
        let host = next.host_str().unwrap_or("nowhere");
        bail!(
            "the next link leads to `{host}`, which is not the host of `base-url`; if it is the same service, write it there"
        );
    }
    let below = next.path().strip_prefix(base.path().trim_end_matches('/'));
    let Some(path) = below.filter(|path| path.starts_with('/')) else {
        bail!("the next link leads out of the path of `base-url`; shorten `base-url` and write the rest into `path`");
    };
    let added = |name: &str| client.adds_to_query(name) || request.adds_secret(name);
    let query: Vec<_> = next.query_pairs().into_owned().filter(|(name, _)| !added(name)).collect();
    let shown = |(name, value): &(String, String)| {
        let is_secret = client.secrets().any(|secret| secret == value);
        (name.clone(), if is_secret { "***".to_owned() } else { value.clone() })
    };
    Ok(Link { path: path.to_owned(), record: query.iter().map(shown).collect(), query })
}

/// The same host, also where a proxy that ends TLS makes its service believe in plain HTTP: the request goes to the
/// base address in any case.
fn same_host(base: &Url, next: &Url) -> bool {
    let behind_tls = base.scheme() == "https" && next.scheme() == "http" && next.port().is_none();
    base.origin() == next.origin() || (behind_tls && base.host() == next.host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_link_is_found_among_others() {
        let next = |header: &str| next_of(header).unwrap_or_default();
        assert_eq!(next("<https://h/?p=1>; rel=\"prev\", <https://h/?p=3>; rel=\"next\""), "https://h/?p=3");
        assert_eq!(next("</a,b?p=2>; title=\"x, y\"; REL=next"), "/a,b?p=2");
        assert_eq!(next("<?p=2>; rel=\"last next\""), "?p=2");
        assert_eq!(next("<?p=2>; rel=\"nextish\", <?p=9>; rel=last"), "");
        assert_eq!(next("no link"), "");
    }
}
