//! The same document in a third fewer bytes: what describes its structure is packed together and compressed.
//!
//! Typst writes every tag as an object of its own, uncompressed. PDF 1.5 and PDF/A-2 know object streams for that.

use lopdf::{Document, SaveOptions};

/// Objects of one stream, so that a reader who needs one unpacks few others.
const OBJECTS_PER_STREAM: usize = 200;

/// The document with its objects packed; the bytes as they are should they not be understood.
pub(super) fn compact(bytes: Vec<u8>) -> Vec<u8> {
    match packed(&bytes) {
        Ok(packed) if packed.len() < bytes.len() => packed,
        _ => bytes,
    }
}

fn packed(bytes: &[u8]) -> lopdf::Result<Vec<u8>> {
    let mut document = Document::load_mem(bytes)?;
    let options = SaveOptions::builder()
        .use_object_streams(true)
        .use_xref_streams(true)
        .max_objects_per_stream(OBJECTS_PER_STREAM)
        .build();
    let mut packed = Vec::with_capacity(bytes.len());
    document.save_with_options(&mut packed, options)?;
    Ok(packed)
}
