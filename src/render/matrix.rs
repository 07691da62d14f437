//! Agents by lines: the rows of a pack that show who reached what.

use serde_json::{Value, json};

use super::bar::points_share;
use super::body::{said, step_of};
use super::clean::clean;
use super::figures::{lossless_places, number, short_number};
use super::level::{level_counts, level_share};
use super::line::has_points;
use super::movers::climbed;
use super::pack::scored;
use super::standing::change_body;
use crate::exact::Exact;
use crate::score::appraisal::{Appraisal, Card, Line, LineKind, SchemeIdentity, Standing};
use crate::words::Locale;

/// At most so many agents share a marked end of a column, and at most one in so many.
const MOST_ENDS: usize = 3;

/// The columns: the lines of the card that has most; all cards of a scheme have the same. Lines that are only shown and
/// give neither points nor levels are left to the cards.
pub(super) fn indicators_body(cards: &[&Card], locale: Locale) -> Value {
    columns(cards).map(|line| column_body(line, locale)).collect()
}

pub(super) fn columns<'a>(cards: &[&'a Card]) -> impl Iterator<Item = &'a Line> {
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
    let scored: Vec<&Card> =
        cards.iter().copied().filter(|card| matches!(card.standing, Standing::Scored { .. })).collect();
    let ends = ends(&scored);
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
            "climbed": climbed(card, *rank, &appraisal.period),
            "cells": cells_body(appraisal, card, point_places, &ends, locale),
        });
        ranked.push((*rank, row));
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, row)| row).collect()
}

/// The mean points of each column over the scored agents who have any, as the cells of one more row.
pub(super) fn means_body(cards: &[&Card]) -> Value {
    let mean = |column: &Line| {
        let mean = mean_points(cards, column)?;
        let share = mean.checked_div(&column.full_marks).map(|share| share.to_f64().clamp(0.0, 1.0));
        Some(
            json!({ "id": clean(&column.id), "text": number(&mean, 1), "share": share, "status": "final", "end": null }),
        )
    };
    columns(cards).filter_map(mean).collect()
}

/// The mean points of a column over the scored agents who have any.
pub(super) fn mean_points(cards: &[&Card], column: &Line) -> Option<Exact> {
    let points: Vec<&Exact> = scored(cards).filter_map(|(card, _)| point_of(card, column)).collect();
    points.iter().copied().cloned().sum::<Exact>().checked_div(&Exact::whole(points.len() as i64))
}

/// The points of a card in a column that is told by points.
pub(super) fn point_of<'a>(card: &'a Card, column: &Line) -> Option<&'a Exact> {
    card.lines.iter().find(|line| line.id == column.id).and_then(counted_points)
}

/// The points of a line that is told by points, not by a level.
pub(super) fn counted_points(line: &Line) -> Option<&Exact> {
    printed(line).filter(|_| line.level.is_none())
}

/// The greatest and the least points of a column.
struct Ends<'a> {
    line: &'a str,
    best: Option<&'a Exact>,
    worst: Option<&'a Exact>,
}

/// The ends of every column; one that more than three share, or more than a third of the agents, stands out for nobody.
fn ends<'a>(cards: &[&'a Card]) -> Vec<Ends<'a>> {
    let of = |column: &'a Line| {
        let lines = cards.iter().flat_map(|card| &card.lines).filter(|line| line.id == column.id);
        let points: Vec<&Exact> = lines.filter(|line| line.level.is_none()).filter_map(printed).collect();
        let (best, worst) = (*points.iter().max()?, *points.iter().min()?);
        let few = |end: &&Exact| {
            let sharing = points.iter().filter(|one| *one == end).count();
            sharing <= MOST_ENDS && sharing * MOST_ENDS <= points.len()
        };
        Some(Ends { line: &column.id, best: Some(best).filter(few), worst: Some(worst).filter(few) })
    };
    columns(cards).filter_map(of).collect()
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
            "cells": cells_body(appraisal, card, places, &[], locale),
        })
    };
    judged().map(row).collect()
}

/// Decimals of all points, so that they align.
fn point_places<'a>(cards: impl Iterator<Item = &'a &'a Card> + Clone) -> u32 {
    lossless_places(cards.flat_map(|card| &card.lines).filter_map(printed), 0).unwrap_or(1)
}

fn cells_body(appraisal: &Appraisal, card: &Card, places: u32, ends: &[Ends<'_>], locale: Locale) -> Value {
    let end = |line: &Line| {
        let (ends, points) = (ends.iter().find(|ends| ends.line == line.id)?, printed(line));
        let is = |end: Option<&Exact>| end.is_some() && end == points;
        if is(ends.best) { Some("best") } else { is(ends.worst).then_some("worst") }
    };
    card.lines.iter().map(|line| cell_body(&appraisal.scheme, line, places, end(line), locale)).collect()
}

/// The points that are printed, if any are.
fn printed(line: &Line) -> Option<&Exact> {
    line.points.as_ref().filter(|_| has_points(line))
}

/// The level where there is one, else the points.
fn cell_body(scheme: &SchemeIdentity, line: &Line, places: u32, end: Option<&str>, locale: Locale) -> Value {
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
        "end": end,
    })
}
