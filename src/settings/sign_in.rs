//! `[sign-in]`: the ways into the console beside the password.

use std::net::IpAddr;

use serde::Deserialize;
use url::Url;

use crate::diag::{Diagnostic, Diagnostics};
use crate::source::Variables;

/// The variable that holds the secret by which the provider of identities knows us.
const SECRET: &str = "SCOREPOST_IDENTITY_SECRET";

/// The ways into the console.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// The mailbox that one-time links come from; without it none are given.
    pub links_from: Option<String>,
    /// The proxies in front of the console whose word about the client counts.
    pub proxies: Vec<IpAddr>,
    /// The header in which they name who signed in there.
    pub proxy_header: Option<String>,
    /// A provider of identities.
    pub identity: Option<IdentityProvider>,
}

/// A provider of identities (OpenID Connect).
#[derive(Clone, Debug)]
pub struct IdentityProvider {
    /// Its address, as it names itself.
    pub issuer: Url,
    /// The name by which it knows us.
    pub client_id: String,
    /// The secret by which it knows us; without one PKCE alone proves who asks.
    pub secret: Option<String>,
    /// The claim that holds the user's name.
    pub claim: String,
    /// What people call it.
    pub title: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Written {
    links_from: Option<String>,
    proxies: Vec<IpAddr>,
    proxy_header: Option<String>,
    identity: Option<WrittenIdentity>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenIdentity {
    issuer: Url,
    client_id: String,
    claim: Option<String>,
    title: Option<String>,
}

impl Written {
    pub(super) fn check(self, variables: &Variables, found: &mut Diagnostics) -> SignIn {
        let mut wrong = |what: &str, hint: &str| found.push(Diagnostic::error(what).hint(hint));
        if self.proxy_header.is_some() && self.proxies.is_empty() {
            wrong(
                "`proxy-header` in `[sign-in]` is believed from nobody",
                "name the proxy's addresses: `proxies = [\"127.0.0.1\"]`",
            );
        }
        let is_header = |name: &String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if self.proxy_header.as_ref().is_some_and(|name| name.is_empty() || !is_header(name)) {
            wrong("`proxy-header` in `[sign-in]` is no name of a header", "write a name such as \"X-Remote-User\"");
        }
        let identity = self.identity.map(|one| {
            if !is_private_line(&one.issuer) {
                wrong(
                    "the `issuer` in `[sign-in.identity]` is reached without encryption",
                    "give its https address; only this machine itself may be reached by http",
                );
            }
            IdentityProvider {
                title: one.title.unwrap_or_else(|| one.issuer.host_str().unwrap_or_default().to_owned()),
                issuer: one.issuer,
                client_id: one.client_id,
                secret: variables.get(SECRET).map(str::to_owned),
                claim: one.claim.unwrap_or_else(|| "preferred_username".to_owned()),
            }
        });
        SignIn {
            links_from: self.links_from,
            proxies: self.proxies.into_iter().map(|address| address.to_canonical()).collect(),
            proxy_header: self.proxy_header,
            identity,
        }
    }
}

/// Whether what is said to `url` travels encrypted, or not over a line at all.
pub fn is_private_line(url: &Url) -> bool {
    let here = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (SignIn, usize) {
        let mut found = Diagnostics::new();
        let variables: Variables = [(SECRET.to_owned(), "s3cret".to_owned())].into_iter().collect();
        let settings = toml::from_str::<Written>(text).expect("a table").check(&variables, &mut found);
        (settings, found.sorted().len())
    }

    #[test]
    fn every_other_way_is_shut_unless_a_person_opens_it() {
        let (settings, faults) = read("");
        let shut = settings.links_from.is_none() && settings.proxy_header.is_none() && settings.identity.is_none();
        assert!(shut && faults == 0);
    }

    #[test]
    fn a_provider_is_named_by_its_address_and_its_secret_stays_outside() {
        let (settings, faults) = read("[identity]\nissuer = \"https://id.example/realm\"\nclient-id = \"scorepost\"");
        let provider = settings.identity.expect("a provider");
        assert_eq!((provider.claim.as_str(), provider.title.as_str()), ("preferred_username", "id.example"));
        assert_eq!((provider.secret.as_deref(), faults), (Some("s3cret"), 0));
        assert_eq!(read("[identity]\nissuer = \"http://127.0.0.1:9/\"\nclient-id = \"x\"").1, 0);
        assert_eq!(read("[identity]\nissuer = \"http://id.example/\"\nclient-id = \"x\"").1, 1);
    }

    #[test]
    fn what_would_open_a_door_to_anybody_is_refused() {
        for wrong in ["proxy-header = \"X-Remote-User\"", "proxies = [\"127.0.0.1\"]\nproxy-header = \"x y\""] {
            assert_eq!(read(wrong).1, 1, "{wrong}");
        }
        let (settings, faults) = read("proxies = [\"::ffff:10.0.0.1\"]\nproxy-header = \"X-Remote-User\"");
        assert_eq!((settings.proxies[0].to_string().as_str(), faults), ("10.0.0.1", 0));
    }
}
