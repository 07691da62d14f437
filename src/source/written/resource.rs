//! `[[resource]]` as written: the request, its windows, batches and pages.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{EncodingWord, FormatWord, HeadersWord, IntoTable, Params, Placed, Verb};
use crate::diag::Spanned;

/// `[[resource]]`: one thing that the interface gives.
#[derive(Debug, Deserialize, JsonSchema)]
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
    #[schemars(with = "Option<serde_json::Value>")]
    pub body: Option<Spanned<toml::Value>>,
    pub window: Option<Spanned<WindowTable>>,
    pub fan_out: Option<Spanned<FanOutTable>>,
    pub paginator: Option<Spanned<PaginatorTable>>,
    #[serde(default)]
    pub format: FormatWord,
    pub expect: Option<Placed>,
    pub records: Option<Placed>,
    /// How the bytes of a CSV or TSV file become text.
    pub encoding: Option<Spanned<EncodingWord>>,
    /// The sheet of a workbook; without it the first that is not hidden.
    pub sheet: Option<Placed>,
    /// The row with the names of the fields, counted from 1 as a spreadsheet shows it; without it the first that is not empty.
    pub header_row: Option<Spanned<u64>>,
    /// How the names of a header are compared.
    pub headers: Option<Spanned<HeadersWord>>,
    /// `true` where a second file that matches `path` is an error.
    pub one: Option<Spanned<bool>>,
    pub set_aside_limit: Option<Placed>,
    #[serde(default)]
    pub when_empty: WhenEmptyWord,
    #[serde(default)]
    pub when_missing: WhenMissingWord,
    #[serde(default)]
    pub into: Vec<Spanned<IntoTable>>,
}

/// `window`: how the time that is asked for is cut.
#[derive(Debug, Deserialize, JsonSchema)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepWord {
    Day,
    Month,
}

/// `widen`: days that are asked for around the period.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WidenTable {
    pub before: Option<Placed>,
    pub after: Option<Placed>,
}

/// `fan-out`: a request for each batch of ids from a table that was pulled before.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FanOutTable {
    pub over: Placed,
    pub platform: Option<String>,
    pub batch: Spanned<usize>,
    pub join: Option<String>,
}

/// `paginator`: how the next page is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PaginatorKind {
    Single,
    Page,
    Offset,
    Cursor,
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
