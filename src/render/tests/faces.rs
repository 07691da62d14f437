//! Faces in documents: what typst is given has no outlines, what is written has those of the real face.

use std::collections::HashSet;

use lopdf::{Document, Object};
use rayon::prelude::*;

use super::super::sfnt::Tables;
use super::*;

/// The faces inside a file, unpacked.
fn faces_in(pdf: &Pdf) -> Vec<Vec<u8>> {
    let document = Document::load_mem(&pdf.bytes).expect("a PDF");
    let described = document.objects.values().filter_map(|object| object.as_dict().ok()?.get(b"FontFile2").ok());
    let numbers: Vec<_> = described.map(|face| face.as_reference().expect("a reference")).collect();
    let stream = |number| match document.get_object(number).expect("a face") {
        Object::Stream(stream) => stream.decompressed_content().expect("the face unpacked"),
        other => panic!("{other:?}"),
    };
    numbers.into_iter().map(stream).collect()
}

fn outlines(face: &[u8]) -> Vec<Vec<u8>> {
    let tables = Tables::read(face).expect("a TrueType face");
    let offsets = tables.offsets().expect("offsets");
    let glyf = tables.get(b"glyf").expect("outlines");
    offsets.windows(2).map(|pair| glyf[pair[0]..pair[1]].to_vec()).collect()
}

#[test]
fn every_glyph_in_a_file_has_the_outline_of_the_real_face() {
    let (body, issue) = sample("card.typ", Shape::Usual, Locale::Zh).expect("a card");
    let pdf = renderer().card(&body, &issue).expect("a PDF");
    let real: Vec<HashSet<Vec<u8>>> = ["Regular", "Bold"]
        .map(|weight| std::fs::read(format!("report-templates/fonts/NotoSansSC-{weight}.ttf.zst")).expect("a face"))
        .iter()
        .map(|packed| outlines(&zstd::decode_all(&packed[..]).expect("a face unpacked")).into_iter().collect())
        .collect();
    let embedded = faces_in(&pdf);
    assert_eq!(embedded.len(), 2, "regular and bold");
    for face in &embedded {
        let glyphs = outlines(face);
        assert!(glyphs.len() > 20, "only {} glyphs", glyphs.len());
        let drawn = glyphs.iter().filter(|glyph| !glyph.is_empty());
        let of_one_face = |known: &HashSet<Vec<u8>>| drawn.clone().all(|glyph| known.contains(glyph));
        assert!(real.iter().any(of_one_face), "an outline that the face does not have");
        assert_eq!(sum(face), 0xB1B0_AFBA, "the sum over the whole face");
    }
}

fn sum(bytes: &[u8]) -> u32 {
    bytes.chunks(4).fold(0, |sum, four| sum.wrapping_add(u32::from_be_bytes(four.try_into().expect("whole numbers"))))
}

#[test]
fn the_bytes_of_a_card_do_not_depend_on_what_was_rendered_before() {
    let renderer = renderer();
    let cards: Vec<_> = [Shape::Usual, Shape::Overflowing, Shape::Missing, Shape::Levels, Shape::Ledger]
        .into_iter()
        .flat_map(|shape| [Locale::Zh, Locale::En].map(|locale| sample("card.typ", shape, locale).expect("a card")))
        .collect();
    let render = |(body, issue): &(serde_json::Value, Issue)| renderer.card(body, issue).expect("a PDF").sha256;
    let forwards: Vec<String> = cards.iter().map(render).collect();
    let backwards: Vec<String> = cards.iter().rev().map(render).collect();
    assert!(forwards.iter().eq(backwards.iter().rev()), "another order gives other bytes");
    let at_once: Vec<String> = cards.par_iter().map(render).collect();
    assert_eq!(forwards, at_once, "several at once give other bytes");
}
