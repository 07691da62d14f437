//! Documents: an [`Appraisal`](crate::score::appraisal::Appraisal) becomes the PDF of an agent (card) or of a manager (pack).
//!
//! Two steps, so that the first can be compared and kept: [`card_body`] and [`pack_body`] decide everything that the
//! reader sees and print every number exactly; [`Renderer`] only lays it out. Typst lives in this folder alone.

mod bar;
mod body;
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
mod form;
mod glyphs;
mod group;
mod issue;
mod level;
mod line;
mod matrix;
mod money;
mod pack;
mod period_words;
mod renderer;
mod section;
mod standing;
mod sum;
mod templates;
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
pub use form::{FormKind, check_sheet_body, rating_form_body};
pub use issue::{Change, House, Issue};
pub use pack::pack_body;
pub use period_words::in_words as period_in_words;
pub use renderer::Renderer;
