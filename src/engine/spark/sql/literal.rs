//! Values and names as Spark reads them.

use std::fmt::Write;

use chrono::NaiveDate;

/// A text literal in which only plain letters and digits stand for themselves: no character can end it, begin a comment,
/// a statement or a variable, or depend on the encoding in which a file is read.
pub fn text(value: &str) -> String {
    let mut literal = String::with_capacity(value.len() + 2);
    literal.push('\'');
    for one in value.chars() {
        match one {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '/' | '.' | ':' | ' ' => literal.push(one),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    let _ = write!(literal, "\\u{unit:04x}");
                }
            }
        }
    }
    literal.push('\'');
    literal
}

/// A name in its quotes; names are those of canonical tables and our own, which need no escape.
pub fn name(name: &str) -> String {
    debug_assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'));
    format!("`{}`", name.replace('`', "``"))
}

/// A day.
pub fn day(day: NaiveDate) -> String {
    format!("DATE '{day}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_of_a_text_is_more_than_itself() {
        assert_eq!(text("csat 5"), "'csat 5'");
        assert_eq!(text("a'; DROP -- ${x}\\"), "'a\\u0027\\u003b DROP \\u002d\\u002d \\u0024\\u007bx\\u007d\\u005c'");
        assert_eq!(text("好😀"), "'\\u597d\\ud83d\\ude00'");
    }
}
