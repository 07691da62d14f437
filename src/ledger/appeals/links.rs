//! Signed links: whoever holds one may question the card that it names and say that it was read, until its window closes.

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::ledger::{Document, DocumentKind, Ledger};

impl Ledger {
    /// The word that names a card and its agent until the card's window closes; `None` for a card without a window.
    ///
    /// The same card gives the same word for the life of this ledger, so that its PDF is the same whenever it is made.
    pub fn sign_link(&self, card: &Document) -> Result<Option<String>> {
        let Some(until) = self.window_of(card.id)? else { return Ok(None) };
        let seal = self.seal(card, until)?.finalize().into_bytes();
        Ok(Some(format!("{}.{:x}.{}", card.id, until.timestamp(), URL_SAFE_NO_PAD.encode(seal))))
    }

    /// The card that a word names, if this ledger signed it and its window is open.
    pub fn linked_card(&self, word: &str) -> Result<Option<Document>> {
        let Some((id, until, seal)) = parted(word) else { return Ok(None) };
        let Some(card) = self.document(id)?.filter(|card| card.kind == DocumentKind::Card) else { return Ok(None) };
        let genuine = self.seal(&card, until)?.verify_slice(&seal).is_ok();
        Ok((genuine && self.now() < until).then_some(card))
    }

    /// The keyed hash over card, agent and window; an agent who was erased has no links any more.
    fn seal(&self, card: &Document, until: DateTime<Utc>) -> Result<Hmac<Sha256>> {
        let mut keyed = Hmac::<Sha256>::new_from_slice(&self.link_key()?)?;
        keyed.update(format!("card-link\n{}\n{}\n{}", card.id, until.timestamp(), card.subject).as_bytes());
        Ok(keyed)
    }
}

/// The number of the card, the end of its window, and the keyed hash.
fn parted(word: &str) -> Option<(i64, DateTime<Utc>, Vec<u8>)> {
    let mut parts = word.split('.');
    let (id, until, seal) = (parts.next()?, parts.next()?, parts.next()?);
    let until = DateTime::from_timestamp(i64::from_str_radix(until, 16).ok()?, 0)?;
    let seal = URL_SAFE_NO_PAD.decode(seal).ok()?;
    parts.next().is_none().then_some((id.parse().ok()?, until, seal))
}
