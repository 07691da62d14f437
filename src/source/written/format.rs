//! The words for what a body is and how a header is read.

use schemars::JsonSchema;
use serde::Deserialize;

/// What the body of an answer or a file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FormatWord {
    /// One JSON value; `records` says where the list lies.
    #[default]
    Json,
    /// One JSON value a line, each a record.
    Jsonl,
    /// Lines with commas; `"` wraps fields.
    Csv,
    /// Lines with tabs.
    Tsv,
    /// An Excel workbook.
    Xlsx,
}

/// How the bytes of a file become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EncodingWord {
    /// What the byte order mark says, else UTF-8 where all of it is, else GB18030.
    Auto,
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// GB18030, which holds GBK and GB2312.
    Gbk,
}

/// How the names of a header are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HeadersWord {
    /// Sign by sign, without the blanks around them.
    Exact,
    /// Blanks, line breaks and byte order marks do not count, nor whether a sign is of full or half width.
    Loose,
}
