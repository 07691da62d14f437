//! The promises of documents, tried on the invented appraisals.

mod bodies;
mod cards;
mod charts;
mod documents;
mod faces;
mod following;
mod kinds;
mod pages;
mod proofs;
mod reports;

use serde_json::Value;
use typst::layout::{Frame, FrameItem};

use super::fixture::{Shape, appraisal, everybody, house};
use super::*;
use crate::words::Locale;

fn renderer() -> Renderer {
    Renderer::open(None, None).expect("the embedded templates and fonts")
}

fn first_card(shape: Shape, locale: Locale) -> Value {
    let appraisal = appraisal(shape);
    card_body(&appraisal, &appraisal.cards[0], &house(), locale)
}

fn first_pack(shape: Shape, locale: Locale) -> Value {
    let appraisal = appraisal(shape);
    pack_body(&appraisal, &appraisal.teams[0], &everybody(shape), &house(), locale)
}

/// All strings of a frame and of the frames in it.
pub(super) fn collect_text(frame: &Frame, into: &mut Vec<String>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => collect_text(&group.frame, into),
            FrameItem::Text(text) => into.push(text.text.to_string()),
            _ => {}
        }
    }
}
