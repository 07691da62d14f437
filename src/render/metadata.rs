//! What a finished file says about itself: its XMP packet, packed by [`compact`](super::compact) or as typst wrote it.

use lopdf::{Dictionary, Object, Stream};

/// How the dictionary of the packet is written.
pub(super) const PACKET: &str = "/Type/Metadata/Subtype/XML";

/// The staff number (of a card) or team id (of a pack) that the file names as its keyword, read from its metadata.
///
/// What is mailed can thus be compared with whom it is mailed to. `None` when the file names none.
pub fn subject_of(pdf: &[u8]) -> Option<String> {
    let packet = packet(pdf)?;
    let text = std::str::from_utf8(&packet).ok()?;
    let (_, rest) = text.split_once("<pdf:Keywords>")?;
    let (subject, _) = rest.split_once("</pdf:Keywords>")?;
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    Some(entities.iter().fold(subject.to_owned(), |text, (entity, character)| text.replace(entity, character)))
}

/// The XMP packet, unpacked.
pub(super) fn packet(pdf: &[u8]) -> Option<Vec<u8>> {
    let at = find(pdf, PACKET.as_bytes())?;
    let open = pdf[..at].windows(2).rposition(|window| window == b"<<")?;
    let close = at + find(&pdf[at..], b"stream\n")?;
    let dictionary = std::str::from_utf8(&pdf[open..close]).ok()?;
    let digits = dictionary.split_once("/Length ")?.1;
    let length: usize = digits[..digits.find(|one: char| !one.is_ascii_digit())?].parse().ok()?;
    let start = close + b"stream\n".len();
    let content = pdf.get(start..start + length)?.to_vec();
    if !dictionary.contains("/FlateDecode") {
        return Some(content);
    }
    let filter = Dictionary::from_iter([("Filter", Object::Name(b"FlateDecode".to_vec()))]);
    Stream::new(filter, content).decompressed_content().ok()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
