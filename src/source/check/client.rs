//! `[client]`: address, patience, budget, authentication, signer.

use std::ops::Range;
use std::time::Duration;

use url::Url;

use super::Checker;
use crate::source::client::{Auth, Client, Placement, Retry, Signer, Signing, TokenEndpoint};
use crate::source::quantity;
use crate::source::template::Template;
use crate::source::variable::Secret;
use crate::source::written::{
    AuthKind, AuthTable, ClientTable, EndpointTable, PlaceTable, Placed, RetryTable, SignerKind, SignerTable,
};

const MAX_RESPONSE: u64 = 64 << 20;

impl Checker<'_> {
    /// The client; always given unless its authentication is unusable.
    pub(super) fn client(&mut self, table: &ClientTable) -> Option<Client> {
        let auth = match &table.auth {
            None => Some(Auth::None),
            Some(auth) => self.auth(auth.get_ref(), auth.span()),
        };
        Some(Client {
            base_url: self.base_url(&table.base_url),
            timeout: self.duration(table.timeout.as_ref(), Duration::from_secs(30)),
            deadline: self.duration(table.deadline.as_ref(), Duration::from_secs(1800)),
            max_response: self.size(table.max_response.as_ref()),
            per_second: table.budget.as_ref().map(|budget| {
                if *budget.per_second.get_ref() == 0 {
                    self.fault(budget.per_second.span(), "a budget of 0 lets nothing through", "write a number from 1");
                }
                (*budget.per_second.get_ref()).max(1)
            }),
            retry: self.retry(&table.retry),
            headers: table.headers.iter().map(|(name, text)| (name.clone(), self.header(text))).collect(),
            signer: table.signer.as_ref().map(|signer| self.signer(signer)),
            auth: auth?,
        })
    }

    fn base_url(&mut self, text: &Placed) -> Option<Url> {
        let before = self.unresolved.len();
        let address = self.plain(text);
        if self.unresolved.len() > before {
            return None;
        }
        if address.starts_with("file:") {
            return self.folder_url(&address, text);
        }
        match Url::parse(&address) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none() => Some(url),
            _ => {
                let message = "the base address is not one of `http`, `https` or `file` without a query";
                self.fault(text.span(), message, "examples are `https://eco.taobao.com` and `file:///srv/exports`");
                None
            }
        }
    }

    fn size(&mut self, text: Option<&Placed>) -> u64 {
        let Some(text) = text else { return MAX_RESPONSE };
        quantity::bytes(text.get_ref()).unwrap_or_else(|| {
            let message = format!("`{}` is not a size", text.get_ref());
            self.fault(text.span(), message, "examples are `512KB` and `64MB`");
            MAX_RESPONSE
        })
    }

    fn retry(&mut self, table: &RetryTable) -> Retry {
        Retry {
            times: table.times.unwrap_or(5),
            first: self.duration(table.first.as_ref(), Duration::from_millis(500)),
            cap: self.duration(table.cap.as_ref(), Duration::from_secs(60)),
        }
    }

    fn header(&mut self, text: &Placed) -> Template {
        let template = self.template(text.get_ref(), text.span());
        self.same_for_all(&template, text);
        template
    }

    fn signer(&mut self, table: &SignerTable) -> Signer {
        Signer {
            kind: match table.kind {
                SignerKind::TopMd5 => Signing::TopMd5,
                SignerKind::TopHmac => Signing::TopHmac,
                SignerKind::TopHmacSha256 => Signing::TopHmacSha256,
            },
            app_key: self.secret(&table.app_key),
            secret: self.secret(&table.secret),
            session: table.session.as_ref().map(|session| self.secret(session)),
        }
    }

    fn auth(&mut self, table: &AuthTable, span: Range<usize>) -> Option<Auth> {
        match table.kind {
            AuthKind::Bearer => Some(Auth::Bearer(self.needed(table.token.as_ref(), "token", span)?)),
            AuthKind::Basic => {
                let user = self.needed(table.user.as_ref(), "user", span.clone());
                let password = self.needed(table.password.as_ref(), "password", span);
                Some(Auth::Basic { user: user?, password: password? })
            }
            AuthKind::Header => {
                let name = self.needed(table.name.as_ref(), "name", span.clone());
                let value = self.needed(table.value.as_ref(), "value", span);
                Some(Auth::Header { name: name?.expose().to_owned(), value: value? })
            }
            AuthKind::Token => match (&table.endpoint, &table.place) {
                (Some(endpoint), Some(place)) => self.token(endpoint, place, span),
                _ => {
                    let hint =
                        "add `[client.auth.endpoint]` with `path` and `token`, and `place = { query = \"...\" }`";
                    self.fault(span, "a token needs `endpoint` and `place`", hint);
                    None
                }
            },
        }
    }

    fn needed(&mut self, text: Option<&Placed>, name: &str, span: Range<usize>) -> Option<Secret> {
        if text.is_none() {
            self.fault(span, format!("this authentication needs `{name}`"), format!("add `{name} = \"${{...}}\"`"));
        }
        text.map(|text| self.secret(text))
    }

    fn token(&mut self, endpoint: &EndpointTable, place: &PlaceTable, span: Range<usize>) -> Option<Auth> {
        let place = match (&place.query, &place.header) {
            (Some(name), None) => Some(Placement::Query(name.get_ref().clone())),
            (None, Some(name)) => Some(Placement::Header(name.get_ref().clone(), place.prefix.clone())),
            _ => {
                self.fault(span, "a token goes to one place", "give `place` either `query` or `header`");
                None
            }
        };
        let body = self.body(endpoint.method, &endpoint.form, endpoint.body.as_ref());
        let path = self.template(endpoint.path.get_ref(), endpoint.path.span());
        let query = self.params(&endpoint.query);
        let token = self.json_path(&endpoint.token);
        let expires_in = self.optional_path(endpoint.expires_in.as_ref());
        let method = super::request::method(endpoint.method);
        Some(Auth::Token(Box::new(TokenEndpoint {
            method,
            path,
            query,
            body,
            token: token?,
            expires_in,
            place: place?,
        })))
    }
}
