//! Any program: plain JSON, signed as the Standard Webhooks specification has it (standardwebhooks.com, version 1).

use serde_json::json;

use super::{Call, Message, signature};

/// The event with where to look; whoever gets it asks `/api/v1` for the rest.
pub(super) fn call(url: &str, secret: Option<&str>, message: &Message, seconds: i64) -> anyhow::Result<Call> {
    let body = json!({
        "type": "results.sent",
        "data": { "run": message.run, "team": message.team, "text": message.text, "link": message.link },
    });
    let mut headers = vec![("webhook-id", message.id.clone()), ("webhook-timestamp", seconds.to_string())];
    if let Some(secret) = secret {
        let signed = signature(secret, &format!("{}.{seconds}.{body}", message.id))?;
        headers.push(("webhook-signature", format!("v1,{signed}")));
    }
    Ok(Call { url: url.to_owned(), body, headers })
}
