//! Text from outside, made fit for a cell.

/// As many signs as a cell holds.
const MOST: usize = 32_000;

/// The text without control characters and without marks that turn the direction of writing; line breaks become blanks.
pub(super) fn plain(text: &str) -> String {
    let kept = text.chars().filter_map(|sign| match sign {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        _ if sign.is_control() || turns_direction(sign) => None,
        _ => Some(sign),
    });
    kept.take(MOST).collect::<String>().trim().to_owned()
}

fn turns_direction(sign: char) -> bool {
    matches!(sign,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The name of a sheet: what a spreadsheet refuses in one is left out, and it is cut to the length that one may have.
pub(super) fn sheet_name(text: &str) -> String {
    let mut name = String::new();
    for sign in plain(text).chars().filter(|sign| !matches!(sign, '[' | ']' | ':' | '*' | '?' | '/' | '\\')) {
        if name.encode_utf16().count() + sign.len_utf16() > 31 {
            break;
        }
        name.push(sign);
    }
    name.trim().trim_matches('\'').trim().to_owned()
}

/// How wide a text stands, in narrow signs: a Chinese one takes two.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|sign| if sign as u32 >= 0x1100 { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_named_as_a_spreadsheet_allows() {
        assert_eq!(sheet_name("检查 Check 01 '=A/B*[x]:?'"), "检查 Check 01 '=ABx");
        assert_eq!(sheet_name(&"名".repeat(40)).chars().count(), 31);
        assert_eq!(sheet_name(&"𠮷".repeat(40)).chars().count(), 15, "two units each");
        assert_eq!(plain("a\u{202e}b\u{0007}\nc"), "ab c");
    }
}
