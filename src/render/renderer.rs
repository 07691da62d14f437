//! The one warm renderer: faces, templates and library loaded once, shared by all threads.

use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use typst::comemo;
use typst::diag::{Severity, SourceDiagnostic, Warned};
use typst::foundations::Bytes;
use typst::syntax::FileId;
use typst_layout::PagedDocument;

use super::export::{Pdf, export};
use super::fault::RenderFault;
use super::form::FormKind;
use super::glyphs::all_drawable;
use super::issue::{Issue, issue_body};
use super::world::{Desk, Shelf, file_id};
use super::{fonts, templates};
use crate::diag::{Diagnostic, Diagnostics};
use crate::settings::Settings;
use crate::words::Locale;

/// Pages beyond which a card is a mistake.
const MOST_CARD_PAGES: usize = 6;
/// Pages beyond which a pack is a mistake.
const MOST_PACK_PAGES: usize = 60;
/// Pages beyond which the forms of a team are a mistake.
const MOST_FORM_PAGES: usize = 600;

/// Turns bodies into PDFs; share one by reference among threads.
///
/// The same body and issue give the same bytes on any machine, as long as templates and fonts have the same hashes.
pub struct Renderer {
    shelf: Shelf,
    pub(super) card: FileId,
    pub(super) pack: FileId,
    pub(super) forms: [FileId; 2],
    templates_hash: String,
    fonts_hash: String,
}

impl Renderer {
    /// Loads the embedded templates and faces, those of `templates` replacing templates of the same name and those of
    /// `fonts` stepping in for characters that the embedded faces lack.
    pub fn open(templates: Option<&Path>, fonts: Option<&Path>) -> anyhow::Result<Self> {
        let templates = templates::load(templates)?;
        let faces = fonts::load(fonts)?;
        Ok(Self {
            shelf: Shelf::new(&templates, faces.all).context("cannot prepare the templates")?,
            card: file_id("card.typ")?,
            pack: file_id("pack.typ")?,
            forms: [file_id("rating-form.typ")?, file_id("check-sheet.typ")?],
            templates_hash: templates.hash,
            fonts_hash: faces.hash,
        })
    }

    /// As [`Renderer::open`], with the folders of this machine that are there.
    pub fn of_machine(settings: &Settings) -> anyhow::Result<Self> {
        let fonts = settings.data.join("fonts");
        let there = |folder: &&Path| folder.is_dir();
        Self::open(Some(settings.templates.as_path()).filter(there), Some(fonts.as_path()).filter(there))
    }

    /// SHA-256 of all templates, hexadecimal.
    pub fn templates_hash(&self) -> &str {
        &self.templates_hash
    }

    /// SHA-256 of all faces, hexadecimal.
    pub fn fonts_hash(&self) -> &str {
        &self.fonts_hash
    }

    /// The PDF of an agent's card from its [`card_body`](super::card_body).
    pub fn card(&self, body: &Value, issue: &Issue) -> Result<Pdf, RenderFault> {
        self.document(self.card, body, issue, MOST_CARD_PAGES)
    }

    /// The PDF of a manager's pack from its [`pack_body`](super::pack_body).
    pub fn pack(&self, body: &Value, issue: &Issue) -> Result<Pdf, RenderFault> {
        self.document(self.pack, body, issue, MOST_PACK_PAGES)
    }

    /// The PDF of a form from its [`rating_form_body`](super::rating_form_body) or [`check_sheet_body`](super::check_sheet_body).
    pub fn form(&self, kind: FormKind, body: &Value) -> Result<Pdf, RenderFault> {
        self.laid_out(self.form_template(kind), &json!({ "body": body }), MOST_FORM_PAGES)
    }

    pub(super) fn form_template(&self, kind: FormKind) -> FileId {
        match kind {
            FormKind::Rating => self.forms[0],
            FormKind::Check => self.forms[1],
        }
    }

    fn document(&self, main: FileId, body: &Value, issue: &Issue, most: usize) -> Result<Pdf, RenderFault> {
        self.laid_out(main, &data_of(body, issue), most)
    }

