//! Invented documents and letters, on which templates are checked and previewed.

use serde_json::Value;

use super::fixture::{Shape, appraisal, check_sheet, everybody, heading, house, issue, rating_form, reports, shop};
use super::form::{check_sheet_body, rating_form_body};
use super::letter::{Covering, alert_letter, card_letter, pack_letter};
use super::report::{About, report_body};
use super::{Issue, appeal_of, card_body, pack_body};
use crate::words::Locale;

/// What the template of this name, such as `card.typ`, is given; `None` for a template that makes no document.
pub fn sample(template: &str, shape: Shape, locale: Locale) -> Option<(Value, Issue)> {
    let (appraisal, house) = (appraisal(shape), house());
    let body = match template {
        "card.typ" => card_body(&appraisal, appraisal.cards.first()?, &house, locale),
        "pack.typ" => pack_body(&appraisal, appraisal.teams.first()?, &everybody(shape), &house, locale),
        "rating-form.typ" => rating_form_body(&heading(shape), &rating_form(shape), &house, locale),
        "check-sheet.typ" => check_sheet_body(&heading(shape), &check_sheet(shape), &house, locale),
        _ => report(template, shape, locale)?,
    };
    Some((body, issue(shape)))
}

/// The invented report that a template shows; `None` where such people leave it nothing to say.
fn report(template: &str, shape: Shape, locale: Locale) -> Option<Value> {
    let shop = shop(shape);
    let report = reports().into_iter().find(|report| template.strip_suffix(".typ") == Some(report.kind.word()))?;
    let about = About::all(report.of, &shop).into_iter().next()?;
    report_body(&shop, &report, (about, "presale-1"), &house(), locale)
}

/// What the letter with such a document, `card`, `pack` or `alert`, is given; `None` for another kind.
pub fn sample_letter(kind: &str, shape: Shape, locale: Locale) -> Option<Value> {
    let (body, issue) = sample(&format!("{kind}.typ"), shape, locale)?;
    let appraisal = appraisal(shape);
    let manager = appraisal.teams.first()?.manager.as_ref()?;
    let appeal = appeal_of(&body, issue.cut_off, issue.zone, &issue.calendar);
    let covering = Covering {
        edition: issue.edition,
        changed: &issue.changed,
        answered_by: Some(&manager.name),
        appeal: &appeal,
        link: issue.link.as_deref(),
        lock: None,
    };
    match kind {
        "card" => Some(card_letter(&body, covering)),
        "pack" => Some(pack_letter(&body, covering, (&manager.id, &manager.name))),
        "alert" => Some(alert_letter(&body, covering, Some(&manager.name))),
        _ => None,
    }
}
