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

/// From how many bytes on reading is worth the way to another thread.
const LARGE: usize = 16 * 1024;

/// The same beside other work: nearby, reading a page takes as long as fetching it. Gives the body back.
pub(super) async fn read_beside(body: Vec<u8>) -> (Vec<u8>, Option<Value>) {
    let is_large = body.len() >= LARGE;
    let reading = move || {
        let json = read(&body);
        (body, json)
    };
    // A reading that was interrupted has read nothing, and is repeated like any answer that is not whole.
    if is_large { tokio::task::spawn_blocking(reading).await.unwrap_or_default() } else { reading() }
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
