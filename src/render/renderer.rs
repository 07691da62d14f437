//! The one warm renderer: faces, templates and library loaded once, shared by all threads.

use std::collections::BTreeMap;
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
use super::glyphs::all_drawable;
use super::issue::{Issue, issue_body};
use super::report::ReportKind;
use super::world::{Desk, Shelf, file_id};
use super::{fonts, templates};
use crate::diag::{Diagnostic, Diagnostics};
use crate::settings::Settings;
use crate::words::Locale;

/// Pages beyond which a card is a mistake.
pub(super) const MOST_CARD_PAGES: usize = 6;
/// Pages beyond which a pack or a report is a mistake.
pub(super) const MOST_PACK_PAGES: usize = 60;

/// Turns bodies into PDFs; share one by reference among threads.
///
/// The same body and issue give the same bytes on any machine, as long as templates and fonts have the same hashes.
pub struct Renderer {
    shelf: Shelf,
    pub(super) card: FileId,
    pub(super) pack: FileId,
    reports: BTreeMap<ReportKind, FileId>,
    templates_hash: String,
    fonts_hash: String,
}

impl Renderer {
    /// Loads the embedded templates and faces, those of `templates` replacing templates of the same name and those of
    /// `fonts` stepping in for characters that the embedded faces lack.
    pub fn open(templates: Option<&Path>, fonts: Option<&Path>) -> anyhow::Result<Self> {
        let templates = templates::load(templates)?;
        let faces = fonts::load(fonts)?;
        let report = |kind: ReportKind| Ok((kind, file_id(&format!("{}.typ", kind.word()))?));
        Ok(Self {
            shelf: Shelf::new(&templates, faces.all).context("cannot prepare the templates")?,
            card: file_id("card.typ")?,
            pack: file_id("pack.typ")?,
            reports: ReportKind::ALL.into_iter().map(report).collect::<anyhow::Result<_>>()?,
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

    /// The PDF of a report from its [`report_body`](super::report::report_body).
    pub fn report(&self, kind: ReportKind, body: &Value, issue: &Issue) -> Result<Pdf, RenderFault> {
        self.document(self.template_of(kind), body, issue, MOST_PACK_PAGES)
    }

    /// The template of a kind of report.
    pub(super) fn template_of(&self, kind: ReportKind) -> FileId {
        self.reports[&kind]
    }

    fn document(&self, main: FileId, body: &Value, issue: &Issue, most: usize) -> Result<Pdf, RenderFault> {
        let data = data_of(body, issue);
        all_drawable(self.shelf.faces(), &data)?;
        let (result, _) = self.render(main, &data);
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

    /// The pages of one document, not yet exported.
    pub(super) fn laid_out(
        &self,
        main: FileId,
        body: &Value,
        issue: &Issue,
        most: usize,
    ) -> Result<LaidOut, RenderFault> {
        let _forget = Forget;
        let data = data_of(body, issue);
        all_drawable(self.shelf.faces(), &data)?;
        let text = data.to_string();
        let identity = hex::encode(Sha256::digest(text.as_bytes()));
        let desk = Desk { shelf: &self.shelf, main, data: Bytes::from_string(text) };
        let document = typst::compile::<PagedDocument>(&desk).output.map_err(|errors| self.fault(&errors))?;
        let pages = document.pages().len();
        if pages > most { Err(RenderFault::TooManyPages { pages, most }) } else { Ok(LaidOut { document, identity }) }
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

    pub(super) fn fault(&self, errors: &[SourceDiagnostic]) -> RenderFault {
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

/// A document in pages, and what makes it differ from others.
pub(super) struct LaidOut {
    pub(super) document: PagedDocument,
    pub(super) identity: String,
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
