//! What the body of an answer or a file is, and how its header is read.

use serde_json_path::JsonPath;

/// What the body of an answer is.
#[derive(Clone, Debug)]
pub enum Format {
    /// JSON.
    Json {
        /// What a good answer has, besides being JSON.
        expect: Option<JsonPath>,
        /// Where the records lie: a list, or one object instead of a list of one; absent is empty.
        records: JsonPath,
    },
    /// One JSON value a line, each a record.
    JsonLines,
    /// Lines with a header row that names the fields.
    Delimited {
        /// The sign between two fields.
        delimiter: u8,
        /// Whether `"` wraps fields.
        quotes: Quotes,
        /// How its bytes become text.
        encoding: Encoding,
        /// Where the names of the fields stand.
        header: Header,
    },
    /// A sheet of an XLSX workbook.
    Workbook {
        /// The sheet's name, with `*` for any signs that of several; `None` for the first one that is not hidden.
        sheet: Option<String>,
        /// Where the names of the fields stand.
        header: Header,
    },
}

impl Format {
    /// Whether the whole body is one JSON value.
    pub fn is_json(&self) -> bool {
        matches!(self, Self::Json { .. })
    }

    /// Whether fields are found by JSON paths, else by the names of a header.
    pub fn has_paths(&self) -> bool {
        matches!(self, Self::Json { .. } | Self::JsonLines)
    }
}

/// Whether `"` wraps fields of a delimited file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// As in CSV.
    Wrap,
    /// It is a sign like any other.
    Plain,
}

/// How the bytes of a file become text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark; a line that is none is set aside.
    #[default]
    Utf8,
    /// GB18030, which holds GBK and GB2312.
    Gb18030,
    /// What its byte order mark says, else UTF-8 where all of it is, else GB18030.
    Auto,
}

/// Where the names of the fields stand, and how strictly they are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The row, counted from 1 as a spreadsheet shows it; `None` for the first that is not empty.
    pub row: Option<u64>,
    /// How names are compared.
    pub names: HeaderNames,
}

/// How the names of a header are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeaderNames {
    /// Sign by sign, without the blanks around them.
    #[default]
    Exact,
    /// Blanks, line breaks and byte order marks do not count, nor whether a sign is of full or half width.
    Loose,
}
