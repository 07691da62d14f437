//! Makes text from data fit for mail: nothing that ends a header, turns the reading direction, or hides.

/// The longest subject or name in characters; longer ones end in `…`.
const LONGEST: usize = 160;

/// One line for a header: no controls, no direction marks, single blanks, no start of an encoded word, not too long.
pub(super) fn line(text: &str) -> String {
    // A reader would decode `=?…?=` that came from data into anything at all.
    shorten(&visible(text).replace("=?", "= ?"), LONGEST)
}

/// What a person can see of a text, on one line with single blanks.
fn visible(text: &str) -> String {
    let blanks: String = text.chars().map(|one| if one.is_control() { ' ' } else { one }).filter(keep).collect();
    blanks.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of a part: lines end in `\n`, tabs stay, every other control and direction mark goes.
pub(super) fn body(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    lines.chars().filter(|one| matches!(one, '\n' | '\t') || (!one.is_control() && keep(one))).collect()
}

/// A name for an attached file: one path component that every desktop accepts, with its extension kept.
pub(super) fn file_name(text: &str) -> String {
    let plain: String = visible(text)
        .chars()
        .map(|one| if matches!(one, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | ';') { '_' } else { one })
        .collect();
    let plain = plain.trim_matches(['.', ' ']);
    let (stem, extension) = plain.rsplit_once('.').unwrap_or((plain, ""));
    let stem: String = stem.chars().take(80).collect();
    let extension: String = extension.chars().take(8).collect();
    match (stem.is_empty(), extension.is_empty()) {
        (true, _) => "attachment".to_owned(),
        (false, true) => stem,
        (false, false) => format!("{stem}.{extension}"),
    }
}

/// Letters, digits and `._/@-`, at most 120 of them; anything else becomes `-`.
pub(super) fn token(text: &str) -> String {
    let allowed = |one: char| one.is_ascii_alphanumeric() || "._/@-".contains(one);
    text.chars().take(120).map(|one| if allowed(one) { one } else { '-' }).collect()
}

/// Whether a character may stay: not a direction mark, not invisible, not a line separator.
fn keep(one: &char) -> bool {
    !matches!(one,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn shorten(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(longest - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_line_stays_one_line() {
        assert_eq!(line("张\r\n三\u{202e} \t x\0"), "张 三 x");
        assert_eq!(line("=?utf-8?q?A?="), "= ?utf-8?q?A?=");
        assert_eq!(line(&"长".repeat(500)).chars().count(), LONGEST);
    }

    #[test]
    fn a_body_keeps_its_lines_only() {
        assert_eq!(body("a\r\nb\rc\n\td\0\u{1b}[1m\u{2067}"), "a\nb\nc\n\td[1m");
    }

    #[test]
    fn a_file_name_is_one_component_with_its_extension() {
        assert_eq!(file_name("绩效卡_张三_2026-10.pdf"), "绩效卡_张三_2026-10.pdf");
        assert_eq!(file_name("../../etc/\"x\";y.pdf"), "_.._etc__x__y.pdf");
        assert_eq!(file_name(&format!("{}.pdf", "名".repeat(200))), format!("{}.pdf", "名".repeat(80)));
        assert_eq!(file_name(" .. "), "attachment");
    }

    #[test]
    fn a_token_is_plain_ascii() {
        assert_eq!(token("monthly\r\nX: 1"), "monthly--X--1");
    }
}
