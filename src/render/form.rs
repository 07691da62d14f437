//! Forms on paper: what the printable rating form and check sheet show.

use serde_json::{Value, json};

use super::body::said;
use super::clean::clean;
use super::issue::{House, house_body};
use super::period_words::in_words;
use crate::scheme::rater;
use crate::score::appraisal::Person;
use crate::score::forms::{Block, CheckSheet, Heading, Inspected, Line, RatingForm, shown};
use crate::words::Locale;

/// A form that is filled in on paper or on a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormKind {
    /// Items that people rate.
    Rating,
    /// Items that an inspector checks.
    Check,
}

impl FormKind {
    /// The word for it in names and documents for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rating => "rating-form",
            Self::Check => "check-sheet",
        }
    }
}

/// What a rating form shows: item by item with everybody who is rated on it.
pub fn rating_form_body(heading: &Heading, form: &RatingForm, house: &House, locale: Locale) -> Value {
    let mut body = heading_body(heading, house, locale);
    body["role"] = json!(said(&rater(&form.role), locale));
    body["team"] = json!({ "id": clean(&form.team_id), "name": clean(&form.team_name) });
    body["rater"] = json!(form.rater.as_ref().map(person));
    body["items"] = form.blocks.iter().map(|block| block_body(block, locale)).collect();
    body
}

/// What a check sheet shows: a list for each inspected person or site, chapter by chapter.
pub fn check_sheet_body(heading: &Heading, sheet: &CheckSheet, house: &House, locale: Locale) -> Value {
    let mut body = heading_body(heading, house, locale);
    body["name"] = json!(clean(&sheet.name));
    body["of_site"] = json!(sheet.of_site);
    body["inspected"] = sheet.inspected.iter().map(|one| inspected(one, locale)).collect();
    body
}

fn heading_body(heading: &Heading, house: &House, locale: Locale) -> Value {
    let day = heading.period.last_day();
    json!({
        "locale": locale.tag(),
        "house": house_body(house, locale),
        "period": { "words": in_words(&heading.period, locale), "day": day.format("%Y-%m-%d").to_string() },
        "scheme": {
            "title": said(&heading.title, locale),
            "version": clean(&heading.version),
            "hash": heading.hash.chars().take(12).collect::<String>(),
        },
        "remarks": heading.remarks.iter().map(|one| json!(said(one, locale))).collect::<Vec<_>>(),
    })
}

fn person(person: &Person) -> Value {
    json!({ "id": clean(&person.id), "name": clean(&person.name) })
}

fn block_body(block: &Block, locale: Locale) -> Value {
    let item = &block.item;
    let level = |level: &crate::score::forms::RatingLevel| json!({ "label": said(&level.label, locale), "points": level.points.as_ref().map(shown) });
    json!({
        "label": said(&item.label, locale),
        "about": item.about.as_ref().map(|about| said(about, locale)),
        "max": shown(&item.max),
        "levels": item.levels.iter().map(level).collect::<Vec<_>>(),
        "people": block.people.iter().map(person).collect::<Vec<_>>(),
    })
}

fn inspected(one: &Inspected, locale: Locale) -> Value {
    let mut chapters: Vec<(Option<&String>, Vec<Value>)> = Vec::new();
    for line in &one.lines {
        let chapter = line.item.chapter.as_ref();
        if chapters.last().is_none_or(|(last, _)| *last != chapter) {
            chapters.push((chapter, Vec::new()));
        }
        if let Some((_, lines)) = chapters.last_mut() {
            lines.push(line_body(line, locale));
        }
    }
    let label_of = |chapter: Option<&String>| {
        let line = one.lines.iter().find(|line| line.item.chapter.as_ref() == chapter)?;
        let label = line.item.chapter_label.as_ref().map(|label| said(label, locale));
        label.or_else(|| chapter.map(|chapter| clean(chapter)))
    };
    let chapters = chapters.into_iter().map(|(chapter, lines)| json!({ "label": label_of(chapter), "lines": lines }));
    json!({ "who": person(&one.who), "chapters": chapters.collect::<Vec<_>>() })
}

fn line_body(line: &Line, locale: Locale) -> Value {
    let answer = match (line.item.computed, line.applies) {
        (true, _) => "computed",
        (false, false) => "not-applicable",
        (false, true) => "asked",
    };
    json!({
        "id": clean(&line.item.id),
        "text": said(&line.item.text, locale),
        "critical": line.item.critical,
        "answer": answer,
    })
}
