//! Pages pinned by hash: whoever changes how a document looks sees which documents that are, and means it.

use sha2::{Digest, Sha256};

use super::super::sample;
use super::*;

/// What to do when a page changed, in the failure itself.
const ADVICE: &str = "the bytes of these pages changed: look at each with `scorepost preview NAME --fixture SHAPE`; \
    when they are as you mean them, accept with `INSTA_UPDATE=always cargo test --lib pinned`, write `.ci/pictures --accept` \
    if they look different, and say in CHANGELOG.md that unchanged data prints otherwise";

/// The documents that are pinned.
const PINNED: [(&str, Shape, Locale); 8] = [
    ("card.typ", Shape::Usual, Locale::Zh),
    ("card.typ", Shape::Overflowing, Locale::En),
    ("card.typ", Shape::Hostile, Locale::Zh),
    ("pack.typ", Shape::Usual, Locale::Zh),
    ("ranking.typ", Shape::Usual, Locale::En),
    ("result-sheet.typ", Shape::Usual, Locale::Zh),
    ("improvement-plan.typ", Shape::Usual, Locale::Zh),
    ("rating-form.typ", Shape::Usual, Locale::En),
];

#[test]
fn pinned_pages_are_the_same_bytes() {
    let renderer = renderer();
    let hash = |(template, shape, locale): (&str, Shape, Locale)| {
        let (body, issue) = sample(template, shape, locale).expect("a sample");
        let (pdf, found) = renderer.preview(template, &body, &issue).expect("a template of this name");
        let pdf = pdf.unwrap_or_else(|| panic!("{template}: {found}"));
        let hash = hex::encode(Sha256::digest(&pdf.bytes));
        format!("{template} {} {}: {} of {} pages", shape.word(), locale.tag(), &hash[..16], pdf.pages)
    };
    let hashes: Vec<String> = PINNED.into_iter().map(hash).collect();
    insta::with_settings!({ description => ADVICE, omit_expression => true }, {
        insta::assert_snapshot!("pages", hashes.join("\n"));
    });
}
