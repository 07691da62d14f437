//! Feishu: instant and signature go into the body; what is signed is empty, the key is made of both.
//!
//! Source: open.feishu.cn, "Custom bot usage guide", "Signature verification".

use serde_json::json;

use super::{Call, Meaning, Message, signature};

/// A post of one line with a link.
pub(super) fn call(url: &str, secret: Option<&str>, message: &Message, seconds: i64) -> anyhow::Result<Call> {
    let line = json!([{ "tag": "a", "text": message.text, "href": message.link }]);
    let post = json!({ "zh_cn": { "title": "", "content": [line] } });
    let mut body = json!({ "msg_type": "post", "content": { "post": post } });
    if let Some(secret) = secret {
        body["timestamp"] = seconds.to_string().into();
        body["sign"] = signature(&format!("{seconds}\n{secret}"), "")?.into();
    }
    Ok(Call { url: url.to_owned(), body, headers: Vec::new() })
}

/// 11232 and 9499 are "too many requests".
pub(super) fn meaning(code: i64) -> Meaning {
    match code {
        0 => Meaning::Taken,
        11_232 | 9_499 => Meaning::Busy,
        _ => Meaning::Refused,
    }
}
