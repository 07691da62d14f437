//! What the bodies of card and pack have in common.

use chrono::Datelike;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::clean::clean;
use super::pack::named_or;
use super::period_words::in_words;
use crate::period::Period;
use crate::score::appraisal::{Appraisal, Person, SchemeIdentity};
use crate::words::{Bilingual, Locale};

/// What a card says about its agent; the rest of the body is company, colours, and the company of others.
const OWN: [&str; 13] = [
    "kind",
    "locale",
    "period",
    "agent",
    "standing",
    "lines",
    "unmet",
    "marks",
    "money",
    "proposals",
    "duties",
    "remarks",
    "attendance",
];

/// SHA-256 of what a document states, hexadecimal: another digest is another edition.
///
/// A card is re-issued when it says something else about its agent, not when the mean of the team, an earlier month, the
/// colour of the house or a comment in the scheme's file changed.
pub fn digest(body: &Value) -> String {
    let stated = match body["kind"].as_str() {
        Some("card") => {
            let own: serde_json::Map<String, Value> =
                OWN.iter().map(|key| ((*key).to_owned(), body[*key].clone())).collect();
            json!({ "own": own, "team": body["team"]["name"], "scheme": titled(body) })
        }
        _ => {
            let mut whole = body.clone();
            whole["house"] = Value::Null;
            whole["scheme"] = titled(body);
            whole
        }
    };
    hex::encode(Sha256::digest(stated.to_string().as_bytes()))
}

/// The scheme without its file's hash.
fn titled(body: &Value) -> Value {
    json!([body["scheme"]["title"], body["scheme"]["version"]])
}

pub(super) fn period_body(period: &Period, locale: Locale) -> Value {
    let last = period.last_day();
    json!({
        "id": period.to_string(),
        "words": in_words(period, locale),
        "first": period.start.to_string(),
        "last": last.to_string(),
        "year": last.year(),
        "month": last.month(),
        "day": last.day(),
    })
}

pub(super) fn scheme_body(scheme: &SchemeIdentity, locale: Locale) -> Value {
    json!({
        "title": said(&scheme.title, locale),
        "version": clean(&scheme.version),
        "hash": scheme.hash.chars().take(8).collect::<String>(),
        "full_marks": scheme.has_full_marks.then(|| scheme.full_marks.trimmed(2)),
        "has_total": scheme.has_total,
    })
}

pub(super) fn person_body(person: &Person) -> Value {
    json!({ "id": clean(&person.id), "name": named_or(&person.name, &person.id) })
}

/// The grades from best to worst with their places on the scale of the total, for drawing.
pub(super) fn grades_body(appraisal: &Appraisal, locale: Locale) -> Value {
    let full = &appraisal.scheme.full_marks;
    let grades = appraisal.scheme.grades.iter().map(|(label, from)| {
        json!({
            "label": said(label, locale),
            "from": from.as_ref().map(|from| from.trimmed(2)),
            "at": from.as_ref().and_then(|from| from.checked_div(full)).map(|share| share.to_f64()),
        })
    });
    grades.collect()
}

/// How far down the ladder a grade stands, nought for the best.
pub(super) fn step_of(scheme: &SchemeIdentity, grade: &Bilingual) -> usize {
    scheme.grades.iter().position(|(label, _)| label == grade).unwrap_or(scheme.grades.len())
}

/// A text of the scheme or of scoring in the reader's language, fit to be printed.
pub(super) fn said(text: &Bilingual, locale: Locale) -> String {
    clean(text.get(locale))
}

pub(super) fn all_said(texts: &[Bilingual], locale: Locale) -> Vec<String> {
    texts.iter().map(|text| said(text, locale)).filter(|text| !text.is_empty()).collect()
}
