//! DingTalk: the signature goes into the address, with the instant in milliseconds.
//!
//! Source: open.dingtalk.com, "Custom robot access", "Customize the security settings of a robot".

use serde_json::json;

use super::{Call, Meaning, Message, signature};

/// A link that opens on the phone as on the desk.
pub(super) fn call(url: &str, secret: Option<&str>, message: &Message, seconds: i64) -> anyhow::Result<Call> {
    let mut url = url.to_owned();
    if let Some(secret) = secret {
        let instant = seconds * 1000;
        let sign = signature(secret, &format!("{instant}\n{secret}"))?;
        let sign: String = url::form_urlencoded::byte_serialize(sign.as_bytes()).collect();
        url.push_str(if url.contains('?') { "&" } else { "?" });
        url.push_str(&format!("timestamp={instant}&sign={sign}"));
    }
    let text = format!("[{}]({})", message.text, message.link);
    let body = json!({ "msgtype": "markdown", "markdown": { "title": message.text, "text": text } });
    Ok(Call { url, body, headers: Vec::new() })
}

/// 130101 is "send too fast", -1 "system busy".
pub(super) fn meaning(code: i64) -> Meaning {
    match code {
        0 => Meaning::Taken,
        130_101 | -1 => Meaning::Busy,
        _ => Meaning::Refused,
    }
}
