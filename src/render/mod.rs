//! Documents: an [`Appraisal`](crate::score::appraisal::Appraisal) becomes the PDF of an agent (card), of a manager (pack)
//! or of whoever reads a [report].
//!
//! Two steps, so that the first can be compared and kept: [`card_body`], [`pack_body`] and
//! [`report::report_body`] decide everything that the
//! reader sees and print every number exactly; [`Renderer`] only lays it out. Typst lives in this folder alone.

mod appeal;
mod axis;
mod bar;
mod body;
mod book;
mod card;
mod changes;
mod check;
mod clean;
mod compact;
mod comparison;
mod consequence;
mod contract;
mod correlation;
mod culprit;
mod deflate;
mod distribution;
mod export;
mod fault;
mod figures;
mod fixture;
mod fonts;
mod form;
mod glyphs;
mod group;
mod insight;
mod issue;
mod letter;
mod level;
mod line;
mod logo;
mod matrix;
mod metadata;
mod money;
mod movers;
mod outlines;
mod pack;
mod period_words;
mod reading;
mod renderer;
pub mod report;
mod sample;
mod section;
mod sfnt;
mod standing;
mod sum;
mod templates;
mod terse;
mod trend;
mod unmet;
mod world;

#[cfg(test)]
mod tests;

pub use appeal::appeal_of;
pub use body::digest;
pub use card::card_body;
pub use changes::changes;
pub use comparison::Everybody;
pub use export::Pdf;
pub use fault::RenderFault;
pub use fixture::Shape;
pub use form::{FormKind, check_sheet_body, rating_form_body};
pub use issue::{Change, House, Issue};
pub use letter::{Covering, alert_letter, any_letter, card_letter, pack_letter};
pub use metadata::subject_of;
pub use pack::pack_body;
pub use period_words::in_words as period_in_words;
pub use renderer::Renderer;
pub use sample::{sample, sample_letter};
pub use templates::shipped_templates;
