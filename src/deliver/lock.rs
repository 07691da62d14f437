//! A PDF that opens with a password alone: the mailed copy, sealed with AES-256; the archive keeps the plain one.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use hmac::{Hmac, KeyInit, Mac};
use lopdf::encryption::crypt_filters::{Aes256CryptFilter, CryptFilter};
use lopdf::{Document, EncryptionState, EncryptionVersion, Permissions};
use sha2::Sha256;

/// The name under which the document names its one cipher.
const CIPHER: &[u8] = b"StdCF";

/// A copy of `pdf` that opens with `password`; names, titles and keywords inside are sealed too.
///
/// `key` is this machine's own: the file's key and the owner's password follow from it, so that nobody can guess them.
/// Two copies differ, since the cipher starts each text with fresh random bytes; keep the first.
pub fn lock(key: &[u8; 32], pdf: &[u8], password: &str) -> anyhow::Result<Vec<u8>> {
    let mut document = Document::load_mem(pdf).context("the PDF cannot be read, so it cannot be locked")?;
    let file_key = derived(key, b"file", pdf, password);
    let owner = hex::encode(derived(key, b"owner", pdf, password));
    let filter: Arc<dyn CryptFilter> = Arc::new(Aes256CryptFilter);
    let version = EncryptionVersion::V5 {
        encrypt_metadata: true,
        crypt_filters: BTreeMap::from([(CIPHER.to_vec(), filter)]),
        file_encryption_key: &file_key,
        stream_filter: CIPHER.to_vec(),
        string_filter: CIPHER.to_vec(),
        owner_password: &owner,
        user_password: password,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).context("the PDF cannot be locked")?;
    document.encrypt(&state).context("the PDF cannot be locked")?;
    // Readers know this cipher from PDF 2.0 on.
    document.version = "2.0".to_owned();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).context("the locked PDF cannot be written")?;
    Ok(bytes)
}

/// The name of the locked copy of a PDF of this hash for this password; it tells neither.
pub fn lock_name(key: &[u8; 32], sha256: &str, password: &str) -> String {
    hex::encode(derived(key, b"name", sha256.as_bytes(), password))
}

fn derived(key: &[u8; 32], purpose: &[u8], content: &[u8], password: &str) -> [u8; 32] {
    // HMAC fills a key up to its block with noughts; doing so here leaves nothing that could fail.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in [purpose, content, password.as_bytes()] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use lopdf::{LoadOptions, Object, Stream, dictionary};

    use super::*;

    /// One page that says something, with a title.
    fn plain() -> Vec<u8> {
        let mut document = Document::with_version("1.7");
        let pages = document.new_object_id();
        let content = document.add_object(Stream::new(dictionary! {}, b"BT (agent A001) Tj ET".to_vec()));
        let page = document.add_object(dictionary! {
            "Type" => "Page", "Parent" => pages, "Contents" => content,
            "MediaBox" => vec![0.into(), 0.into(), 100.into(), 100.into()],
        });
        let tree = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
        document.objects.insert(pages, Object::Dictionary(tree));
        let catalogue = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        let info = document.add_object(dictionary! { "Title" => Object::string_literal("card of A001") });
        document.trailer.set("Root", catalogue);
        document.trailer.set("Info", info);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).expect("a PDF");
        bytes
    }

    fn contains(bytes: &[u8], text: &str) -> bool {
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }

    #[test]
    fn a_locked_copy_opens_with_its_password_alone_and_shows_no_word() {
        let locked = lock(&[7; 32], &plain(), "A001").expect("locked");
        assert!(contains(&plain(), "agent A001") && contains(&plain(), "card of A001"), "the plain one shows both");
        assert!(!contains(&locked, "agent A001") && !contains(&locked, "card of A001"));
        assert!(contains(&locked, "/AESV3"), "AES-256");
        let closed = Document::load_mem(&locked).expect("a PDF");
        assert!(closed.is_encrypted() && closed.authenticate_password("A002").is_err());
        assert!(closed.authenticate_password("").is_err());
        let opened =
            Document::load_mem_with_options(&locked, LoadOptions::with_password("A001")).expect("its own password");
        let page = opened.get_pages()[&1];
        let content = opened.get_page_content(page);
        assert!(contains(&content, "agent A001"));
    }

    #[test]
    fn what_is_no_pdf_is_refused() {
        assert!(lock(&[7; 32], b"nothing", "A001").is_err());
    }

    #[test]
    fn a_locked_copy_has_one_name_of_its_own() {
        let name = |key: u8, hash: &str, password: &str| lock_name(&[key; 32], hash, password);
        assert_eq!(name(1, "ab", "A001"), name(1, "ab", "A001"));
        for other in [name(2, "ab", "A001"), name(1, "ac", "A001"), name(1, "ab", "A002")] {
            assert_ne!(name(1, "ab", "A001"), other);
        }
    }
}
