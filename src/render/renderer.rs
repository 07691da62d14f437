//! The one warm renderer: faces, templates and library loaded once, shared by all threads.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use typst::comemo;
use typst::diag::{Severity, SourceDiagnostic, Warned};
use typst::foundations::Bytes;
use typst::syntax::FileId;
use typst_layout::PagedDocument;

use super::culprit::culprit;
use super::export::{Pdf, export};
use super::fault::RenderFault;
use super::form::FormKind;
use super::glyphs::all_drawable;
use super::issue::{Issue, issue_body};
use super::logo::Logo;
use super::report::ReportKind;
use super::templates::Templates;
use super::world::{Desk, Shelf, file_id};
use super::{contract, fonts, templates};
use crate::diag::{Diagnostic, Diagnostics, known_names};
use crate::settings::{PdfStandard, Settings};

/// Pages beyond which a card is a mistake.
pub(super) const MOST_CARD_PAGES: usize = 6;
/// Pages beyond which a pack or a report is a mistake.
pub(super) const MOST_PACK_PAGES: usize = 60;
/// Pages beyond which the forms of a team are a mistake.
const MOST_FORM_PAGES: usize = 600;

/// Turns bodies into PDFs; share one by reference among threads.
///
/// The same body and issue give the same bytes on any machine, as long as templates and fonts have the same hashes.
pub struct Renderer {
    shelf: Shelf,
    pub(super) card: FileId,
    pub(super) pack: FileId,
    documents: BTreeMap<String, FileId>,
    reports: BTreeMap<ReportKind, FileId>,
    pub(super) forms: [FileId; 2],
    templates_hash: String,
    fonts_hash: String,
    logo: Option<&'static str>,
    standard: PdfStandard,
}

impl Renderer {
    /// Loads the embedded templates and faces, those of `templates` replacing templates of the same name and those of
    /// `fonts` stepping in for characters that the embedded faces lack.
    pub fn open(templates: Option<&Path>, fonts: Option<&Path>) -> anyhow::Result<Self> {
        Self::dressed(templates, fonts, None, PdfStandard::default())
    }

    /// As [`Renderer::open`], with the house's logo and the standard that its PDFs keep.
    pub fn dressed(
        templates: Option<&Path>,
        fonts: Option<&Path>,
        logo: Option<&Path>,
        standard: PdfStandard,
    ) -> anyhow::Result<Self> {
        let mut templates = templates::load(templates)?;
        let faces = fonts::load(fonts)?;
        let logo = logo.map(Logo::read).transpose()?;
        if let Some(logo) = &logo {
            templates.add_to_hash(logo.name, &logo.bytes);
        }
        let report = |kind: ReportKind| Ok((kind, file_id(&format!("{}.typ", kind.word()))?));
        Ok(Self {
            shelf: Shelf::new(&templates, &faces, logo.as_ref()).context("cannot prepare the templates")?,
            card: file_id("card.typ")?,
            pack: file_id("pack.typ")?,
            documents: documents_of(&templates)?,
            reports: ReportKind::ALL.into_iter().map(report).collect::<anyhow::Result<_>>()?,
            forms: [file_id("rating-form.typ")?, file_id("check-sheet.typ")?],
            templates_hash: templates.hash,
            fonts_hash: faces.hash,
            logo: logo.map(|logo| logo.name),
            standard,
        })
    }

    /// As [`Renderer::open`], with the folders of this machine that are there.
    pub fn of_machine(settings: &Settings) -> anyhow::Result<Self> {
        let fonts = settings.data.join("fonts");
        let there = |folder: &&Path| folder.is_dir();
        Self::dressed(
            Some(settings.templates.as_path()).filter(there),
            Some(fonts.as_path()).filter(there),
            settings.house.logo.as_deref(),
            settings.house.pdf,
        )
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

    /// The PDF of a form from its [`rating_form_body`](super::rating_form_body) or [`check_sheet_body`](super::check_sheet_body).
    pub fn form(&self, kind: FormKind, body: &Value) -> Result<Pdf, RenderFault> {
        self.printed(self.form_template(kind), &self.with_logo(json!({ "body": body })), MOST_FORM_PAGES)
    }

    pub(super) fn form_template(&self, kind: FormKind) -> FileId {
        match kind {
            FormKind::Rating => self.forms[0],
            FormKind::Check => self.forms[1],
        }
    }

    fn document(&self, main: FileId, body: &Value, issue: &Issue, most: usize) -> Result<Pdf, RenderFault> {
        self.printed(main, &self.data_of(body, issue), most)
    }

    fn printed(&self, main: FileId, data: &Value, most: usize) -> Result<Pdf, RenderFault> {
        all_drawable(self.shelf.faces(), data)?;
        let (result, _) = self.render(main, data);
        let pdf = result?;
        if pdf.pages > most {
            return Err(RenderFault::TooManyPages { pages: pdf.pages, most });
        }
        Ok(pdf)
    }

    /// What a template reads.
    fn data_of(&self, body: &Value, issue: &Issue) -> Value {
        self.with_logo(json!({ "body": body, "issue": issue_body(issue, body) }))
    }

    /// The logo is this renderer's own, whatever stood on the page when the body was made.
    fn with_logo(&self, mut data: Value) -> Value {
        data["body"]["house"]["logo"] = json!(self.logo.map(|name| format!("/{name}")));
        data
    }

    /// Every string that is drawn, in the order of drawing.
    #[cfg(test)]
    pub(super) fn drawn(&self, main: FileId, body: &Value, issue: &Issue) -> Vec<String> {
        let _forget = Forget;
        let desk = Desk { shelf: &self.shelf, main, data: Bytes::from_string(self.data_of(body, issue).to_string()) };
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
        let data = self.data_of(body, issue);
        all_drawable(self.shelf.faces(), &data)?;
        let desk = self.desk(main, &data);
        let compiled = typst::compile::<PagedDocument>(&desk).output;
        let document = compiled.map_err(|errors| self.fault(&desk, &data, &errors))?;
        let pages = document.pages().len();
        if pages > most { Err(RenderFault::TooManyPages { pages, most }) } else { Ok(LaidOut { main, data, document }) }
    }

    /// The file of pages that begin with those of `first`.
    pub(super) fn exported(&self, first: &LaidOut, pages: &PagedDocument, identity: &str) -> Result<Pdf, RenderFault> {
        let _forget = Forget;
        let desk = self.desk(first.main, &first.data);
        export(pages, identity, self.standard, self.shelf.outlines())
            .map_err(|errors| self.fault(&desk, &first.data, &errors))
    }

    fn desk(&self, main: FileId, data: &Value) -> Desk<'_> {
        Desk { shelf: &self.shelf, main, data: Bytes::from_string(data.to_string()) }
    }

