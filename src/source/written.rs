//! The source file as its author writes it; [`super::check`] turns it into a [`super::Source`].

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use toml::Spanned;

use crate::words::Bilingual;

/// A text with its place.
pub type Placed = Spanned<String>;
/// Request parameters by name.
pub type Params = BTreeMap<String, Spanned<Scalar>>;

/// A whole file.
#[derive(Debug, Deserialize)]
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
#[derive(Debug, Deserialize)]
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
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BudgetTable {
    pub per_second: Spanned<u32>,
}

/// `[client.retry]`: how long a failing request is tried.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RetryTable {
    pub times: Option<u32>,
    pub first: Option<Placed>,
    pub cap: Option<Placed>,
}

/// `[client.signer]`: what is added to each request to prove who asks.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SignerTable {
    pub kind: SignerKind,
    pub app_key: Placed,
    pub secret: Placed,
    pub session: Option<Placed>,
}

/// The signers that exist as code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignerKind {
    TopMd5,
    TopHmac,
    TopHmacSha256,
}

/// `[client.auth]`: how the client says who it is.
#[derive(Debug, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthKind {
    Bearer,
    Basic,
    Header,
    Token,
}

/// `[client.auth.endpoint]`: where a token is asked for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EndpointTable {
    #[serde(default)]
    pub method: Verb,
    pub path: Placed,
    #[serde(default)]
    pub query: Params,
    #[serde(default)]
    pub form: Params,
    pub body: Option<Spanned<toml::Value>>,
    pub token: Placed,
    pub expires_in: Option<Placed>,
}

/// `place`: where the token goes; exactly one of the two.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PlaceTable {
    pub query: Option<Placed>,
    pub header: Option<Placed>,
    #[serde(default)]
    pub prefix: String,
}

/// The request methods; both only read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verb {
    #[default]
    Get,
    Post,
}

/// `[[response]]`: what an answer means; the first whose `when` holds decides.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ResponseTable {
    pub when: Spanned<WhenTable>,
    pub action: Spanned<ActionWord>,
    pub wait: Option<Placed>,
    pub wait_path: Option<Placed>,
    pub message: Option<String>,
}

/// `when`: all that is given must hold.
#[derive(Debug, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActionWord {
    Accept,
    Retry,
    RateLimited,
    RefreshToken,
    Fail,
}

/// `[[resource]]`: one thing that the interface gives.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ResourceTable {
    pub id: Placed,
    #[serde(default)]
    pub method: Verb,
    pub path: Placed,
    #[serde(default)]
    pub query: Params,
    #[serde(default)]
    pub form: Params,
    pub body: Option<Spanned<toml::Value>>,
    pub window: Option<Spanned<WindowTable>>,
    pub fan_out: Option<Spanned<FanOutTable>>,
    pub paginator: Option<Spanned<PaginatorTable>>,
    #[serde(default)]
    pub format: FormatWord,
    pub expect: Option<Placed>,
    pub records: Option<Placed>,
    pub set_aside_limit: Option<Placed>,
    #[serde(default)]
    pub when_empty: WhenEmptyWord,
    #[serde(default)]
    pub when_missing: WhenMissingWord,
    #[serde(default)]
    pub into: Vec<Spanned<IntoTable>>,
}

/// `window`: how the time that is asked for is cut.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WindowTable {
    pub max_span: Option<Placed>,
    #[serde(default)]
    pub step: Option<StepWord>,
    pub max_age: Option<Placed>,
    #[serde(default)]
    pub not_today: bool,
    pub widen: Option<WidenTable>,
}

/// `step`: windows that follow the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepWord {
    Day,
    Month,
}

/// `widen`: days that are asked for around the period.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WidenTable {
    pub before: Option<Placed>,
    pub after: Option<Placed>,
}

/// `fan-out`: a request for each batch of ids from a table that was pulled before.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FanOutTable {
    pub over: Placed,
    pub platform: Option<String>,
    pub batch: Spanned<usize>,
    pub join: Option<String>,
}

/// `paginator`: how the next page is asked for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PaginatorTable {
    pub kind: PaginatorKind,
    pub page_param: Option<Placed>,
    pub offset_param: Option<Placed>,
    pub cursor_param: Option<Placed>,
    pub size_param: Option<Placed>,
    pub size: Option<Spanned<u64>>,
    pub first: Option<u64>,
    pub has_more: Option<Placed>,
    pub total: Option<Placed>,
    pub next: Option<Placed>,
    pub max_pages: Option<u64>,
}

/// The ways of paging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaginatorKind {
    Single,
    Page,
    Offset,
    Cursor,
}

/// What the body of an answer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FormatWord {
    #[default]
    Json,
    Csv,
    Tsv,
}

/// `when-empty`: what it means that nothing came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenEmptyWord {
    #[default]
    Note,
    Hold,
}

/// `when-missing`: what it means that the source has no such thing (404).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenMissingWord {
    #[default]
    Fail,
    NoTable,
}

/// `[[resource.into]]`: which rows a record becomes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct IntoTable {
    pub table: Placed,
    #[serde(default)]
    pub by_name: bool,
    #[serde(default)]
    pub skip: Vec<SkipTable>,
    #[serde(default)]
    pub columns: BTreeMap<Placed, Spanned<ColumnTable>>,
}

/// `skip`: records that are dropped on purpose, under a name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SkipTable {
    pub name: Placed,
    pub when: Spanned<RowWhenTable>,
    /// `false` for a rule that is the normal case and not worth a finding.
    pub note: Option<bool>,
}

/// A test of one field of a record.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RowWhenTable {
    pub from: String,
    #[serde(rename = "in")]
    pub one_of: Option<Vec<Scalar>>,
    pub empty: Option<bool>,
}

/// `columns.NAME`: where a column comes from and what it must be.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ColumnTable {
    pub from: Option<String>,
    pub value: Option<Scalar>,
    pub present: Option<String>,
    pub format: Option<String>,
    pub epoch: Option<EpochWord>,
    pub zone: Option<String>,
    pub unit: Option<UnitWord>,
    pub map: Option<BTreeMap<String, Scalar>>,
    pub null: Option<Vec<Scalar>>,
    pub null_when: Option<Spanned<RowWhenTable>>,
    pub one_of: Option<Vec<Scalar>>,
    pub none_of: Option<Vec<Scalar>>,
    pub without: Option<String>,
    pub starts_with: Option<StartWord>,
    pub at_least: Option<i64>,
    pub within: Option<WithinWord>,
}

/// `epoch`: instants that are counted from 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EpochWord {
    S,
    Ms,
}

/// `unit`: what one of a decimal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitWord {
    Yuan,
    Fen,
}

/// `starts-with`: what the first sign of a text must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StartWord {
    Letter,
}

/// `within`: where a day must lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WithinWord {
    Window,
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
