//! Diagnostics: what is wrong with a file that a person wrote, where, and what to do next.
//!
//! Nothing here prints; [`Diagnostics::render`] gives text and the command line decides where it goes.

mod nearest;
mod spanned;

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::de::DeserializeOwned;

pub use nearest::known_names;
pub use spanned::Spanned;

/// How bad a finding about a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but its author should look.
    Warning,
    /// Worth knowing, nothing to do.
    Note,
}

/// A file that a person wrote, kept with its text so that diagnostics can point into it.
#[derive(Clone, Debug)]
pub struct AuthoredFile {
    /// The path as the person gave it.
    pub path: PathBuf,
    /// The whole text.
    pub text: Arc<str>,
}

impl AuthoredFile {
    /// Reads a file, or says why it cannot be read.
    pub fn read(path: &Path) -> Result<Self, Diagnostic> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Self { path: path.to_owned(), text: text.into() }),
            Err(error) => Err(Diagnostic::error(format!("cannot read `{}`: {error}", path.display()))
                .hint("check the path and its permissions; text files are UTF-8")),
        }
    }

    /// Wraps a text that is already in memory.
    pub fn from_text(path: impl Into<PathBuf>, text: &str) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// The last part of its path.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }

    /// A place in this file.
    pub fn place(&self, span: Range<usize>) -> Place {
        Place { file: self.clone(), span }
    }

    /// Reads the text as TOML of the shape `T`; an error carries its place.
    pub fn parse_toml<T: DeserializeOwned>(&self) -> Result<T, Diagnostic> {
        toml::from_str(&self.text).map_err(|error| {
            let diagnostic = refused(error.message().trim());
            match error.span() {
                Some(span) => diagnostic.at(self.place(span)),
                None => diagnostic.at(self.place(0..0)),
            }
        })
    }
}

/// What the reader of TOML refused, with the closest of the words that it would have taken.
fn refused(message: &str) -> Diagnostic {
    let quoted = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<String>>();
    match message.split_once(", expected ") {
        Some((head, taken)) if head.starts_with("unknown ") => {
            let asked = quoted(head).pop().unwrap_or_default();
            Diagnostic::error(head).hint(known_names(&asked, quoted(taken).iter().map(String::as_str)))
        }
        _ => match message.strip_prefix("missing field ") {
            Some(field) => Diagnostic::error(message).hint(format!("add {field}")),
            None => Diagnostic::error(message),
        },
    }
}

/// A range of bytes in an authored file.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file.
    pub file: AuthoredFile,
    /// The byte range inside its text.
    pub span: Range<usize>,
}

impl Place {
    /// Line and column, both counted from one; columns count characters.
    pub fn line_and_column(&self) -> (usize, usize) {
        let end = self.span.start.min(self.file.text.len());
        let before = self.file.text.get(..end).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

/// One thing that is wrong or worth knowing, with its place and the next action.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: lower case, no full stop, names in backticks.
    pub message: String,
    /// Where, if it is in a file.
    pub place: Option<Place>,
    /// What to do next.
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// A fault that makes the file unusable.
    pub fn error(message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, message: message.into(), place: None, hints: Vec::new() }
    }

    /// Something its author should look at.
    pub fn warning(message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(message) }
    }

    /// Something worth knowing.
    pub fn note(message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(message) }
    }

    /// Says where it is.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Adds what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// One line, `file:line:column: message`, without hints; for places where one line must do.
impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            let (line, column) = place.line_and_column();
            write!(out, "{}:{line}:{column}: ", place.file.path.display())?;
        }
        write!(out, "{}", self.message)
    }
}

/// All that was found in one pass; a person sees everything at once, not one fault per try.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Nothing found yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Adds all of another pass.
    pub fn extend(&mut self, other: Diagnostics) {
        self.found.extend(other.found);
    }

    /// Whether any makes its file unusable.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|one| one.severity == Severity::Error)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All, ordered by file, place and severity.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<&Diagnostic> = self.found.iter().collect();
        all.sort_by_key(|one| {
            let place = one.place.as_ref().map(|place| (place.file.path.clone(), place.span.start));
            (place, one.severity, one.message.clone())
        });
        all
    }

    /// The text for a person: each with its line of the file, a mark under the place, and the hints.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let blocks: Vec<String> = self.sorted().into_iter().map(|one| render_one(&renderer, one)).collect();
        blocks.join("\n\n")
    }

    /// `Ok(value)` when no error was found, else everything found.
    pub fn into_result<T>(self, value: T) -> Result<T, Diagnostics> {
        if self.has_errors() { Err(self) } else { Ok(value) }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(one: Diagnostic) -> Self {
        Self { found: vec![one] }
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

fn render_one(renderer: &Renderer, one: &Diagnostic) -> String {
    let level = match one.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(one.message.as_str());
    let path = one.place.as_ref().map(|place| place.file.path.display().to_string()).unwrap_or_default();
    let mut group = match &one.place {
        None => Group::with_title(title),
        Some(place) => title.element(
            Snippet::source(&*place.file.text)
                .path(path.as_str())
                .annotation(AnnotationKind::Primary.span(clamp(place))),
        ),
    };
    for hint in &one.hints {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    renderer.render(&[group])
}

/// A span that surely lies inside the text; a place at the very end would otherwise make the renderer panic.
fn clamp(place: &Place) -> Range<usize> {
    let length = place.file.text.len();
    let start = place.span.start.min(length);
    start..place.span.end.clamp(start, length)
}

/// The `*.toml` files of a folder, by name.
pub fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let entries = std::fs::read_dir(folder).map_err(|error| {
        Diagnostic::error(format!("cannot read the folder `{}`: {error}", folder.display()))
            .hint("`SCOREPOST_JOBS` or `jobs` in `scorepost.toml` says where jobs, sources and schemes are")
    })?;
    let mut files: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml") && path.is_file())
        .collect();
    files.sort();
    Ok(files)
}
