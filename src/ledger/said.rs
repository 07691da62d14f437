//! What people type: kept as it was said, without signs that steer how it is shown.

/// Letters of a reason at most.
pub const LONGEST: usize = 1000;

/// The text on one line; `None` when nothing is left or it is too long.
pub(super) fn said(text: &str) -> Option<String> {
    let plain: String = text.chars().map(|sign| if steers(sign) { ' ' } else { sign }).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    (!plain.is_empty() && plain.chars().count() <= LONGEST).then_some(plain)
}

/// Control characters, and those that turn the direction of what follows.
fn steers(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_line_of_plain_signs() {
        assert_eq!(said(" 10月5日\r\n\u{202e}请假\0 ").as_deref(), Some("10月5日 请假"));
        assert_eq!(said("=1+1<b>\"x\"</b>").as_deref(), Some("=1+1<b>\"x\"</b>"), "markup and formulas are data");
        assert_eq!(said(" \n\u{2066}"), None);
        assert_eq!(said(&"长".repeat(LONGEST)).map(|text| text.chars().count()), Some(LONGEST));
        assert_eq!(said(&"长".repeat(LONGEST + 1)), None);
    }
}
