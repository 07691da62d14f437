//! `[console]`: the certificate with which the console speaks TLS itself.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

use crate::diag::{Diagnostic, Diagnostics};

/// The variables that stand above the file.
const CERTIFICATE: &str = "SCOREPOST_CONSOLE_CERTIFICATE";
const KEY: &str = "SCOREPOST_CONSOLE_KEY";

/// The files of a certificate, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleTls {
    /// The certificate, with those between it and its authority behind it.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Written {
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

impl ConsoleTls {
    /// What is wrong when people are sent to an address without TLS, at which nobody answers.
    pub(super) fn refuse_plain(url: &Url) -> Option<Diagnostic> {
        (url.scheme() != "https").then(|| {
            Diagnostic::error(format!("`console-url` is `{url}`, but the console speaks TLS: nobody reaches it there"))
                .hint("write its address with `https://`, or leave the certificate out of `[console]`")
        })
    }
}

impl Written {
    pub(super) fn check(self, environment: &BTreeMap<String, String>, found: &mut Diagnostics) -> Option<ConsoleTls> {
        let over = |name: &str, written: Option<PathBuf>| environment.get(name).map(PathBuf::from).or(written);
        match (over(CERTIFICATE, self.certificate), over(KEY, self.key)) {
            (Some(certificate), Some(key)) => Some(ConsoleTls { certificate, key }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                found.push(Diagnostic::error("`certificate` and `key` in `[console]` go together").hint(format!(
                    "name both files, or neither; the environment calls them `{CERTIFICATE}` and `{KEY}`"
                )));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, environment: &[(&str, &str)]) -> (Option<ConsoleTls>, usize) {
        let environment = environment.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let mut found = Diagnostics::new();
        let tls = toml::from_str::<Written>(text).expect("a table").check(&environment, &mut found);
        (tls, found.sorted().len())
    }

    #[test]
    fn a_certificate_needs_its_key() {
        let both = "certificate = \"a.pem\"\nkey = \"b.pem\"";
        let tls = |certificate: &str, key: &str| ConsoleTls { certificate: certificate.into(), key: key.into() };
        assert_eq!(read("", &[]), (None, 0));
        assert_eq!(read(both, &[]), (Some(tls("a.pem", "b.pem")), 0));
        assert_eq!(read(both, &[(KEY, "c.pem")]), (Some(tls("a.pem", "c.pem")), 0));
        assert_eq!(read("key = \"b.pem\"", &[]), (None, 1));
    }

    #[test]
    fn people_are_sent_to_the_address_with_tls() {
        let is_refused = |url: &str| ConsoleTls::refuse_plain(&Url::parse(url).expect("an address")).is_some();
        assert!(is_refused("http://scores.example.com") && !is_refused("https://scores.example.com"));
    }
}
