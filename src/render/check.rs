//! The proof of the templates: each is rendered with data that is poor, too much, hostile or missing.

use super::fixture::{Shape, appraisal, house, issue};
use super::renderer::Renderer;
use super::{card_body, pack_body};
use crate::diag::Diagnostics;
use crate::words::Locale;

impl Renderer {
    /// Everything wrong with the templates, placed in their files; empty when all can be used.
    pub fn check(&self) -> Diagnostics {
        let mut found = Diagnostics::new();
        for shape in Shape::ALL {
            for locale in [Locale::Zh, Locale::En] {
                self.check_shape(shape, locale, &mut found);
            }
            if found.has_errors() {
                break;
            }
        }
        found
    }

    fn check_shape(&self, shape: Shape, locale: Locale, found: &mut Diagnostics) {
        let (appraisal, house, issue) = (appraisal(shape), house(), issue(shape));
        for card in appraisal.cards.iter().take(2) {
            found.extend(self.proof("card", &card_body(&appraisal, card, &house, locale), &issue));
        }
        for team in &appraisal.teams {
            found.extend(self.proof("pack", &pack_body(&appraisal, team, &house, locale), &issue));
        }
    }
}
