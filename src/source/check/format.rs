//! What the body of a resource is: its format, its encoding, its sheet and its header fit together.

use super::Checker;
use crate::diag::Spanned;
use crate::source::format::{Encoding, Format, Header, HeaderNames, Quotes};
use crate::source::written::{EncodingWord, FormatWord, HeadersWord, Placed, ResourceTable};

impl Checker<'_> {
    pub(super) fn format(&mut self, table: &ResourceTable) -> Option<Format> {
        self.format_keys(table);
        let header = self.header_row(table);
        Some(match table.format {
            FormatWord::Json => return self.json_format(table),
            FormatWord::Jsonl => Format::JsonLines,
            FormatWord::Xlsx => {
                Format::Workbook { sheet: table.sheet.as_ref().map(|name| name.get_ref().clone()), header }
            }
            FormatWord::Csv => delimited(b',', Quotes::Wrap, table, header),
            FormatWord::Tsv => delimited(b'\t', Quotes::Plain, table, header),
        })
    }

    fn json_format(&mut self, table: &ResourceTable) -> Option<Format> {
        let Some(records) = &table.records else {
            let hint = "say where the list lies, such as `$.data.list`";
            self.fault(table.path.span(), "a JSON answer needs `records`", hint);
            return None;
        };
        let (records, expect) = (self.json_path(records), self.optional_path(table.expect.as_ref()));
        Some(Format::Json { expect, records: records? })
    }

    /// A key that this format cannot use would be silently without effect.
    fn format_keys(&mut self, table: &ResourceTable) {
        use FormatWord::{Csv, Json, Tsv, Xlsx};
        let format = table.format;
        let has_header = matches!(format, Csv | Tsv | Xlsx);
        let keys = [
            (table.records.as_ref().map(Placed::span), format == Json, "records"),
            (table.expect.as_ref().map(Placed::span), format == Json, "expect"),
            (table.encoding.as_ref().map(Spanned::span), matches!(format, Csv | Tsv), "encoding"),
            (table.sheet.as_ref().map(Placed::span), format == Xlsx, "sheet"),
            (table.header_row.as_ref().map(Spanned::span), has_header, "header-row"),
            (table.headers.as_ref().map(Spanned::span), has_header, "headers"),
        ];
        for (given, fits, key) in keys {
            if let Some(span) = given.filter(|_| !fits) {
                self.fault(span, format!("`{key}` does nothing for this format"), "remove it, or use another `format`");
            }
        }
    }

    fn header_row(&mut self, table: &ResourceTable) -> Header {
        let names = match table.headers.as_ref().map(Spanned::get_ref) {
            Some(HeadersWord::Loose) => HeaderNames::Loose,
            Some(HeadersWord::Exact) | None => HeaderNames::Exact,
        };
        let row = table.header_row.as_ref().map(|row| self.at_least_one(row, "a header row"));
        Header { row, names }
    }
}

fn delimited(delimiter: u8, quotes: Quotes, table: &ResourceTable, header: Header) -> Format {
    let encoding = match table.encoding.as_ref().map(Spanned::get_ref) {
        Some(EncodingWord::Auto) => Encoding::Auto,
        Some(EncodingWord::Gbk) => Encoding::Gb18030,
        Some(EncodingWord::Utf8) | None => Encoding::Utf8,
    };
    Format::Delimited { delimiter, quotes, encoding, header }
}
