//! The signature of Douyin's open platform: HMAC-SHA256 over named parts and the JSON body, which is sent as it was signed.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::add;
use super::sorted::{hmac_sha256, sorted_json};
use crate::extract::call::{Call, CallBody};
use crate::extract::http::wire::{Content, Wire};
use crate::source::signer::Signer;

/// The system parameters go into the query; the method is the path with `.` for `/`.
pub(super) fn sign(signer: &Signer, call: &Call, now: DateTime<Utc>) -> Wire {
    let body = match &call.body {
        CallBody::Json(json) => sorted_json(json),
        CallBody::Form(params) => {
            let entries = params.iter().map(|(name, value)| (name.clone(), Value::String(value.clone())));
            sorted_json(&entries.collect())
        }
        CallBody::None => "{}".to_owned(),
    };
    let method = call.path.trim_matches('/').replace('/', ".");
    let (key, timestamp) = (signer.app_key.expose(), now.timestamp().to_string());
    let mut query = call.query.clone();
    add(&mut query, "app_key", key);
    add(&mut query, "method", &method);
    add(&mut query, "timestamp", &timestamp);
    add(&mut query, "v", "2");
    add(&mut query, "sign_method", "hmac-sha256");
    if let Some(token) = &signer.session {
        add(&mut query, "access_token", token.expose());
    }
    let secret = signer.secret.expose();
    let text = format!("{secret}app_key{key}method{method}param_json{body}timestamp{timestamp}v2{secret}");
    add(&mut query, "sign", &hex::encode(hmac_sha256(secret, &text)));
    Wire { query, content: Content::Json(body) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::resource::Method;
    use crate::source::signer::Signing;
    use crate::source::variable::Secret;
    use serde_json::json;

    #[test]
    fn the_body_is_sent_as_it_was_signed() {
        let signer = Signer {
            kind: Signing::Douyin,
            app_key: Secret::new("12345678"),
            secret: Secret::new("helloworld"),
            session: Some(Secret::new("test")),
        };
        let body = json!({ "size": 100, "page": 0, "update_time_start": 1451617200, "update_time_end": 1451620800 });
        let call = Call {
            method: Method::Post,
            path: "/order/searchList".into(),
            query: Vec::new(),
            body: CallBody::Json(body),
        };
        let wire = sign(&signer, &call, "2016-01-01T04:00:00Z".parse().expect("an instant"));
        let sent = r#"{"page":0,"size":100,"update_time_end":1451620800,"update_time_start":1451617200}"#;
        assert!(matches!(&wire.content, Content::Json(text) if text == sent), "{wire:?}");
        let value = |name| wire.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        assert_eq!(value("method"), Some("order.searchList"));
        assert_eq!(value("sign"), Some("f311e95d05ad4d81b641310b754e622e8c3eac79e19920ed0b73d56ae89b8f0e"));
        assert_eq!(value("access_token"), Some("test"));
    }
}
