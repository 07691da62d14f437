//! Characters that no face can draw: found before the page is laid out, and named.

use serde_json::Value;
use typst::text::Font;

use super::fault::RenderFault;

/// The fault that names every character of the document that no face has, with the first text it stands in.
pub(super) fn all_drawable(faces: &[Font], document: &Value) -> Result<(), RenderFault> {
    let mut missing = Missing { faces, characters: Vec::new(), context: None };
    missing.look(document, "");
    match missing.context {
        None => Ok(()),
        Some(context) => {
            Err(RenderFault::MissingGlyph { characters: missing.characters.into_iter().collect(), context })
        }
    }
}

struct Missing<'a> {
    faces: &'a [Font],
    characters: Vec<char>,
    context: Option<String>,
}

impl Missing<'_> {
    fn look(&mut self, value: &Value, path: &str) {
        match value {
            Value::String(text) => self.look_at_text(text, path),
            Value::Array(all) => all.iter().enumerate().for_each(|(at, one)| self.look(one, &format!("{path}[{at}]"))),
            Value::Object(fields) => {
                let separator = if path.is_empty() { "" } else { "." };
                fields.iter().for_each(|(name, one)| self.look(one, &format!("{path}{separator}{name}")));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn look_at_text(&mut self, text: &str, path: &str) {
        for character in text.chars().filter(|character| !drawable(self.faces, *character)) {
            if !self.characters.contains(&character) {
                self.characters.push(character);
            }
            self.context.get_or_insert_with(|| format!("`{path}`: `{text}`"));
        }
    }
}

fn drawable(faces: &[Font], character: char) -> bool {
    character.is_ascii_graphic()
        || character.is_whitespace()
        || faces.iter().any(|face| face.info().coverage.contains(character as u32))
}
