//! Names and values as they stand in a query, a form or a path.

use std::collections::BTreeMap;

/// Fields by name; of a repeated name the last value counts.
#[derive(Clone, Debug, Default)]
pub struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Reads `name=value&…` as browsers write it.
    pub fn decode(encoded: &[u8]) -> Self {
        url::form_urlencoded::parse(encoded).collect()
    }

    /// The value of `name`, or an empty text.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The value of `name` without the blanks around it; `None` when nothing is left.
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty())
    }

    /// What stands there for `name` to the letter, were it nothing; `None` when the name is not there.
    pub fn written(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// What stands behind `prefix` in the names that begin with it, such as the boxes that were ticked.
    pub fn behind<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.keys().filter_map(move |name| name.strip_prefix(prefix))
    }

    /// The value of `name` as a number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name).parse().ok()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Fields {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(pairs: T) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
