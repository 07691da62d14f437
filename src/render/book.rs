//! A pack with the cards of its team behind it: laid out one by one, joined into one file.

use serde_json::Value;
use sha2::{Digest, Sha256};
use typst_layout::PagedDocument;

use super::export::Pdf;
use super::fault::RenderFault;
use super::issue::Issue;
use super::renderer::{MOST_CARD_PAGES, MOST_PACK_PAGES, Renderer};

impl Renderer {
    /// The PDF of a manager's pack, followed by cards; each keeps its own page numbers, run and edition.
    pub fn book(&self, pack: &Value, issue: &Issue, cards: &[(Value, Issue)]) -> Result<Pdf, RenderFault> {
        let mut first = self.laid_out(self.pack, pack, issue, MOST_PACK_PAGES)?;
        let mut identity = Sha256::new_with_prefix(first.data.to_string());
        let mut pages = first.document.pages().to_vec();
        for (body, issue) in cards {
            let card = self.laid_out(self.card, body, issue, MOST_CARD_PAGES)?;
            identity.update(card.data.to_string());
            pages.extend_from_slice(card.document.pages());
        }
        let info = std::mem::take(first.document.info_mut());
        let joined = PagedDocument::new(pages.into(), info);
        self.exported(&first, &joined, &hex::encode(identity.finalize()))
    }
}
