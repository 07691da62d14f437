//! The bytes of a file as UTF-8.

use std::borrow::Cow;

use anyhow::{Result, bail};
use encoding_rs::{Encoding as Charset, GB18030};

use crate::source::format::Encoding;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The bytes of a file in UTF-8 without a byte order mark.
///
/// # Errors
/// When they are not of the encoding that is told, or of none that is known. UTF-8 that is told is not looked at here:
/// a line that is none is set aside by itself.
pub(super) fn utf8(body: &[u8], encoding: Encoding) -> Result<Cow<'_, [u8]>> {
    match encoding {
        Encoding::Utf8 => Ok(Cow::Borrowed(body.strip_prefix(BOM).unwrap_or(body))),
        Encoding::Gb18030 => decoded(body, GB18030),
        Encoding::Auto => match Charset::for_bom(body) {
            Some((charset, length)) => decoded(&body[length..], charset),
            None if std::str::from_utf8(body).is_ok() => Ok(Cow::Borrowed(body)),
            None => decoded(body, GB18030),
        },
    }
}

fn decoded<'b>(body: &'b [u8], charset: &'static Charset) -> Result<Cow<'b, [u8]>> {
    match charset.decode_without_bom_handling_and_without_replacement(body) {
        Some(Cow::Borrowed(text)) => Ok(Cow::Borrowed(text.as_bytes())),
        Some(Cow::Owned(text)) => Ok(Cow::Owned(text.into_bytes())),
        None => bail!("the file is not text in {}; save it as UTF-8", charset.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &[u8], encoding: Encoding) -> Option<String> {
        utf8(body, encoding).ok().and_then(|bytes| String::from_utf8(bytes.into_owned()).ok())
    }

    #[test]
    fn auto_finds_utf_8_gbk_and_what_a_mark_says() {
        let gbk = [0xc1, 0xd6, 0xd6, 0xbe, 0xc1, 0xe1];
        let utf16 = [0xff, 0xfe, 0x97, 0x67, b'1', 0];
        assert_eq!(text("林志玲".as_bytes(), Encoding::Auto).as_deref(), Some("林志玲"));
        assert_eq!(text("\u{feff}林志玲".as_bytes(), Encoding::Auto).as_deref(), Some("林志玲"));
        assert_eq!(text(&gbk, Encoding::Auto).as_deref(), Some("林志玲"));
        assert_eq!(text(&gbk, Encoding::Gb18030).as_deref(), Some("林志玲"));
        assert_eq!(text(&utf16, Encoding::Auto).as_deref(), Some("林1"));
        assert_eq!(text("\u{feff}a".as_bytes(), Encoding::Utf8).as_deref(), Some("a"));
        assert!(utf8(&[0xff, 0xff, 0x81], Encoding::Auto).is_err());
    }
}
