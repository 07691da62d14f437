//! The proof of the templates: each is rendered with data that is poor, too much, hostile or missing.

use rayon::prelude::*;

use super::fixture::{Shape, appraisal, check_sheet, everybody, heading, house, issue, rating_form, reports, shop};
use super::form::{FormKind, check_sheet_body, rating_form_body};
use super::renderer::Renderer;
use super::report::{About, report_body};
use super::{card_body, pack_body};
use crate::diag::Diagnostics;
use crate::words::Locale;

/// What the templates are tried with, the likeliest first.
const TRIALS: [(Shape, Locale); 9] = [
    (Shape::Usual, Locale::Zh),
    (Shape::Usual, Locale::En),
    (Shape::Ledger, Locale::Zh),
    (Shape::Ledger, Locale::En),
    (Shape::Levels, Locale::Zh),
    (Shape::Minimal, Locale::Zh),
    (Shape::Overflowing, Locale::En),
    (Shape::Hostile, Locale::Zh),
    (Shape::Missing, Locale::Zh),
];

impl Renderer {
    /// Everything wrong with the templates, placed in their files, from the first trial that finds an error; empty
    /// when all templates can be used.
    pub fn check(&self) -> Diagnostics {
        let found: Vec<Diagnostics> = TRIALS.par_iter().map(|(shape, locale)| self.trial(*shape, *locale)).collect();
        found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    }

    fn trial(&self, shape: Shape, locale: Locale) -> Diagnostics {
        let (appraisal, house, issue) = (appraisal(shape), house(), issue(shape));
        let mut found = Diagnostics::new();
        for card in appraisal.cards.first().into_iter().chain(appraisal.cards.last()) {
            found.extend(self.proof(self.card, &card_body(&appraisal, card, &house, locale), &issue));
        }
        for team in &appraisal.teams {
            found.extend(self.proof(
                self.pack,
                &pack_body(&appraisal, team, &everybody(shape), &house, locale),
                &issue,
            ));
        }
        if !matches!((shape, locale), (Shape::Ledger | Shape::Levels, _) | (Shape::Usual, Locale::Zh)) {
            found.extend(self.trial_of_reports(shape, locale));
        }
        found.extend(self.trial_of_forms(shape, locale));
        found
    }

    /// Every report about everybody, and about one team.
    fn trial_of_reports(&self, shape: Shape, locale: Locale) -> Diagnostics {
        let (appraisal, house, issue) = (shop(shape), house(), issue(shape));
        let mut found = Diagnostics::new();
        for report in reports() {
            for about in About::all(report.of, &appraisal).into_iter().take(1) {
                if let Some(body) = report_body(&appraisal, &report, (about, "presale-1"), &house, locale) {
                    found.extend(self.proof(self.template_of(report.kind), &body, &issue));
                }
            }
        }
        found
    }

    /// Both forms.
    fn trial_of_forms(&self, shape: Shape, locale: Locale) -> Diagnostics {
        let (heading, house, issue) = (heading(shape), house(), issue(shape));
        let mut found = Diagnostics::new();
        let rating = rating_form_body(&heading, &rating_form(shape), &house, locale);
        found.extend(self.proof(self.form_template(FormKind::Rating), &rating, &issue));
        let checks = check_sheet_body(&heading, &check_sheet(shape), &house, locale);
        found.extend(self.proof(self.form_template(FormKind::Check), &checks, &issue));
        found
    }
}
