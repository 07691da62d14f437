//! A scheme under a new id: its rules as they stand, its head to be filled in again.

use std::ops::Range;

use serde::Deserialize;

use crate::diag::{AuthoredFile, Diagnostic, Spanned};

use super::quoted;

/// The keys of the head that are the copy's own.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Head {
    id: Spanned<toml::Value>,
    title: Spanned<toml::Value>,
    version: Spanned<toml::Value>,
    effective_from: Spanned<toml::Value>,
    catalogue: Option<Spanned<toml::Value>>,
    supersedes: Option<Spanned<toml::Value>>,
}

/// Said where its author must say from when it is in force.
const TO_FILL_IN: &str = "# 请填写开始执行的日期，并去掉下一行行首的“# ”（fill in the first day in force and uncomment the line）\n# effective-from = 2027-01-01";

/// The text of `file` under another id and, where one is given, another title; version 1.0, not yet in force.
///
/// Comments and everything below the head stay as they are. A catalogue number and an older version are the
/// original's own and go.
pub fn copy(file: &AuthoredFile, id: &str, title: Option<&str>) -> Result<String, Diagnostic> {
    let head: Head = file.parse_toml()?;
    let line = |value: &Spanned<toml::Value>| line_of(&file.text, value.span());
    let mut edits = vec![
        (line(&head.id), format!("id = {}", quoted(id))),
        (line(&head.version), "version = \"1.0\"".to_owned()),
        (line(&head.effective_from), TO_FILL_IN.to_owned()),
    ];
    edits.extend(title.map(|title| (line(&head.title), format!("title = {}", quoted(title)))));
    let mut text = file.text.to_string();
    let gone = head.catalogue.iter().chain(&head.supersedes).map(|value| with_its_end(&text, line(value)));
    edits.extend(gone.map(|line| (line, String::new())));
    // From the last to the first, so that the places of those before stay right.
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    edits.into_iter().for_each(|(range, words)| text.replace_range(range, &words));
    Ok(text)
}

/// From the key to the end of its value, with a comment behind it.
fn line_of(text: &str, value: Range<usize>) -> Range<usize> {
    let start = text[..value.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[value.end..].find('\n').map_or(text.len(), |at| value.end + at);
    start..end
}

fn with_its_end(text: &str, line: Range<usize>) -> Range<usize> {
    line.start..(line.end + 1).min(text.len())
}
