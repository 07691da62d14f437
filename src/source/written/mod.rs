//! The source file as its author writes it; [`super::check`] turns it into a [`super::Source`].

mod columns;
mod format;
mod names;
mod resource;

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};

use crate::diag::Spanned;
use crate::words::Bilingual;

pub use columns::*;
pub use format::*;
pub use names::*;
pub use resource::*;

/// A text with its place.
pub type Placed = Spanned<String>;
/// Request parameters by name.
pub type Params = BTreeMap<String, Spanned<Scalar>>;

/// A whole file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SourceFile {
    pub id: Placed,
    pub title: Bilingual,
    pub time_zone: Placed,
    pub client: ClientTable,
    #[serde(default)]
    pub response: Vec<ResponseTable>,
    #[serde(default)]
    pub resource: Vec<Spanned<ResourceTable>>,
}

/// `[client]`: where the interface is and how it is treated.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ClientTable {
    pub base_url: Placed,
    pub timeout: Option<Placed>,
    pub deadline: Option<Placed>,
    pub max_response: Option<Placed>,
    pub budget: Option<BudgetTable>,
    #[serde(default)]
    pub retry: RetryTable,
    #[serde(default)]
    pub headers: BTreeMap<String, Placed>,
    pub signer: Option<SignerTable>,
    pub auth: Option<Spanned<AuthTable>>,
}

/// `budget`: what the interface bears.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BudgetTable {
    pub per_second: Spanned<u32>,
}

/// `[client.retry]`: how long a failing request is tried.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RetryTable {
    pub times: Option<u32>,
    pub first: Option<Placed>,
    pub cap: Option<Placed>,
}

/// `[client.signer]`: what is added to each request to prove who asks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SignerTable {
    pub kind: SignerKind,
    pub app_key: Placed,
    pub secret: Placed,
    pub session: Option<Placed>,
}

/// The signers that exist as code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignerKind {
    TopMd5,
    TopHmac,
    TopHmacSha256,
}

/// `[client.auth]`: how the client says who it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AuthTable {
    pub kind: AuthKind,
    pub token: Option<Placed>,
    pub user: Option<Placed>,
    pub password: Option<Placed>,
    pub name: Option<Placed>,
    pub value: Option<Placed>,
    pub endpoint: Option<EndpointTable>,
    pub place: Option<PlaceTable>,
}

/// The ways of authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AuthKind {
    Bearer,
    Basic,
    Header,
    Token,
}

/// `[client.auth.endpoint]`: where a token is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EndpointTable {
    #[serde(default)]
    pub method: Verb,
    pub path: Placed,
    #[serde(default)]
    pub query: Params,
    #[serde(default)]
    pub form: Params,
    #[schemars(with = "Option<serde_json::Value>")]
    pub body: Option<Spanned<toml::Value>>,
    pub token: Placed,
    pub expires_in: Option<Placed>,
}

/// `place`: where the token goes; exactly one of the two.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PlaceTable {
    pub query: Option<Placed>,
    pub header: Option<Placed>,
    #[serde(default)]
    pub prefix: String,
}

/// The request methods; both only read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verb {
    #[default]
    Get,
    Post,
}

/// `[[response]]`: what an answer means; the first whose `when` holds decides.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ResponseTable {
    pub when: Spanned<WhenTable>,
    pub action: Spanned<ActionWord>,
    pub wait: Option<Placed>,
    pub wait_path: Option<Placed>,
    pub message: Option<String>,
}

/// `when`: all that is given must hold.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WhenTable {
    pub status: Option<Vec<u16>>,
    pub path: Option<Placed>,
    #[serde(rename = "in")]
    pub one_of: Option<Vec<Scalar>>,
    pub not_in: Option<Vec<Scalar>>,
    pub starts_with: Option<String>,
    pub present: Option<bool>,
    pub text_contains: Option<String>,
}

/// What is done with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ActionWord {
    Accept,
    Retry,
    RateLimited,
    RefreshToken,
    Fail,
}

/// A text, number or truth value, kept as its text: `7` and `"7"` are the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scalar(pub String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a text, a whole number, `true` or `false`")
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar(text.to_owned()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar(number.to_string()))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Scalar, E> {
        Ok(Scalar(truth.to_string()))
    }
}

impl JsonSchema for Scalar {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Scalar".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "a text, a whole number, true or false", "type": ["string", "integer", "boolean"] })
    }
}
