//! WeCom: the key in the address is all that lets one in.
//!
//! Source: developer.work.weixin.qq.com, "Group robot configuration".

use serde_json::json;

use super::{Call, Meaning, Message};

/// A line of markdown with a link.
pub(super) fn call(url: &str, message: &Message) -> Call {
    let content = format!("[{}]({})", message.text, message.link);
    let body = json!({ "msgtype": "markdown", "markdown": { "content": content } });
    Call { url: url.to_owned(), body, headers: Vec::new() }
}

/// 45009 is "api freq out of limit", -1 "system busy".
pub(super) fn meaning(code: i64) -> Meaning {
    match code {
        0 => Meaning::Taken,
        45_009 | -1 => Meaning::Busy,
        _ => Meaning::Refused,
    }
}
