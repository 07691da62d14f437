//! The signature of JD's open platform: MD5 over the sorted parameters, of which one is the JSON body.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::sorted::{joined, md5_between, sorted_json};
use super::{Params, add, local_time};
use crate::extract::call::{Call, CallBody};
use crate::extract::http::wire::{Content, Wire};
use crate::source::signer::Signer;

/// Everything becomes form parameters; a body that is a form counts as the business parameters too.
pub(super) fn sign(signer: &Signer, call: &Call, now: DateTime<Utc>) -> Wire {
    let mut form = call.query.clone();
    let business = match &call.body {
        CallBody::None => Value::Object(serde_json::Map::new()),
        CallBody::Json(json) => json.clone(),
        CallBody::Form(params) => {
            params.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect()
        }
    };
    add(&mut form, "360buy_param_json", &sorted_json(&business));
    complete(signer, &mut form, now);
    Wire { query: Vec::new(), content: Content::Form(form) }
}

fn complete(signer: &Signer, form: &mut Params, now: DateTime<Utc>) {
    add(form, "app_key", signer.app_key.expose());
    if let Some(token) = &signer.session {
        add(form, "access_token", token.expose());
    }
    add(form, "timestamp", &local_time(now));
    add(form, "v", "2.0");
    let signature = md5_between(signer.secret.expose(), &joined(form));
    add(form, "sign", &signature);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::resource::Method;
    use crate::source::signer::Signing;
    use crate::source::variable::Secret;
    use serde_json::json;

    #[test]
    fn the_body_is_one_signed_form_parameter() {
        let signer = Signer {
            kind: Signing::Jd,
            app_key: Secret::new("12345678"),
            secret: Secret::new("helloworld"),
            session: Some(Secret::new("test")),
        };
        let call = Call {
            method: Method::Post,
            path: "/routerjson".into(),
            query: super::super::pairs(&[("method", "jingdong.im.pop.replystat.get")]),
            body: CallBody::Json(json!({ "waiter": "w1", "startTime": "2016-01-01", "endTime": "2016-01-07" })),
        };
        // Noon in Beijing.
        let wire = sign(&signer, &call, "2016-01-01T04:00:00Z".parse().expect("an instant"));
        let Content::Form(form) = &wire.content else { panic!("no form: {wire:?}") };
        let value = |name| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let body = r#"{"endTime":"2016-01-07","startTime":"2016-01-01","waiter":"w1"}"#;
        assert_eq!(value("360buy_param_json"), Some(body));
        assert_eq!(value("sign"), Some("101D4917C2C88D026D4891AB90F8D060"));
        assert!(wire.query.is_empty());
    }
}
