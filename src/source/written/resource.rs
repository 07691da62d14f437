//! `[[resource]]` as written: the request and where the records lie.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    EncodingWord, FanOutList, FormatWord, HeadersWord, IntoTable, PaginatorTable, Params, Placed, Verb, WindowTable,
};
use crate::diag::Spanned;

/// `[[resource]]`: one thing that the interface gives.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ResourceTable {
    /// Its name inside the file.
    pub id: Placed,
    /// The method; both only read.
    #[serde(default)]
    pub method: Verb,
    /// The path after the base address; holes such as `{ids}` are escaped.
    pub path: Placed,
    /// Query parameters.
    #[serde(default)]
    pub query: Params,
    /// Form parameters of a `POST`.
    #[serde(default)]
    pub form: Params,
    /// The JSON body of a `POST`; `{ "$number" = "{window.start:%s}" }` becomes a number, `{ "$text" = "{ids}" }` stays a text, `{ "$number" = { "$text" = "{ids}" } }` is one number.
    #[schemars(with = "Option<serde_json::Value>")]
    pub body: Option<Spanned<toml::Value>>,
    /// How the time that is asked for is cut.
    pub window: Option<Spanned<WindowTable>>,
    /// A request for each batch of ids; a list of them asks for all combinations.
    #[schemars(with = "Option<super::OneFanOutOrMore>")]
    pub fan_out: Option<Spanned<FanOutList>>,
    /// How the next page is asked for.
    pub paginator: Option<Spanned<PaginatorTable>>,
    /// What the body of an answer is.
    #[serde(default)]
    pub format: FormatWord,
    /// A JSON path that every good answer has.
    pub expect: Option<Placed>,
    /// The JSON path of the records: a list, or one object instead of a list of one.
    pub records: Option<Placed>,
    /// How the bytes of a CSV or TSV file become text.
    pub encoding: Option<Spanned<EncodingWord>>,
    /// The sheet of a workbook, or with `*` for any signs every one that is not hidden; without it the first of those.
    pub sheet: Option<Placed>,
    /// The row with the names of the fields, counted from 1 (in text files without empty lines); without it the first that is not empty.
    pub header_row: Option<Spanned<u64>>,
    /// How the names of a header are compared.
    pub headers: Option<Spanned<HeadersWord>>,
    /// `true` where a second file that matches `path` is an error.
    pub one: Option<Spanned<bool>>,
    /// The share of records that may be unusable before the run is held, such as `5%`.
    pub set_aside_limit: Option<Placed>,
    /// What it means that no record came.
    #[serde(default)]
    pub when_empty: WhenEmptyWord,
    /// What it means that the source has no such thing (404).
    #[serde(default)]
    pub when_missing: WhenMissingWord,
    /// The rows that each record becomes.
    #[serde(default)]
    pub into: Vec<Spanned<IntoTable>>,
}

/// `when-empty`: what it means that nothing came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhenEmptyWord {
    #[default]
    Note,
    Hold,
}

/// `when-missing`: what it means that the source has no such thing (404).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhenMissingWord {
    #[default]
    Fail,
    NoTable,
}
