//! Why a document could not be made.

use std::fmt;

use crate::diag::Diagnostics;

/// What stands between a body and its PDF.
#[derive(Clone, Debug)]
pub enum RenderFault {
    /// No face has these characters: the document's subject is held, the run goes on.
    MissingGlyph {
        /// Each character once, in the order of the page.
        characters: String,
        /// The field and the text in which the first stands; what typst said where it found them.
        context: String,
    },
    /// The template is wrong: its author's diagnostics, placed in the `.typ` file.
    Template(Diagnostics),
    /// The document is longer than any sensible one; nothing so long is sent.
    TooManyPages {
        /// Its pages.
        pages: usize,
        /// The most that are allowed.
        most: usize,
    },
}

impl fmt::Display for RenderFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingGlyph { characters, context } => {
                let codes: Vec<String> = characters.chars().map(|one| format!("U+{:04X}", one as u32)).collect();
                write!(out, "no font has `{characters}` ({}) in {context}; ", codes.join(" "))?;
                out.write_str("put a font that has it into the font folder, or correct the text")
            }
            Self::Template(found) => write!(out, "the template cannot be used\n{found}"),
            Self::TooManyPages { pages, most } => {
                write!(
                    out,
                    "the document has {pages} pages, at most {most} are allowed; shorten its texts or the template"
                )
            }
        }
    }
}

impl std::error::Error for RenderFault {}
