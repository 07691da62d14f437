//! Which template a person means.

use crate::deliver::letters::{self, Kind};
use crate::diag::{Diagnostic, known_names};
use crate::words::Locale;

/// A template that can be previewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Template {
    /// One that makes a PDF, by its file's name.
    Document(String),
    /// One that makes a part of a letter; the whole letter is shown.
    Letter {
        /// Which letter.
        kind: Kind,
        /// In which language.
        locale: Locale,
    },
}

impl Template {
    /// Reads `card`, `card.typ`, a path to it, `letters/card.zh-CN.html.j2`, or a piece in `lib/`, which is shown in the
    /// card.
    pub fn named(text: &str) -> Result<Self, Diagnostic> {
        let name = text.rsplit(['/', '\\']).next().unwrap_or(text);
        if name.ends_with(".j2") {
            return Self::letter(name);
        }
        let is_piece = text.rsplit(['/', '\\']).nth(1) == Some("lib");
        let stem = name.strip_suffix(".typ").unwrap_or(name);
        Ok(Self::Document(if is_piece { "card.typ".to_owned() } else { format!("{stem}.typ") }))
    }

    fn letter(name: &str) -> Result<Self, Diagnostic> {
        let known = letters::templates().find(|known| *known == name);
        let mut parts = known.into_iter().flat_map(|known| known.split('.'));
        let (kind, locale) = (parts.next().and_then(Kind::parse), parts.next().and_then(Locale::parse));
        match kind.zip(locale) {
            Some((kind, locale)) => Ok(Self::Letter { kind, locale }),
            None => Err(Diagnostic::error(format!("there is no letter template `{name}`"))
                .hint(known_names(name, letters::templates()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_may_be_named_in_any_way() {
        let card = Template::Document("card.typ".to_owned());
        for text in ["card", "card.typ", "report-templates/card.typ", "/x/report-templates/lib/charts.typ"] {
            assert_eq!(Template::named(text).expect("a template"), card, "{text}");
        }
        let letter = Template::Letter { kind: Kind::Pack, locale: Locale::En };
        assert_eq!(Template::named("letters/pack.en.txt.j2").expect("a letter"), letter);
        let wrong = Template::named("card.fr.html.j2").expect_err("no French");
        assert!(wrong.hints.iter().any(|hint| hint.contains("card.en.html.j2")), "{:?}", wrong.hints);
    }
}
