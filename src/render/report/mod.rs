//! Documents beside card and pack: one file per kind.

mod alert;
mod improvement;
mod tracking;

use serde_json::{Value, json};

use super::body::{period_body, said, scheme_body};
use super::clean::clean;
use super::issue::{House, house_body};
use super::pack::named_or;
use crate::score::appraisal::{Appraisal, Card, Team};
use crate::words::{Bilingual, Locale};

/// What every report says about itself.
fn head(kind: &str, title: &Bilingual, appraisal: &Appraisal, house: &House, locale: Locale) -> Value {
    json!({
        "kind": kind,
        "locale": locale.tag(),
        "house": house_body(house, locale),
        "period": period_body(&appraisal.period, locale),
        "scheme": scheme_body(&appraisal.scheme, locale),
        "title": said(title, locale),
    })
}

/// A team as the subject of a report.
fn team_subject(team: &Team) -> Value {
    json!({
        "id": clean(&team.id),
        "name": named_or(&team.name, &team.id),
        "manager": team.manager.as_ref().map(|manager| clean(&manager.name)),
    })
}

pub fn tracking_body(appraisal: &Appraisal, team: &Team, house: &House, locale: Locale) -> Option<Value> {
    tracking::body(appraisal, team, house, locale)
}
pub fn alert_body(appraisal: &Appraisal, team: &Team, house: &House, locale: Locale) -> Option<Value> {
    alert::body(appraisal, team, house, locale)
}
pub fn improvement_body(appraisal: &Appraisal, card: &Card, house: &House, locale: Locale) -> Option<Value> {
    improvement::body(appraisal, card, house, locale)
}
