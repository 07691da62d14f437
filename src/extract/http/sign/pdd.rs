//! The signature of Pinduoduo's open platform: MD5 over the sorted form.

use chrono::{DateTime, Utc};

use super::sorted::{joined, md5_between};
use super::{Params, add};
use crate::extract::call::{Call, CallBody};
use crate::extract::http::wire::{Content, Wire};
use crate::source::filter::scalar_text;
use crate::source::signer::Signer;

/// Everything becomes form parameters; a JSON body gives its entries, `null` none.
pub(super) fn sign(signer: &Signer, call: &Call, now: DateTime<Utc>) -> Wire {
    let mut form = call.query.clone();
    match &call.body {
        CallBody::Form(params) => form.extend(params.clone()),
        CallBody::Json(json) => {
            let entries = json.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
            form.extend(entries.map(|(name, value)| (name.clone(), scalar_text(value))));
        }
        CallBody::None => {}
    }
    complete(signer, &mut form, now);
    Wire { query: Vec::new(), content: Content::Form(form) }
}

fn complete(signer: &Signer, form: &mut Params, now: DateTime<Utc>) {
    add(form, "client_id", signer.app_key.expose());
    if let Some(token) = &signer.session {
        add(form, "access_token", token.expose());
    }
    add(form, "timestamp", &now.timestamp().to_string());
    add(form, "data_type", "JSON");
    add(form, "version", "V1");
    let signature = md5_between(signer.secret.expose(), &joined(form));
    add(form, "sign", &signature);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::resource::Method;
    use crate::source::signer::Signing;
    use crate::source::variable::Secret;

    #[test]
    fn the_form_is_signed_with_seconds() {
        let signer = Signer {
            kind: Signing::Pdd,
            app_key: Secret::new("12345678"),
            secret: Secret::new("helloworld"),
            session: Some(Secret::new("test")),
        };
        let form = super::super::pairs(&[
            ("type", "pdd.order.number.list.increment.get"),
            ("start_updated_at", "1451617200"),
            ("end_updated_at", "1451619000"),
            ("is_lucky_flag", "0"),
            ("order_status", "5"),
            ("refund_status", "5"),
            ("page", "1"),
            ("page_size", "100"),
        ]);
        let call =
            Call { method: Method::Post, path: "/api/router".into(), query: Vec::new(), body: CallBody::Form(form) };
        let wire = sign(&signer, &call, "2016-01-01T04:00:00Z".parse().expect("an instant"));
        let Content::Form(form) = &wire.content else { panic!("no form: {wire:?}") };
        let sign = form.iter().find(|(key, _)| key == "sign").map(|(_, value)| value.as_str());
        assert_eq!(sign, Some("81B64D3EBA80840763F2D0E57D250A60"));
        assert!(form.contains(&("timestamp".into(), "1451620800".into())));
    }
}
