//! Bodies as JSON.

use serde_json::Value;

use super::digits;

/// The value of a body; `None` when it is not whole JSON in UTF-8. A number with more digits than a
/// machine number holds is a text of its digits.
///
/// Read by `FromStr`, which the JSON crate has compiled for itself with its own optimisation; the generic readers would
/// be compiled here, and slowly in a development build.
pub(super) fn read(body: &[u8]) -> Option<Value> {
    digits::kept(std::str::from_utf8(body).ok()?).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_json_in_utf_8_is_read() {
        let whole = read(br#"{"n": 2231958349000000001}"#).map(|value| value.to_string());
        assert_eq!(whole.as_deref(), Some(r#"{"n":2231958349000000001}"#));
        for wrong in [&b"{\"n\": 1"[..], b"", b"<html>", b"\"\xff\"", b"1 2"] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
