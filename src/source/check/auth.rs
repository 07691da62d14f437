//! `[client.auth]`: each way with the keys that it needs, and no others.

use std::ops::Range;

use serde_json_path::JsonPath;
use url::Url;

use super::Checker;
use crate::diag::Spanned;
use crate::source::auth::{Auth, Placement, TokenEndpoint};
use crate::source::resource::{Body, Method};
use crate::source::template::Template;
use crate::source::variable::Secret;
use crate::source::written::{
    AuthKind, AuthTable, CredentialsWord, EndpointTable, PlaceTable, Placed, SourceFile, Verb,
};

impl Checker<'_> {
    /// How the client says who it is; `None` when a key that it needs is missing, which is reported.
    pub(super) fn auth(&mut self, table: &AuthTable, span: Range<usize>) -> Option<Auth> {
        self.idle_keys(table);
        match table.kind {
            AuthKind::Bearer => {
                let value = self.needed(table.token.as_ref(), "token", span)?;
                Some(Auth::Fixed { place: Placement::bearer(), value })
            }
            AuthKind::Basic => {
                let user = self.needed(table.user.as_ref(), "user", span.clone());
                let password = self.needed(table.password.as_ref(), "password", span);
                Some(Auth::Basic { user: user?, password: password? })
            }
            AuthKind::Header => {
                let name = self.needed(table.name.as_ref(), "name", span.clone());
                let value = self.needed(table.value.as_ref(), "value", span.clone());
                let name = name?.expose().to_owned();
                self.header_name(&name, table.name.as_ref().map_or(span, Placed::span));
                Some(Auth::Fixed { place: Placement::Header(name, String::new()), value: value? })
            }
            AuthKind::ApiKey => {
                let value = self.needed(table.value.as_ref(), "value", span.clone());
                let place = self.place(table.place.as_ref(), span);
                Some(Auth::Fixed { place: place?, value: value? })
            }
            AuthKind::Token => self.token(table, span),
            AuthKind::ClientCredentials => self.client_credentials(table, span),
        }
    }

    /// A key that the way does not read would be believed to count.
    fn idle_keys(&mut self, table: &AuthTable) {
        use AuthKind::{ApiKey, Basic, Bearer, ClientCredentials, Header, Token};
        let span = |text: &Option<Placed>| text.as_ref().map(Spanned::span);
        let keys = [
            Key("token", span(&table.token), &[Bearer]),
            Key("user", span(&table.user), &[Basic]),
            Key("password", span(&table.password), &[Basic]),
            Key("name", span(&table.name), &[Header]),
            Key("value", span(&table.value), &[Header, ApiKey]),
            Key("client-id", span(&table.client_id), &[ClientCredentials]),
            Key("client-secret", span(&table.client_secret), &[ClientCredentials]),
            Key("scope", span(&table.scope), &[ClientCredentials]),
            Key("credentials", table.credentials.as_ref().map(Spanned::span), &[ClientCredentials]),
            Key("endpoint", table.endpoint.as_ref().map(Spanned::span), &[Token, ClientCredentials]),
            Key("place", table.place.as_ref().map(Spanned::span), &[ApiKey, Token, ClientCredentials]),
        ];
        for Key(name, span, readers) in keys {
            if let Some(span) = span.filter(|_| !readers.contains(&table.kind)) {
                let hint = "remove it, or choose the `kind` that reads it";
                self.fault(span, format!("this authentication does not read `{name}`"), hint);
            }
        }
    }

    fn needed(&mut self, text: Option<&Placed>, name: &str, span: Range<usize>) -> Option<Secret> {
        if text.is_none() {
            self.fault(span, format!("this authentication needs `{name}`"), format!("add `{name} = \"${{...}}\"`"));
        }
        text.map(|text| self.secret(text))
    }

    fn place(&mut self, place: Option<&Spanned<PlaceTable>>, span: Range<usize>) -> Option<Placement> {
        let Some(place) = place else {
            let hint = "add `place = { header = \"...\" }`, or one with `query` or `body`";
            self.fault(span, "nothing says where the proof goes", hint);
            return None;
        };
        let table = place.get_ref();
        let name = |name: &Placed| name.get_ref().clone();
        match (&table.query, &table.header, &table.body) {
            (Some(query), None, None) => Some(Placement::Query(name(query))),
            (None, Some(header), None) => {
                self.header_name(header.get_ref(), header.span());
                Some(Placement::Header(name(header), table.prefix.clone()))
            }
            (None, None, Some(body)) => Some(Placement::Body(name(body))),
            _ => {
                self.fault(place.span(), "a proof goes to one place", "give one of `query`, `header` and `body`");
                None
            }
        }
    }

    fn token(&mut self, table: &AuthTable, span: Range<usize>) -> Option<Auth> {
        let place = self.place(table.place.as_ref(), span.clone());
        let written = self.endpoint(table, span)?;
        let endpoint = written.get_ref();
        let base_url = endpoint.base_url.as_ref().and_then(|base| self.endpoint_url(base));
        let method = endpoint.method.unwrap_or_default();
        let body = self.body(method, &endpoint.form, endpoint.body.as_ref());
        let Some(token) = &endpoint.token else {
            let hint = "add `token = \"$.access_token\"`, or where else it lies";
            self.fault(written.span(), "nothing says where the token lies in the answer", hint);
            return None;
        };
        let token = self.json_path(token);
        let expires_in = self.optional_path(endpoint.expires_in.as_ref());
        let method = super::request::method(method);
        self.token_endpoint(
            endpoint,
            Opening { base_url, method, body, basic: None, token: token?, expires_in, place: place? },
        )
    }

    fn client_credentials(&mut self, table: &AuthTable, span: Range<usize>) -> Option<Auth> {
        let id = self.needed(table.client_id.as_ref(), "client-id", span.clone());
        let secret = self.needed(table.client_secret.as_ref(), "client-secret", span.clone());
        let place = match &table.place {
            None => Some(Placement::bearer()),
            place => self.place(place.as_ref(), span.clone()),
        };
        let written = self.endpoint(table, span)?;
        let endpoint = written.get_ref();
        let base_url = endpoint.base_url.as_ref().and_then(|base| self.endpoint_url(base));
        if let (Some(Verb::Get), _) | (_, Some(_)) = (endpoint.method, &endpoint.body) {
            let hint = "remove `method` and `body`; further parameters go into `form`";
            self.fault(written.span(), "client credentials are sent as a form by `POST`", hint);
        }
        let words = table.credentials.as_ref().map(|word| *word.get_ref()).unwrap_or_default();
        let mut form = self.params(&endpoint.form);
        form.push(("grant_type".to_owned(), self.words("client_credentials")));
        let mut add = |name: &str, text: Option<&Placed>| {
            let text = text.map(|text| self.template(text.get_ref(), text.span()));
            form.extend(text.map(|text| (name.to_owned(), text)));
        };
        add("scope", table.scope.as_ref());
        if words == CredentialsWord::Form {
            add("client_id", table.client_id.as_ref());
            add("client_secret", table.client_secret.as_ref());
        }
        let basic = id.zip(secret).filter(|_| words == CredentialsWord::Basic);
        let token = self.path_or(endpoint.token.as_ref(), "$.access_token");
        let expires_in = self.path_or(endpoint.expires_in.as_ref(), "$.expires_in");
        let (method, body) = (Method::Post, Body::Form(form));
        self.token_endpoint(
            endpoint,
            Opening { base_url, method, body, basic, token: token?, expires_in, place: place? },
        )
    }

    fn endpoint<'t>(&mut self, table: &'t AuthTable, span: Range<usize>) -> Option<&'t Spanned<EndpointTable>> {
        if table.endpoint.is_none() {
            let hint = "add `[client.auth.endpoint]` with `path`, and `token` for where it lies in the answer";
            self.fault(span, "nothing says where the token is fetched", hint);
        }
        table.endpoint.as_ref()
    }

    fn token_endpoint(&mut self, table: &EndpointTable, opening: Opening) -> Option<Auth> {
        let Opening { base_url, method, body, basic, token, expires_in, place } = opening;
        Some(Auth::Token(Box::new(TokenEndpoint {
            base_url,
            method,
            path: self.template(table.path.get_ref(), table.path.span()),
            query: self.params(&table.query),
            body,
            basic,
            token,
            expires_in,
            place,
        })))
    }

    fn path_or(&mut self, written: Option<&Placed>, usual: &str) -> Option<JsonPath> {
        match written {
            Some(path) => self.json_path(path),
            None => JsonPath::parse(usual).ok(),
        }
    }

    fn words(&mut self, plain: &str) -> Template {
        self.template(plain, 0..0)
    }

    /// A proof that goes into the body needs requests that have one.
    pub(super) fn body_rules(&mut self, written: &SourceFile) {
        let auth = written.client.auth.as_ref().map(Spanned::get_ref);
        let place = auth.and_then(|auth| auth.place.as_ref()).map(Spanned::get_ref);
        if place.is_none_or(|place| place.body.is_none()) {
            return;
        }
        for resource in written.resource.iter().map(Spanned::get_ref).filter(|one| one.method == Verb::Get) {
            let message = format!("`{}` is a `GET` and has no body for the proof", resource.id.get_ref());
            self.fault(resource.id.span(), message, "add `method = \"POST\"`, or give `place` a `query` or `header`");
        }
    }
}

/// A key, where it is written, and the ways that read it.
struct Key<'k>(&'k str, Option<Range<usize>>, &'k [AuthKind]);

/// What the two kinds of fetched tokens decide differently.
struct Opening {
    base_url: Option<Url>,
    method: Method,
    body: Body,
    basic: Option<(Secret, Secret)>,
    token: JsonPath,
    expires_in: Option<JsonPath>,
    place: Placement,
}
