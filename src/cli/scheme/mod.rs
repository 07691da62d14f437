//! `scheme`: the verbs of whoever writes appraisal schemes.

mod check;
mod fill;
mod list;
mod new;
mod show;
mod simulate;
mod trial;

use std::path::{Path, PathBuf};

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics};
use crate::scheme::{Registry, Scheme};
use crate::settings::Settings;

use super::Ending;
use super::arguments::SchemeCommand;
use super::printer::Printer;

/// Carries out one of them.
pub(super) fn scheme(settings: &Settings, command: &SchemeCommand, printer: &Printer) -> anyhow::Result<Ending> {
    match command {
        SchemeCommand::Fill(options) => fill::fill(settings, options, printer),
        SchemeCommand::List => list::list(settings, printer),
        SchemeCommand::Show { scheme } => show::show(settings, scheme, printer),
        SchemeCommand::New(options) => new::new(settings, options, printer),
        SchemeCommand::Simulate(options) => simulate::simulate(settings, options, printer),
        SchemeCommand::Check { scheme } => check::check(settings, scheme.as_deref(), printer),
        SchemeCommand::Try { scheme, story, cards } => trial::trial(settings, scheme, story, cards.as_deref(), printer),
    }
}

/// The folder of schemes.
fn folder(settings: &Settings) -> PathBuf {
    settings.jobs.join("schemes")
}

/// The file of a scheme that is named by its path, or by its id or catalogue number in the folder; the newest of several
/// versions.
fn file_of(settings: &Settings, name: &str) -> Result<AuthoredFile, Diagnostics> {
    if Path::new(name).is_file() {
        return Ok(AuthoredFile::read(Path::new(name))?);
    }
    let direct = folder(settings).join(format!("{name}.toml"));
    let (registry, _) = Registry::review(&folder(settings));
    let has_number =
        |scheme: &Scheme| scheme.catalogue.as_ref().is_some_and(|number| number.eq_ignore_ascii_case(name));
    let is_meant = |scheme: &&Scheme| scheme.id == name || has_number(scheme);
    if let Some(scheme) = registry.all().iter().rfind(is_meant) {
        return Ok(scheme.file.clone());
    }
    if direct.is_file() {
        return Ok(AuthoredFile::read(&direct)?);
    }
    let known: Vec<String> = registry.all().iter().map(|scheme| format!("`{}`", scheme.id)).collect();
    let missing = Diagnostic::error(format!("there is no scheme `{name}`"));
    Err(missing.hint(format!("known schemes: {}; or give a file", known.join(", "))).into())
}
