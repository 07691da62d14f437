//! `schema`: what an editor needs to complete and check the files that people write.

use serde_json::json;

use crate::{job, scheme, source};

use super::Ending;
use super::arguments::AuthoredKind;
use super::printer::Printer;

/// Prints one JSON document, whether asked for by a person or by a program.
pub(super) fn schema(of: AuthoredKind, printer: &Printer) -> Ending {
    let (title, schema) = match of {
        AuthoredKind::Job => ("a job of scorepost", job::schema()),
        AuthoredKind::Source => ("a source of scorepost", source::schema()),
        AuthoredKind::Calendar => ("a calendar of scorepost", job::calendar_schema()),
        AuthoredKind::Scheme => ("an appraisal scheme of scorepost", scheme::schema()),
    };
    let mut document = json!({ "$schema": schema.get("$schema"), "title": title });
    if let (Some(whole), Some(rest)) = (document.as_object_mut(), schema.as_object()) {
        whole.extend(rest.iter().filter(|(key, _)| *key != "title").map(|(key, value)| (key.clone(), value.clone())));
    }
    printer.line(&format!("{document:#}"));
    printer.document(&document);
    Ending::Done
}
