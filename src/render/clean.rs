//! Text from outside, made fit to be printed.

/// The text without control characters and without marks that turn the direction of writing.
///
/// Line breaks and tabs become a blank, so that words do not run together.
pub(super) fn clean(text: &str) -> String {
    let kept = text.chars().filter_map(|character| match character {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        _ if character.is_control() || turns_direction(character) => None,
        _ => Some(character),
    });
    kept.collect::<String>().trim().to_owned()
}

fn turns_direction(character: char) -> bool {
    matches!(character,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
