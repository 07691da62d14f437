//! Numbers of JSON with more digits than a machine number holds: they become texts of the same digits, so that no digit
//! is lost unseen. Such texts are rare, and most bodies are only glanced at.

use std::borrow::Cow;

/// How many digits every machine number holds, whether it is whole or has a fraction.
const HELD: usize = 15;

/// How many digits a whole number may have.
const HELD_WHOLE: usize = 19;

/// The same JSON, in which numbers with too many digits are texts.
pub(super) fn kept(json: &str) -> Cow<'_, str> {
    if may_have_long_number(json.as_bytes()) { quoted(json) } else { Cow::Borrowed(json) }
}

/// Whether anywhere so many digits follow each other; every such run covers one of the places that are looked at.
fn may_have_long_number(json: &[u8]) -> bool {
    let step = HELD + 1;
    (HELD..json.len()).step_by(step).filter(|at| is_digit(json[*at])).any(|at| {
        let before = json[..at].iter().rev().take_while(|byte| is_digit(**byte)).count();
        let after = json[at..].iter().take_while(|byte| is_digit(**byte)).count();
        before + after > HELD && json.get(at + after) != Some(&b'"')
    })
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'.'
}

/// Puts quotes around numbers that are too long, outside of texts.
fn quoted(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    let mut text = String::new();
    let (mut done, mut at) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = after_text(bytes, at),
            b'-' | b'0'..=b'9' => {
                let end = at + bytes[at..].iter().take_while(|byte| is_of_number(**byte)).count();
                if is_too_long(&json[at..end]) {
                    text.push_str(&json[done..at]);
                    text.push_str(&format!("\"{}\"", &json[at..end]));
                    done = end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    if done == 0 {
        return Cow::Borrowed(json);
    }
    text.push_str(&json[done..]);
    Cow::Owned(text)
}

/// The place behind a text that begins at `start`.
fn after_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

fn is_of_number(byte: u8) -> bool {
    is_digit(byte) || matches!(byte, b'-' | b'+' | b'e' | b'E')
}

fn is_too_long(number: &str) -> bool {
    let has_power = number.contains(['e', 'E']);
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    !has_power && digits > if number.contains('.') { HELD } else { HELD_WHOLE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_that_no_machine_holds_become_texts() {
        for same in [
            r#"{"a": 1.5, "b": 2231958349000000001, "c": "123456789012345678.1234", "d": -0.1}"#,
            r#"{"a": "x, 123456789012345678.1234, y", "b": "\"123456789012345678.1234"}"#,
            r#"[1e400, 0.123456789012345678e3]"#,
            "",
            "[",
        ] {
            assert_eq!(kept(same), same);
        }
        let long = r#"{"s": "\\", "a": 123456789012345678.1234, "b":[-99999999999999999999,1]}"#;
        let text = r#"{"s": "\\", "a": "123456789012345678.1234", "b":["-99999999999999999999",1]}"#;
        assert_eq!(kept(long), text);
        assert_eq!(kept("0.1234567890123456"), "\"0.1234567890123456\"");
    }

    #[test]
    fn a_long_number_is_found_wherever_it_stands() {
        for blanks in 0..40 {
            let json = format!("{}12345678901234567.5", " ".repeat(blanks));
            assert!(kept(&json).contains('"'), "after {blanks} blanks");
        }
    }
}
