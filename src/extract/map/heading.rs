//! Where each field lies in the rows of a file, found by the names of its header.

use anyhow::{Result, bail};
use unicode_normalization::UnicodeNormalization;

use crate::source::format::HeaderNames;
use crate::source::mapping::{Field, Mapping, Others, Presence};

/// Where each field of a mapping lies in a row; `None` for one that need not be there and is not.
pub(super) type Places = Vec<Option<usize>>;

/// Finds the fields of a mapping in a header.
///
/// # Errors
/// When a field that must be there is not, when two columns have its name, or when a column has a name that is none.
pub(super) fn places(names: &[String], how: HeaderNames, mapping: &Mapping) -> Result<Places> {
    let heading = Heading { shown: names, names: names.iter().map(|name| key(name, how)).collect(), how };
    if mapping.others == Others::Refused {
        heading.refuse_others(mapping)?;
    }
    mapping.fields.iter().map(|field| heading.place(field)).collect()
}

struct Heading<'a> {
    shown: &'a [String],
    names: Vec<String>,
    how: HeaderNames,
}

impl Heading<'_> {
    /// The column of the first of a field's names that is there.
    fn place(&self, field: &Field) -> Result<Option<usize>> {
        for wanted in &field.names {
            let key = key(wanted, self.how);
            let mut found = self.names.iter().enumerate().filter(|(_, name)| **name == key).map(|(index, _)| index);
            match (found.next(), found.next()) {
                (Some(index), None) => return Ok(Some(index)),
                (Some(_), Some(_)) => bail!("the header has two columns `{wanted}`"),
                (None, _) => {}
            }
        }
        match field.presence {
            Presence::Optional => Ok(None),
            Presence::Needed => {
                let wanted = field.names.join("` or `");
                bail!("the header has no column `{wanted}`; it has `{}`", self.shown.join("`, `"))
            }
        }
    }

    /// Where columns are taken by their names, every name must be one; a column without a name has nothing to say.
    fn refuse_others(&self, mapping: &Mapping) -> Result<()> {
        let is_read =
            |name: &str| mapping.fields.iter().flat_map(|field| &field.names).any(|one| key(one, self.how) == name);
        match self.names.iter().position(|name| !is_read(name)) {
            Some(other) => {
                let known: Vec<&str> = mapping.fields.iter().map(Field::name).collect();
                let other = &self.shown[other];
                bail!("the header has `{other}`, which is no column here; the columns are `{}`", known.join("`, `"))
            }
            None => Ok(()),
        }
    }
}

/// What is compared.
fn key(name: &str, how: HeaderNames) -> String {
    match how {
        HeaderNames::Exact => name.trim().to_owned(),
        HeaderNames::Loose => name.nfkc().filter(|sign| !is_nothing(*sign)).collect(),
    }
}

/// Blanks, line breaks, and signs that are not seen.
fn is_nothing(sign: char) -> bool {
    sign.is_whitespace() || sign.is_control() || matches!(sign, '\u{feff}' | '\u{200b}'..='\u{200d}' | '\u{2060}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_names_are_the_same_in_any_width_and_with_any_blanks() {
        let loose = |name| key(name, HeaderNames::Loose);
        assert_eq!(loose("\u{feff}首次响应时长（秒)"), "首次响应时长(秒)");
        assert_eq!(loose("首次响应\n时长 (秒） "), "首次响应时长(秒)");
        assert_eq!(loose("３分钟回复率％"), "3分钟回复率%");
        assert_ne!(key(" 首次 响应 ", HeaderNames::Exact), "首次响应");
    }
}
