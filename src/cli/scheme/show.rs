//! `scheme show`: one scheme as people read it, in the language of the settings.

use serde_json::{Value, json};

use crate::diag::Diagnostics;
use crate::scheme::Scheme;
use crate::scheme::reading::{Part, Section, read};
use crate::settings::Settings;

use super::super::Ending;
use super::super::printer::Printer;
use super::file_of;

/// Prints the whole policy.
pub(super) fn show(settings: &Settings, name: &str, printer: &Printer) -> anyhow::Result<Ending> {
    let scheme: Result<Scheme, Diagnostics> = Scheme::parse(&file_of(settings, name)?);
    let scheme = scheme?;
    let sections = read(&scheme, settings.locale);
    sections.iter().for_each(|section| print(section, printer));
    printer.document(&json!({
        "id": scheme.id, "catalogue": scheme.catalogue, "title": scheme.title, "version": scheme.version,
        "cycle": scheme.cycle, "locale": settings.locale, "sections": sections.iter().map(document).collect::<Vec<_>>(),
    }));
    Ok(Ending::Done)
}

fn print(section: &Section, printer: &Printer) {
    printer.line(&format!("\n## {}", section.title));
    for part in &section.parts {
        match part {
            Part::Line(text) => printer.line(text),
            Part::Table { head, rows } => {
                printer.table(&head.iter().map(String::as_str).collect::<Vec<_>>(), rows.clone());
            }
        }
    }
}

fn document(section: &Section) -> Value {
    let part = |part: &Part| match part {
        Part::Line(text) => json!({ "text": text }),
        Part::Table { head, rows } => json!({ "head": head, "rows": rows }),
    };
    json!({ "title": section.title, "parts": section.parts.iter().map(part).collect::<Vec<_>>() })
}
