//! `[client.auth]` as written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Params, Placed, Verb};
use crate::diag::Spanned;

/// `[client.auth]`: how the client says who it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AuthTable {
    /// The way; it decides which of the other keys are needed.
    pub kind: AuthKind,
    /// `bearer`: the token, as `${NAME}`.
    pub token: Option<Placed>,
    /// `basic`: the user name.
    pub user: Option<Placed>,
    /// `basic`: the password, as `${NAME}`; it may be empty.
    pub password: Option<Placed>,
    /// `header`: the name of the header.
    pub name: Option<Placed>,
    /// `header` and `api-key`: the key, as `${NAME}`.
    pub value: Option<Placed>,
    /// `client-credentials`: the client's id, as `${NAME}`.
    pub client_id: Option<Placed>,
    /// `client-credentials`: the client's secret, as `${NAME}`.
    pub client_secret: Option<Placed>,
    /// `client-credentials`: the rights that are asked for, separated by blanks.
    pub scope: Option<Placed>,
    /// `client-credentials`: how id and secret are sent (`basic`).
    pub credentials: Option<Spanned<CredentialsWord>>,
    /// `token` and `client-credentials`: where the token is fetched.
    pub endpoint: Option<Spanned<EndpointTable>>,
    /// `api-key`, `token` and `client-credentials`: where the proof goes in each request.
    pub place: Option<Spanned<PlaceTable>>,
}

/// The ways of authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AuthKind {
    /// `Authorization: Bearer` with a token that does not change.
    Bearer,
    /// HTTP Basic with `user` and `password`.
    Basic,
    /// One header with `name` and `value`.
    Header,
    /// A key that does not change, in the query, a header or the body.
    ApiKey,
    /// A token that is fetched from `endpoint` and expires.
    Token,
    /// OAuth 2.0 with the application's own credentials.
    ClientCredentials,
}

/// `credentials`: how an application shows its id and secret to an OAuth 2.0 server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialsWord {
    /// By HTTP Basic, as the standard prefers.
    #[default]
    Basic,
    /// As the form parameters `client_id` and `client_secret`.
    Form,
}

/// `[client.auth.endpoint]`: where a token is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EndpointTable {
    /// The address before `path` when tokens are given elsewhere; the client's `base-url` when it is left out.
    pub base_url: Option<Placed>,
    /// The method (`GET`; always `POST` for `client-credentials`).
    pub method: Option<Verb>,
    /// The path after the base address.
    pub path: Placed,
    /// Query parameters.
    #[serde(default)]
    pub query: Params,
    /// Form parameters.
    #[serde(default)]
    pub form: Params,
    /// A JSON body.
    #[schemars(with = "Option<serde_json::Value>")]
    pub body: Option<Spanned<toml::Value>>,
    /// Where the token lies in the answer (`$.access_token` for `client-credentials`).
    pub token: Option<Placed>,
    /// Where the answer says for how many seconds it holds (`$.expires_in` for `client-credentials`).
    pub expires_in: Option<Placed>,
}

/// `place`: where the proof goes; exactly one of the three.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PlaceTable {
    /// The name of a query parameter.
    pub query: Option<Placed>,
    /// The name of a header.
    pub header: Option<Placed>,
    /// The name of a form parameter or of a key of the JSON body.
    pub body: Option<Placed>,
    /// What stands before it, such as `Bearer `.
    #[serde(default)]
    pub prefix: String,
}
