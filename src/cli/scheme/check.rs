//! `scheme check`: everything that is wrong with schemes, and what their authors left open.

use serde_json::json;

use crate::diag::{AuthoredFile, Diagnostics, toml_files};
use crate::scheme::Scheme;
use crate::score;
use crate::settings::Settings;

use super::super::Ending;
use super::super::printer::Printer;
use super::{file_of, folder};

/// Checks one scheme, or all of the folder.
pub(super) fn check(settings: &Settings, name: Option<&str>, printer: &Printer) -> anyhow::Result<Ending> {
    let files: Vec<AuthoredFile> = match name {
        Some(name) => vec![file_of(settings, name)?],
        None => toml_files(&folder(settings))
            .map_err(Diagnostics::from)?
            .iter()
            .map(|path| AuthoredFile::read(path).map_err(Diagnostics::from))
            .collect::<Result<_, _>>()?,
    };
    let mut found = Diagnostics::new();
    let mut documents = Vec::new();
    let mut rows = Vec::new();
    for file in &files {
        let (scheme, noticed) = Scheme::review(file);
        found.extend(noticed);
        let Some(scheme) = scheme else { continue };
        match score::compile(&scheme) {
            Ok(_) => {
                let assumed: Vec<&str> = scheme.assumptions().into_iter().map(|(id, ..)| id).collect();
                rows.push(vec![
                    scheme.catalogue.clone().unwrap_or_default(),
                    scheme.id.clone(),
                    scheme.version.clone(),
                    scheme.unset().join("\n"),
                    assumed.join("\n"),
                ]);
                documents.push(
                    json!({ "id": scheme.id, "version": scheme.version, "unset": scheme.unset(), "assumed": assumed }),
                );
            }
            Err(wrong) => found.extend(wrong),
        }
    }
    printer.table(&["catalogue", "scheme", "version", "unset", "assumed"], rows);
    if found.has_errors() {
        return Err(found.into());
    }
    printer.diagnostics(&found);
    printer.document(&json!(documents));
    Ok(Ending::Done)
}
