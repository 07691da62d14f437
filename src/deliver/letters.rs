//! The texts of mails: templates with values, two kinds of letter in two languages.
//!
//! The shipped templates are in the binary; a file of the same name in `letters/` of the templates folder replaces one.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context;
use minijinja::{Environment, UndefinedBehavior, Value};

use super::clean;
use crate::words::Locale;

/// Which letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An agent's card.
    Card,
    /// A manager's pack.
    Pack,
}

impl Kind {
    /// `card` or `pack`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Pack => "pack",
        }
    }
}

/// The texts of one letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    /// One line.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// The HTML page.
    pub html: String,
}

/// Writes the texts of a letter from `data`; `overrides` is the templates folder.
///
/// A value that a template names and `data` lacks is an error that names the template and its line.
pub fn compose(
    kind: Kind,
    locale: Locale,
    data: &serde_json::Value,
    overrides: Option<&Path>,
) -> anyhow::Result<Texts> {
    let write = |part: &str| render(&format!("{}.{}.{part}.j2", kind.word(), locale.tag()), data, overrides);
    Ok(Texts { subject: clean::line(&write("subject.txt")?), text: write("txt")?, html: write("html")? })
}

fn render(name: &str, data: &serde_json::Value, overrides: Option<&Path>) -> anyhow::Result<String> {
    let source = source(name, overrides)?;
    environment()
        .render_named_str(name, &source, value(data))
        .with_context(|| format!("the mail template `letters/{name}` cannot be used"))
}

/// Values are escaped in `.html` templates by their name; a missing value is an error and no value enters a message.
fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_debug(false);
    let mut syntax = minijinja::syntax::SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    if let Ok(syntax) = syntax.build() {
        environment.set_syntax(syntax);
    }
    environment
}

fn source(name: &str, overrides: Option<&Path>) -> anyhow::Result<String> {
    if let Some(folder) = overrides {
        let file = folder.join("letters").join(name);
        match fs::read_to_string(&file) {
            Ok(text) => return Ok(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", file.display())),
        }
    }
    let shipped = SHIPPED.iter().find(|(shipped, _)| *shipped == name);
    shipped.map(|(_, text)| (*text).to_owned()).with_context(|| format!("there is no mail template `{name}`"))
}

macro_rules! shipped {
    ($($name:literal)*) => {
        [$(($name, include_str!(concat!("../../report-templates/letters/", $name)))),*]
    };
}

/// The templates in the binary.
const SHIPPED: [(&str, &str); 12] = shipped! {
    "card.zh-CN.subject.txt.j2" "card.zh-CN.txt.j2" "card.zh-CN.html.j2"
    "card.en.subject.txt.j2" "card.en.txt.j2" "card.en.html.j2"
    "pack.zh-CN.subject.txt.j2" "pack.zh-CN.txt.j2" "pack.zh-CN.html.j2"
    "pack.en.subject.txt.j2" "pack.en.txt.j2" "pack.en.html.j2"
};

/// JSON as the template engine holds it: plain data, nothing that can be called.
fn value(json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::from(()),
        Json::Bool(flag) => Value::from(*flag),
        Json::Number(number) => number.as_i64().map_or_else(|| Value::from(number.as_f64()), Value::from),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::from(items.iter().map(value).collect::<Vec<_>>()),
        Json::Object(fields) => {
            Value::from(fields.iter().map(|(name, field)| (name.clone(), value(field))).collect::<BTreeMap<_, _>>())
        }
    }
}
