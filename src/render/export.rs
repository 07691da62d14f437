//! From laid-out pages to the bytes of a PDF that archives and screen readers accept.

use sha2::{Digest, Sha256};
use typst::diag::SourceDiagnostic;
use typst::ecow::EcoVec;
use typst::foundations::Smart;
use typst::syntax::Span;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::compact::compact;
use super::outlines::Outlines;
use crate::settings::PdfStandard as Standard;

/// A finished document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
    /// How many pages it has.
    pub pages: usize,
}

/// Writes PDF/UA-1, and PDF/A-2a unless the house leaves it out; `identity` is what makes this document differ from others.
pub(super) fn export(
    document: &PagedDocument,
    identity: &str,
    standard: Standard,
    outlines: &Outlines,
) -> Result<Pdf, EcoVec<SourceDiagnostic>> {
    let options = PdfOptions {
        ident: Smart::Custom(identity.to_owned()),
        creator: Smart::Custom(Some("scorepost".to_owned())),
        timestamp: None,
        page_ranges: None,
        // The two are compatible; were they not, the plain standard would still give a readable file.
        standards: PdfStandards::new(kept(standard)).unwrap_or_default(),
        tagged: true,
        pretty: false,
    };
    // A file that is not laid out as this typst does it would have no outlines: better none than a blank one.
    let bytes = compact(&typst_pdf::pdf(document, &options)?, outlines).ok_or_else(unknown_layout)?;
    Ok(Pdf { sha256: hex::encode(Sha256::digest(&bytes)), bytes, pages: document.pages().len() })
}

fn unknown_layout() -> EcoVec<SourceDiagnostic> {
    EcoVec::from([SourceDiagnostic::error(Span::detached(), "the file is laid out as no PDF of this typst is")])
}

fn kept(standard: Standard) -> &'static [PdfStandard] {
    match standard {
        Standard::A2aAndUa1 => &[PdfStandard::A_2a, PdfStandard::Ua_1],
        Standard::Ua1 => &[PdfStandard::Ua_1],
    }
}
