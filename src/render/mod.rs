//! Documents: an [`Appraisal`](crate::score::appraisal::Appraisal) becomes the PDF of an agent (card), of a manager (pack)
//! or of whoever reads a [report].
//!
//! Two steps, so that the first can be compared and kept: [`card_body`], [`pack_body`] and
//! [`report::report_body`] decide everything that the
//! reader sees and print every number exactly; [`Renderer`] only lays it out. Typst lives in this folder alone.

mod axis;
mod bar;
mod body;
mod book;
mod card;
mod changes;
mod check;
mod clean;
mod consequence;
mod distribution;
mod export;
mod fault;
mod figures;
mod fixture;
mod fonts;
mod glyphs;
mod group;
mod insight;
mod issue;
mod level;
mod line;
mod matrix;
mod money;
mod movers;
mod pack;
mod period_words;
mod renderer;
pub mod report;
mod section;
mod standing;
mod sum;
mod templates;
mod terse;
mod trend;
mod unmet;
mod world;

#[cfg(test)]
mod tests;

pub use body::digest;
pub use card::card_body;
pub use changes::changes;
pub use export::{Pdf, subject_of};
pub use fault::RenderFault;
pub use issue::{Change, House, Issue};
pub use pack::pack_body;
pub use period_words::in_words as period_in_words;
pub use renderer::Renderer;