    /// Lays out and exports, with the warnings on the way.
    fn render(&self, main: FileId, data: &Value) -> (Result<Pdf, RenderFault>, Diagnostics) {
        let _forget = Forget;
        let text = data.to_string();
        let identity = hex::encode(Sha256::digest(text.as_bytes()));
        let desk = Desk { shelf: &self.shelf, main, data: Bytes::from_string(text) };
        let Warned { output, warnings } = typst::compile::<PagedDocument>(&desk);
        let result = output.and_then(|document| export(&document, &identity, self.standard, self.shelf.outlines()));
        let placed = self.placed(&warnings);
        (result.map_err(|errors| self.fault(&desk, data, &errors)), placed)
    }

    /// Renders a document for its template's author: errors and warnings alike, placed in the `.typ` file.
    pub(super) fn proof(&self, main: FileId, body: &Value, issue: &Issue) -> Diagnostics {
        self.tried(main, &self.data_of(body, issue)).1
    }

    /// The templates that make documents, such as `card.typ`: those that lie in no folder of their own.
    pub fn templates(&self) -> impl Iterator<Item = &str> {
        self.documents.keys().map(String::as_str)
    }

    /// The PDF that the template of this name makes of a body, and everything that its author should know.
    ///
    /// Errors when there is no such template.
    pub fn preview(
        &self,
        template: &str,
        body: &Value,
        issue: &Issue,
    ) -> Result<(Option<Pdf>, Diagnostics), Diagnostics> {
        let Some(main) = self.documents.get(template) else {
            let nobody = Diagnostic::error(format!("there is no template `{template}`"));
            return Err(nobody.hint(known_names(template, self.templates())).into());
        };
        let data = self.data_of(body, issue);
        if let Err(missing) = all_drawable(self.shelf.faces(), &data) {
            return Ok((None, Diagnostic::error(missing.to_string()).into()));
        }
        Ok(self.tried(*main, &data))
    }

    fn tried(&self, main: FileId, data: &Value) -> (Option<Pdf>, Diagnostics) {
        let broken = self.shelf.template(main).map(|(_, file)| contract::broken(file, data)).unwrap_or_default();
        if !broken.is_empty() {
            return (None, broken);
        }
        let (result, mut found) = self.render(main, data);
        match result {
            Ok(pdf) => return (Some(pdf), found),
            Err(RenderFault::Template(errors)) => found.extend(errors),
            Err(other) => found.push(Diagnostic::error(other.to_string())),
        }
        (None, found)
    }

    fn fault(&self, desk: &Desk<'_>, data: &Value, errors: &[SourceDiagnostic]) -> RenderFault {
        let missing = errors.iter().find(|error| error.message.contains("could not be displayed with"));
        match missing {
            Some(error) => RenderFault::MissingGlyph {
                characters: error.message.split('`').nth(1).unwrap_or_default().trim_matches('"').to_owned(),
                context: "the text of the template".to_owned(),
            },
            None => {
                let mut all = Diagnostics::new();
                for error in errors {
                    let one = self.placed_one(error);
                    all.push(culprit(desk, data, error).into_iter().fold(one, Diagnostic::hint));
                }
                RenderFault::Template(all)
            }
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

/// A document in pages, with what they were made of.
pub(super) struct LaidOut {
    main: FileId,
    pub(super) data: Value,
    pub(super) document: PagedDocument,
}

fn documents_of(templates: &Templates) -> anyhow::Result<BTreeMap<String, FileId>> {
    let alone = templates.files.keys().filter(|path| !path.contains('/'));
    alone.map(|path| Ok((path.clone(), file_id(path)?))).collect()
}

/// The bytes of a template in which a fault lies.
pub(super) fn span_in(source: &typst::syntax::Source, found: &SourceDiagnostic) -> Option<std::ops::Range<usize>> {
    use typst::syntax::DiagSpanKind;
    match found.span.get() {
        DiagSpanKind::Detached => None,
        DiagSpanKind::Number { num, sub_range, .. } => source.range(num, sub_range),
        DiagSpanKind::Range { range, .. } => Some(range),
    }
}

/// Empties typst's caches of what no recent document used, when one is done or has failed; without it memory grows with
/// every card. What many share, such as the templates as evaluated and cells that are alike, stays.
struct Forget;

/// After so many documents the caches lose what none of them used.
const REMEMBERED: usize = 8;

impl Drop for Forget {
    fn drop(&mut self) {
        static DONE: AtomicUsize = AtomicUsize::new(0);
        if DONE.fetch_add(1, Ordering::Relaxed) % REMEMBERED == REMEMBERED - 1 {
            comemo::evict(1);
        }
    }
}
