//! Agents by lines: the rows of a pack that show who reached what.

use serde_json::{Value, json};

use super::bar::points_share;
use super::body::{said, step_of};
use super::clean::clean;
use super::figures::{lossless_places, number, short_number};
use super::level::{level_counts, level_share};
use super::line::has_points;
use super::standing::change_body;
use crate::exact::Exact;
use crate::score::appraisal::{Appraisal, Card, Line, LineKind, SchemeIdentity, Standing};
use crate::words::Locale;

/// The columns: the lines of the card that has most; all cards of a scheme have the same. Lines that are only shown and
/// give neither points nor levels are left to the cards.
pub(super) fn indicators_body(cards: &[&Card], locale: Locale) -> Value {
    columns(cards).map(|line| column_body(line, locale)).collect()
}

fn columns<'a>(cards: &[&'a Card]) -> impl Iterator<Item = &'a Line> {
    let says = |line: &Line| {
        let found = |card: &&Card| {
            card.lines.iter().any(|own| own.id == line.id && (printed(own).is_some() || own.level.is_some()))
        };
        line.kind != LineKind::Shown || cards.iter().any(found)
    };
    let lines = cards.iter().map(|card| &card.lines).max_by_key(|lines| lines.len());
    lines.into_iter().flatten().filter(|line| says(line)).collect::<Vec<_>>().into_iter()
}

fn column_body(line: &Line, locale: Locale) -> Value {
    json!({
        "id": clean(&line.id),
        "label": said(&line.label, locale),
        "weight": (line.kind == LineKind::Weighted).then(|| short_number(&line.weight, 2)),
        "full_marks": Some(&line.full_marks).filter(|full| **full > 0).map(|full| short_number(full, 2)),
    })
}

/// The scored agents by rank, with total, grade, change and the points of every line.
pub(super) fn ranking_body(appraisal: &Appraisal, cards: &[&Card], places: u32, locale: Locale) -> Value {
    let point_places = point_places(cards.iter().filter(|card| matches!(card.standing, Standing::Scored { .. })));
    let mut ranked: Vec<(u32, Value)> = Vec::new();
    for card in cards {
        let Standing::Scored { total, rank, grade, previous, .. } = &card.standing else { continue };
        let row = json!({
            "rank": rank,
            "id": clean(&card.agent.id),
            "name": clean(&card.agent.name),
            "total": number(total, places),
            "grade": said(grade, locale),
            "step": step_of(&appraisal.scheme, grade),
            "change": previous.as_ref().map(|previous| change_body(total, previous, places)),
            "cells": cells_body(appraisal, card, point_places, locale),
        });
        ranked.push((*rank, row));
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, row)| row).collect()
}

/// The agents of a scheme that makes no total, each line by its level or points.
pub(super) fn judged_body(appraisal: &Appraisal, cards: &[&Card], locale: Locale) -> Value {
    let judged = || cards.iter().filter(|card| card.standing.is_judged());
    let places = point_places(judged());
    let row = |card: &&Card| {
        json!({
            "id": clean(&card.agent.id),
            "name": clean(&card.agent.name),
            "levels": level_counts(&appraisal.scheme, card.lines.iter(), locale),
            "cells": cells_body(appraisal, card, places, locale),
        })
    };
    judged().map(row).collect()
}

/// Decimals of all points, so that they align.
fn point_places<'a>(cards: impl Iterator<Item = &'a &'a Card> + Clone) -> u32 {
    lossless_places(cards.flat_map(|card| &card.lines).filter_map(printed), 0).unwrap_or(1)
}

fn cells_body(appraisal: &Appraisal, card: &Card, places: u32, locale: Locale) -> Value {
    card.lines.iter().map(|line| cell_body(&appraisal.scheme, line, places, locale)).collect()
}

/// The points that are printed, if any are.
fn printed(line: &Line) -> Option<&Exact> {
    line.points.as_ref().filter(|_| has_points(line))
}

/// The level where there is one, else the points.
fn cell_body(scheme: &SchemeIdentity, line: &Line, places: u32, locale: Locale) -> Value {
    let level = line.level.as_ref();
    let points = printed(line).map(|points| number(points, places));
    let share = match level {
        Some(level) => Some(level_share(scheme, level)),
        None => points_share(line).map(|share| share.to_f64().clamp(0.0, 1.0)),
    };
    json!({
        "id": clean(&line.id),
        "text": level.map(|level| said(&level.label, locale)).or(points),
        "share": share,
        "status": line.status.word(),
    })
}
