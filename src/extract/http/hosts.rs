//! The hosts that this process reaches, so that all sources of one host share its budget.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use url::Url;

use super::throttle::Throttle;

/// What every host has been asked lately; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    known: Arc<Mutex<BTreeMap<String, Arc<Throttle>>>>,
}

impl Hosts {
    /// The throttle of the host of an address: scheme, name and port together.
    pub(super) fn of(&self, address: Option<&Url>) -> Arc<Throttle> {
        let origin = address.map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        self.throttle(origin)
    }

    /// The throttle of the sources that share a budget under a word, such as platforms behind one gateway.
    pub(super) fn named(&self, word: &str) -> Arc<Throttle> {
        self.throttle(format!("shared as {word}"))
    }

    fn throttle(&self, key: String) -> Arc<Throttle> {
        let mut known = self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        known.entry(key).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_one_throttle() {
        let hosts = Hosts::default();
        let of = |text: &str| hosts.clone().of(Url::parse(text).ok().as_ref());
        assert!(Arc::ptr_eq(&of("https://shop.example.test/a"), &of("https://SHOP.example.test:443/b")));
        assert!(!Arc::ptr_eq(&of("https://shop.example.test/a"), &of("http://shop.example.test/a")));
        assert!(!Arc::ptr_eq(&of("https://shop.example.test/a"), &of("https://shop.example.test:8443/a")));
        assert!(Arc::ptr_eq(&hosts.named("clock"), &hosts.clone().named("clock")));
        assert!(!Arc::ptr_eq(&hosts.named("clock"), &hosts.named("till")));
    }
}
