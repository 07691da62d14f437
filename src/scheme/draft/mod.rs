//! New scheme files: from a commented template, or from a scheme that is there.

mod copy;

use chrono::NaiveDate;

use crate::diag::Diagnostic;

pub use copy::copy;

const TEMPLATE: &str = include_str!("template.toml");

/// A new file from the template; it passes `scheme check` as it stands.
pub fn blank(id: &str, title: &str, effective_from: NaiveDate) -> String {
    TEMPLATE
        .replace("\"TEMPLATE-ID\"", &quoted(id))
        .replace("\"TEMPLATE-TITLE\"", &quoted(title))
        .replace("TEMPLATE-NAME", id)
        .replace("2000-01-01", &effective_from.to_string())
}

/// Refuses what cannot be an id: it names the file, and cards and ledgers keep it.
pub fn check_id(id: &str) -> Result<(), Diagnostic> {
    let plain = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
    let sound = id.starts_with(|first: char| first.is_ascii_lowercase()) && id.len() <= 60 && id.chars().all(plain);
    match sound && !id.ends_with('-') {
        true => Ok(()),
        false => Err(Diagnostic::error(format!("`{id}` is not an id"))
            .hint("use lower-case letters, digits and hyphens, beginning with a letter, such as `presale-2027`")),
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests;
