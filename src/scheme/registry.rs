//! All schemes of a folder, and which version is in force on a day.

use std::path::Path;

use chrono::NaiveDate;

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics, known_names, toml_files};

use super::Scheme;

/// The schemes of one folder.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    schemes: Vec<Scheme>,
}

impl Registry {
    /// Reads every `*.toml` of a folder, in the order of their names; all that is wrong is reported together.
    pub fn load(folder: &Path) -> Result<Self, Diagnostics> {
        let (registry, found) = Self::review(folder);
        found.into_result(registry)
    }

    /// The same, with the schemes of the files in which nothing is wrong.
    pub fn review(folder: &Path) -> (Self, Diagnostics) {
        let mut found = Diagnostics::new();
        let mut schemes = Vec::new();
        let files = toml_files(folder).unwrap_or_else(|wrong| {
            found.push(wrong);
            Vec::new()
        });
        for path in files {
            match AuthoredFile::read(&path) {
                Ok(file) => {
                    let (scheme, noticed) = Scheme::review(&file);
                    schemes.extend(scheme);
                    found.extend(noticed);
                }
                Err(wrong) => found.push(wrong),
            }
        }
        schemes.sort_by(|one, other| (&one.id, one.effective_from).cmp(&(&other.id, other.effective_from)));
        for pair in schemes.windows(2) {
            if pair[0].id == pair[1].id && pair[0].effective_from == pair[1].effective_from {
                found.push(
                    Diagnostic::error(format!(
                        "`{}` and `{}` are both `{}` from {}",
                        pair[0].file.name(),
                        pair[1].file.name(),
                        pair[0].id,
                        pair[0].effective_from
                    ))
                    .at(pair[1].dated_at.clone())
                    .hint("give the newer version a later `effective-from`"),
                );
            }
        }
        for scheme in &schemes {
            let Some((older, place)) = &scheme.supersedes else { continue };
            let known = schemes.iter().any(|other| {
                other.id == scheme.id && other.version == *older && other.effective_from < scheme.effective_from
            });
            if !known {
                found.push(
                    Diagnostic::error(format!(
                        "`{}` {} supersedes version `{older}`, which is not here",
                        scheme.id, scheme.version
                    ))
                    .at(place.clone())
                    .hint("keep the older version's file in the folder, with an earlier `effective-from`"),
                );
            }
        }
        (Self { schemes }, found)
    }

    /// All, by id and day.
    pub fn all(&self) -> &[Scheme] {
        &self.schemes
    }

    /// The version of `id` that is called so, whenever it is in force.
    pub fn version(&self, id: &str, version: &str) -> Result<&Scheme, Diagnostic> {
        let versions = || self.schemes.iter().filter(|scheme| scheme.id == id);
        let found = versions().find(|scheme| scheme.version == version);
        found.ok_or_else(|| {
            let known: Vec<&str> = versions().map(|scheme| scheme.version.as_str()).collect();
            Diagnostic::error(format!("scheme `{id}` has no version `{version}`"))
                .hint(format!("versions: {}", known.join(", ")))
        })
    }

    /// The version of `id` in force on `day`.
    pub fn in_force(&self, id: &str, day: NaiveDate) -> Result<&Scheme, Diagnostic> {
        let versions = || self.schemes.iter().filter(|scheme| scheme.id == id);
        if let Some(scheme) = versions().rfind(|scheme| scheme.effective_from <= day) {
            return Ok(scheme);
        }
        Err(match versions().next() {
            Some(first) => Diagnostic::error(format!("scheme `{id}` is in force only from {}", first.effective_from))
                .hint(format!("the period ends on {day}; write a version with an earlier `effective-from`")),
            None => {
                let known = self.schemes.iter().map(|scheme| scheme.id.as_str());
                Diagnostic::error(format!("there is no scheme `{id}`")).hint(known_names(id, known))
            }
        })
    }
}
