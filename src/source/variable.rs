//! `${NAME}` in source files: values that belong to a machine, such as addresses and secrets.

use std::collections::BTreeMap;
use std::fmt;

/// Named values from the environment and the secrets file; a later one covers an earlier one.
#[derive(Clone, Default)]
pub struct Variables {
    known: BTreeMap<String, String>,
}

impl Variables {
    /// The environment of this process; names and values that are not UTF-8 are left out.
    pub fn from_environment() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// The same with one more, or another, value.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.known.insert(name.to_owned(), value.into());
        self
    }

    /// The value of that name; an empty one counts as missing.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.known.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

impl FromIterator<(String, String)> for Variables {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self { known: pairs.into_iter().collect() }
    }
}

/// Names only: values may be secrets.
impl fmt::Debug for Variables {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.known.keys()).finish()
    }
}

/// A value that is sent but never shown: no debug output, no error and no manifest holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The value, for the wire only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}
