//! What the signatures share: sorted parameters as one text, sorted JSON, and hashes with a secret.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use serde_json::{Map, Value};
use sha2::Sha256;

/// `name1value1name2value2...` in byte order; pairs with an empty part and the signature itself do not count.
pub(super) fn joined(params: &[(String, String)]) -> String {
    let counts = |pair: &&(String, String)| !pair.0.is_empty() && !pair.1.is_empty() && pair.0 != "sign";
    let mut pairs: Vec<&(String, String)> = params.iter().filter(counts).collect();
    pairs.sort();
    pairs.into_iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect()
}

/// JSON without blanks whose keys are in byte order at every level; no sign is escaped that JSON lets stand.
pub(super) fn sorted_json(value: &Value) -> String {
    in_order(value).to_string()
}

fn in_order(value: &Value) -> Value {
    match value {
        Value::Array(list) => Value::Array(list.iter().map(in_order).collect()),
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_by_key(|(name, _)| *name);
            Value::Object(entries.into_iter().map(|(name, one)| (name.clone(), in_order(one))).collect::<Map<_, _>>())
        }
        plain => plain.clone(),
    }
}

/// MD5 of a text with the secret before and after, in upper-case hex.
pub(super) fn md5_between(secret: &str, text: &str) -> String {
    hex::encode_upper(Md5::digest(format!("{secret}{text}{secret}").as_bytes()))
}

/// HMAC-MD5.
pub(super) fn hmac_md5(secret: &str, text: &str) -> Vec<u8> {
    keyed::<Hmac<Md5>>(secret, text)
}

/// HMAC-SHA256.
pub(super) fn hmac_sha256(secret: &str, text: &str) -> Vec<u8> {
    keyed::<Hmac<Sha256>>(secret, text)
}

fn keyed<M: Mac + KeyInit>(secret: &str, text: &str) -> Vec<u8> {
    match <M as KeyInit>::new_from_slice(secret.as_bytes()) {
        Ok(mut mac) => {
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }
        // An HMAC takes a key of any length; an empty signature is refused by the platform, which says so.
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_is_sorted_at_every_level_and_its_signs_stand() {
        let value = json!({ "b": [{ "z": 1, "a": "<&>/客服" }], "a": 2231958349000000001_u64, "B": 1.50 });
        assert_eq!(sorted_json(&value), r#"{"B":1.5,"a":2231958349000000001,"b":[{"a":"<&>/客服","z":1}]}"#);
    }

    #[test]
    fn empty_pairs_and_the_signature_do_not_count() {
        let params = super::super::pairs(&[("b", "2"), ("sign", "x"), ("a", "1"), ("c", ""), ("", "y")]);
        assert_eq!(joined(&params), "a1b2");
    }
}
