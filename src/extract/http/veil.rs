//! What no message may show: keys, passwords and tokens, also where an answer repeats them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded::byte_serialize;

use crate::source::auth::Auth;
use crate::source::client::Client;

/// From this length on a value is hidden wherever it stands.
const ANYWHERE: usize = 6;
/// From this length on a value is hidden where it stands alone; shorter ones are parts of every text.
const ALONE: usize = 4;
/// From this length on a key is no word of any language, and nothing that a row could have.
const KEY: usize = 16;

/// Hides the secrets of one source.
#[derive(Clone, Default)]
pub(super) struct Veil {
    /// Every shape of every secret, the longest first, so that none shows the rest of another.
    shapes: Vec<String>,
    /// Those among them that are so long that no row has them by chance.
    keys: Vec<String>,
}

impl Veil {
    /// A veil over all that a client knows.
    pub fn over(client: &Client) -> Self {
        let keys = client.keys().flat_map(shapes).collect();
        let mut veil = Self { shapes: client.secrets().flat_map(shapes).collect(), keys };
        if let Auth::Basic { user, password } = &client.auth {
            veil.shapes.push(STANDARD.encode(format!("{}:{}", user.expose(), password.expose())));
        }
        veil.in_order()
    }

    /// The same with more secrets, such as a token.
    pub fn and<'s>(&self, secrets: impl IntoIterator<Item = &'s str>) -> Self {
        let mut veil = self.clone();
        for shape in secrets.into_iter().flat_map(shapes) {
            veil.keys.push(shape.clone());
            veil.shapes.push(shape);
        }
        veil.in_order()
    }

    /// The text with `***` for every secret.
    pub fn hide(&self, text: &str) -> String {
        self.shapes.iter().fold(text.to_owned(), |text, secret| {
            if secret.len() >= ANYWHERE { text.replace(secret, "***") } else { hide_alone(&text, secret) }
        })
    }

    /// A body that may be kept: without the keys that it repeats, for instance in the address of the next page.
    pub fn strip(&self, body: Vec<u8>) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(&body) else { return body };
        match self.keys.iter().any(|key| text.contains(key.as_str())) {
            true => self.keys.iter().fold(text.to_owned(), |text, key| text.replace(key, "***")).into_bytes(),
            false => body,
        }
    }

    fn in_order(mut self) -> Self {
        self.keys.retain(|key| key.len() >= KEY);
        sort(&mut self.keys);
        self.shapes.retain(|shape| shape.len() >= ALONE);
        sort(&mut self.shapes);
        self
    }
}

/// The longest first.
fn sort(texts: &mut Vec<String>) {
    texts.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    texts.dedup();
}

/// A secret as it is, in an address, and inside JSON.
fn shapes(secret: &str) -> Vec<String> {
    let in_json = serde_json::Value::from(secret).to_string();
    let inside = in_json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default().to_owned();
    vec![secret.to_owned(), byte_serialize(secret.as_bytes()).collect(), inside]
}

/// Replaces a short secret where no letter or digit stands beside it.
fn hide_alone(text: &str, secret: &str) -> String {
    let mut hidden = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(secret) {
        let (before, after) = (&rest[..at], &rest[at + secret.len()..]);
        let is_part = before.chars().next_back().is_some_and(char::is_alphanumeric)
            || after.chars().next().is_some_and(char::is_alphanumeric);
        hidden.push_str(before);
        hidden.push_str(if is_part { secret } else { "***" });
        rest = after;
    }
    hidden + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn veil(secrets: &[&str]) -> Veil {
        let shapes: Vec<String> = secrets.iter().copied().flat_map(shapes).collect();
        Veil { keys: shapes.clone(), shapes }.in_order()
    }

    #[test]
    fn every_shape_of_a_secret_is_hidden() {
        let veil = veil(&["pass/word+1", "pass/word+1-longer", "he\"llo!"]);
        let text = "pass/word+1-longer pass%2Fword%2B1 {\"k\":\"he\\\"llo!\"} fine";
        assert_eq!(veil.hide(text), "*** *** {\"k\":\"***\"} fine");
        assert_eq!(veil.and(Some("token-of-today")).hide("token-of-today"), "***");
    }

    #[test]
    fn long_keys_are_not_kept_and_short_ones_change_no_row() {
        let veil = veil(&["0123456789abcdef/", "sandbox"]);
        let strip = |text: &str| String::from_utf8_lossy(&veil.strip(text.into())).into_owned();
        assert_eq!(strip("{\"next\":\"/?key=0123456789abcdef%2F\"}"), "{\"next\":\"/?key=***\"}");
        assert_eq!(strip("a child played in the sandbox"), "a child played in the sandbox");
    }

    #[test]
    fn short_secrets_are_hidden_where_they_stand_alone() {
        assert_eq!(veil(&["shop"]).hide("key shop, shops, workshop, =shop&"), "key ***, shops, workshop, =***&");
        assert_eq!(veil(&["abc"]).hide("abc"), "abc");
    }
}
