//! `schema`: what an editor needs to complete and check the files that people write.

use crate::{job, scheme, source};

use super::Ending;
use super::arguments::AuthoredKind;
use super::printer::Printer;

/// Prints one JSON document, whether asked for by a person or by a program.
pub(super) fn schema(of: AuthoredKind, printer: &Printer) -> Ending {
    let schema = match of {
        AuthoredKind::Job => job::schema(),
        AuthoredKind::Source => source::schema(),
        AuthoredKind::Scheme => scheme::schema(),
    };
    let document = schema.to_value();
    printer.line(&format!("{document:#}"));
    printer.document(&document);
    Ending::Done
}