    fn laid_out(&self, main: FileId, data: &Value, most: usize) -> Result<Pdf, RenderFault> {
        all_drawable(self.shelf.faces(), data)?;
        let (result, _) = self.render(main, data);
        let pdf = result?;
        if pdf.pages > most {
            return Err(RenderFault::TooManyPages { pages: pdf.pages, most });
        }
        Ok(pdf)
    }

    /// Every string that is drawn, in the order of drawing.
    #[cfg(test)]
    pub(super) fn drawn(&self, main: FileId, body: &Value, issue: &Issue) -> Vec<String> {
        let _forget = Forget;
        let desk = Desk { shelf: &self.shelf, main, data: Bytes::from_string(data_of(body, issue).to_string()) };
        let document = typst::compile::<PagedDocument>(&desk).output.expect("a document");
        let mut drawn = Vec::new();
        document.pages().iter().for_each(|page| super::tests::collect_text(&page.frame, &mut drawn));
        drawn
    }

    /// Lays out and exports, with the warnings on the way.
    fn render(&self, main: FileId, data: &Value) -> (Result<Pdf, RenderFault>, Diagnostics) {
        let _forget = Forget;
        let text = data.to_string();
        let identity = hex::encode(Sha256::digest(text.as_bytes()));
        let desk = Desk { shelf: &self.shelf, main, data: Bytes::from_string(text) };
        let Warned { output, warnings } = typst::compile::<PagedDocument>(&desk);
        let result = output.and_then(|document| export(&document, &identity));
        (result.map_err(|errors| self.fault(&errors)), self.placed(&warnings))
    }

    /// Renders a document for its template's author: errors and warnings alike, placed in the `.typ` file.
    pub(super) fn proof(&self, main: FileId, body: &Value, issue: &Issue) -> Diagnostics {
        let (result, mut found) = self.render(main, &data_of(body, issue));
        match result {
            Ok(_) => {}
            Err(RenderFault::Template(errors)) => found.extend(errors),
            Err(other) => found.push(Diagnostic::error(other.to_string())),
        }
        found
    }

    fn fault(&self, errors: &[SourceDiagnostic]) -> RenderFault {
        let missing = errors.iter().find(|error| error.message.contains("could not be displayed with"));
        match missing {
            Some(error) => RenderFault::MissingGlyph {
                characters: error.message.split('`').nth(1).unwrap_or_default().trim_matches('"').to_owned(),
                context: "the text of the template".to_owned(),
            },
            None => RenderFault::Template(self.placed(errors)),
        }
    }

    fn placed(&self, found: &[SourceDiagnostic]) -> Diagnostics {
        let mut all = Diagnostics::new();
        found.iter().for_each(|one| all.push(self.placed_one(one)));
        all
    }

    fn placed_one(&self, found: &SourceDiagnostic) -> Diagnostic {
        let mut one = match found.severity {
            Severity::Error => Diagnostic::error(found.message.as_str()),
            Severity::Warning => Diagnostic::warning(found.message.as_str()),
        };
        if let Some((source, file)) = found.span.id().and_then(|id| self.shelf.template(id)) {
            one = one.at(file.place(span_in(source, found).unwrap_or(0..0)));
        }
        found.hints.iter().fold(one, |one, hint| one.hint(hint.v.as_str()))
    }
}

fn span_in(source: &typst::syntax::Source, found: &SourceDiagnostic) -> Option<std::ops::Range<usize>> {
    use typst::syntax::DiagSpanKind;
    match found.span.get() {
        DiagSpanKind::Detached => None,
        DiagSpanKind::Number { num, sub_range, .. } => source.range(num, sub_range),
        DiagSpanKind::Range { range, .. } => Some(range),
    }
}

fn data_of(body: &Value, issue: &Issue) -> Value {
    let locale = body["locale"].as_str().and_then(Locale::parse).unwrap_or_default();
    json!({ "body": body, "issue": issue_body(issue, locale) })
}

/// Empties typst's caches when a document is done or has failed; without it memory grows with every card.
struct Forget;

impl Drop for Forget {
    fn drop(&mut self) {
        comemo::evict(0);
    }
}
