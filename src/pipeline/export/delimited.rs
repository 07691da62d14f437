//! CSV that spreadsheets show as it is.

use anyhow::Context;

use crate::exact::Exact;

/// UTF-8 with a mark, so that spreadsheets show Chinese; a text that a spreadsheet would compute is quoted by an apostrophe.
pub(in crate::pipeline) fn csv(columns: &[impl AsRef<str>], rows: &[Vec<Option<String>>]) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(columns.iter().map(|name| harmless(name.as_ref())))?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell.as_deref().unwrap_or(""))))?;
    }
    writer.into_inner().context("writing CSV")
}

fn harmless(cell: &str) -> String {
    let computed =
        cell.starts_with(['=', '+', '@', '\t', '\r']) || (cell.starts_with('-') && Exact::parse(cell).is_none());
    if computed { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_computed_and_a_number_below_nought_stays_one() {
        for (cell, written) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+1", "'+1"),
            ("@x", "'@x"),
            ("\tx", "'\tx"),
            ("-1+2", "'-1+2"),
            ("-12.50", "-12.50"),
            ("测试", "测试"),
        ] {
            assert_eq!(harmless(cell), written);
        }
        let bytes = csv(&["a", "b"], &[vec![Some("x,y".to_owned()), None]]).expect("a file");
        assert_eq!(String::from_utf8(bytes).expect("text"), "\u{feff}a,b\n\"x,y\",\n");
    }
}
