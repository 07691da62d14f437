//! `paginator` as written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Placed;
use crate::diag::Spanned;

/// `paginator`: how the next page is asked for, and how the last one is known.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PaginatorTable {
    /// The way of paging.
    pub kind: PaginatorKind,
    /// The parameter of the page number.
    pub page_param: Option<Placed>,
    /// The parameter of the offset.
    pub offset_param: Option<Placed>,
    /// The parameter of the cursor.
    pub cursor_param: Option<Placed>,
    /// The parameter of the page size.
    pub size_param: Option<Placed>,
    /// How many records a full page has.
    pub size: Option<Spanned<u64>>,
    /// The number of the first page (1 when not given) or the offset of the first record (0 when not given).
    pub first: Option<Spanned<u64>>,
    /// The JSON path of a value that is true while more follows.
    pub has_more: Option<Placed>,
    /// The JSON path of a value that is true on the last page.
    pub done: Option<Placed>,
    /// The JSON path of the number of records in all; a pull with fewer is not whole.
    pub total: Option<Placed>,
    /// The header with the number of records in all, such as `X-Total-Count` or `Content-Range`.
    pub total_header: Option<Placed>,
    /// The JSON path of the number of pages in all.
    pub total_pages: Option<Placed>,
    /// The header with the number of pages in all, such as `X-Total-Pages`.
    pub total_pages_header: Option<Placed>,
    /// The JSON path of the next cursor or link.
    pub next: Option<Placed>,
    /// The header with the next link (`Link`, rel=next) or cursor.
    pub next_header: Option<Placed>,
    /// Where the parameters go: into the form or JSON body, if there is one, or always into the query.
    #[serde(default)]
    pub place: PlaceWord,
    /// Query, form or body parameters that only the first request has, such as a start time that the cursor replaces.
    #[serde(default)]
    pub first_only: Vec<Placed>,
    /// How many pages one window and batch may have, 10000 when not given.
    pub max_pages: Option<u64>,
}

/// `place`: where the parameters of a paginator go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceWord {
    /// Into the form, else the JSON body, else the query.
    #[default]
    Body,
    /// Into the query.
    Query,
}

/// The ways of paging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PaginatorKind {
    /// One answer has everything.
    Single,
    /// By page number.
    Page,
    /// By the number of records before.
    Offset,
    /// By a mark that the answer gives.
    Cursor,
    /// By an address that the answer gives, on the same host.
    NextLink,
    /// By page number from the last to the first, for lists that shrink while they are read.
    LastToFirst,
}

impl PaginatorKind {
    /// The word in a file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Page => "page",
            Self::Offset => "offset",
            Self::Cursor => "cursor",
            Self::NextLink => "next-link",
            Self::LastToFirst => "last-to-first",
        }
    }
}
