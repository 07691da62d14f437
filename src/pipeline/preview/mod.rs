//! Previews: a template shown with what a run said, or with invented data, to whoever writes it.

mod document;
mod letter;
mod template;

use std::path::Path;

use crate::diag::{Diagnostic, Diagnostics};
use crate::job::Jobs;
use crate::ledger::Ledger;
use crate::period::Period;
use crate::render::Shape;
use crate::settings::Settings;
use crate::words::Locale;

pub use letter::sample_letter;
pub use template::Template;

/// Whose data a template is shown with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Invented data of this kind.
    Invented(Shape),
    /// The newest document in the ledger that fits; with nothing named and no such document, invented data.
    Issued(Which),
}

/// Which issued document is meant; what is not named does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Which {
    /// The job's id.
    pub job: Option<String>,
    /// The period.
    pub period: Option<Period>,
    /// The staff number of an agent, or the id of a team.
    pub subject: Option<String>,
}

/// Where previews get their data.
#[derive(Clone, Copy)]
pub struct Previewer<'a> {
    /// This machine.
    pub settings: &'a Settings,
    /// The jobs, for their time zones.
    pub jobs: &'a Jobs,
    /// What was issued; `None` where nothing ever ran.
    pub ledger: Option<&'a Ledger>,
}

/// A file that a preview made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// `pdf`, `html` or `eml`.
    pub extension: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What became of a template.
#[derive(Debug)]
pub struct Preview {
    /// The files, the one to look at first; empty when the template cannot be used.
    pub files: Vec<Shown>,
    /// Whose data it was.
    pub of: String,
    /// What its author should know.
    pub found: Diagnostics,
}

impl Previewer<'_> {
    /// Shows `template` with the data of `subject`; invented data is in `locale` where the template's name says none.
    ///
    /// Errors when no document fits, or the template is unknown; what is wrong inside it is in [`Preview::found`].
    pub fn show(&self, template: &Template, subject: &Subject, locale: Locale) -> anyhow::Result<Preview> {
        match template {
            Template::Document(name) => document::show(self, name, subject, locale),
            Template::Letter { kind, locale } => letter::show(self, *kind, *locale, subject),
        }
    }

    fn templates(&self) -> Option<&Path> {
        Some(self.settings.templates.as_path()).filter(|folder| folder.is_dir())
    }
}

/// The names of all templates that can be previewed, documents first.
pub fn templates(settings: &Settings) -> anyhow::Result<Vec<String>> {
    let renderer = crate::render::Renderer::of_machine(settings)?;
    let letters = crate::deliver::letters::templates().map(|name| format!("letters/{name}"));
    Ok(renderer.templates().map(str::to_owned).chain(letters).collect())
}

fn nobody(which: &Which, kind: &str) -> Diagnostics {
    let named = [
        which.subject.as_ref().map(|subject| format!("of `{subject}`")),
        which.job.as_ref().map(|job| format!("by job `{job}`")),
        which.period.as_ref().map(|period| format!("for {period}")),
    ];
    let named: Vec<String> = named.into_iter().flatten().collect();
    Diagnostic::error(format!("the ledger has no {kind} {}", named.join(" ")))
        .hint("`scorepost runs` lists what ran; `--fixture usual` shows invented data")
        .into()
}
