//! Who stands where: places, totals, grades, how they moved, and the points of every indicator.

use serde_json::{Value, json};

use super::{Matter, first_rows, is_scored, own_line, people, rows};
use crate::job::Shown;
use crate::render::body::{grades_body, said};
use crate::render::clean::clean;
use crate::render::matrix::{indicators_body, ranking_body};
use crate::render::pack::{named_or, places_of};
use crate::score::appraisal::{Card, Standing};
use crate::words::Locale;

pub(super) fn body(matter: &Matter<'_>) -> Option<Value> {
    let cards = matter.cards();
    if !cards.iter().any(|card| is_scored(card)) {
        return None;
    }
    let shows = |shown| matter.shows(shown);
    Some(json!({
        "shows": {
            "total": shows(Shown::Total), "grade": shows(Shown::Grade),
            "change": shows(Shown::Change) && any_moved(matter, &cards), "points": shows(Shown::Points),
        },
        "grades": if shows(Shown::Grade) { grades_body(matter.appraisal, matter.locale) } else { json!([]) },
        "indicators": if shows(Shown::Points) { indicators_body(&cards, matter.locale) } else { json!([]) },
        "tables": tables(matter, &cards),
        "unscored": unscored(matter, &cards),
        "withheld": matter.withheld(),
    }))
}

/// One table of all where all are ranked with each other, else one for each team.
pub(super) fn tables(matter: &Matter<'_>, cards: &[&Card]) -> Value {
    let all = || matter.about.cards(matter.appraisal).into_iter().filter(|card| is_scored(card));
    let everybody = all().count();
    let together = all().all(|card| matches!(card.standing, Standing::Scored { of, .. } if of as usize >= everybody));
    let teams = matter.about.teams(matter.appraisal);
    if together || teams.len() == 1 {
        return json!([table(matter, None, cards)]);
    }
    let of_team = |id: &str| -> Vec<&Card> { cards.iter().copied().filter(|card| card.team_id == id).collect() };
    let tables = teams.into_iter().map(|team| (named_or(&team.name, &team.id), of_team(&team.id)));
    tables
        .filter(|(_, own)| own.iter().any(|card| is_scored(card)))
        .map(|(name, own)| table(matter, Some(name), &own))
        .collect()
}

fn table(matter: &Matter<'_>, team: Option<String>, cards: &[&Card]) -> Value {
    let mut scored: Vec<&Card> = cards.iter().copied().filter(|card| is_scored(card)).collect();
    scored.sort_by_key(|card| rank(card));
    let printed = ranking_body(matter.appraisal, &scored, places_of(matter.appraisal, &scored), matter.locale);
    let of = scored.first().map_or(0, |card| match card.standing {
        Standing::Scored { of, .. } => of,
        Standing::NotScored { .. } => 0,
    });
    let rows = printed.as_array().into_iter().flatten().zip(&scored);
    json!({ "team": team, "of": of, "rows": rows.map(|(row, card)| row_body(matter, row, card, &scored)).collect::<Vec<_>>() })
}

/// A row of the pack, without what the report does not show, and with what moved.
fn row_body(matter: &Matter<'_>, row: &Value, card: &Card, all: &[&Card]) -> Value {
    let shown = |shown: Shown, key: &str| match matter.shows(shown) {
        true => row[key].clone(),
        false => Value::Null,
    };
    let tied = all.iter().filter(|other| rank(other) == rank(card)).count() > 1;
    json!({
        "rank": row["rank"],
        "tied": tied,
        "id": row["id"],
        "name": row["name"],
        "team": clean(&card.team_name),
        "total": shown(Shown::Total, "total"),
        "at": if matter.shows(Shown::Total) { at(matter, card) } else { Value::Null },
        "grade": shown(Shown::Grade, "grade"),
        "step": shown(Shown::Grade, "step"),
        "moved": if matter.shows(Shown::Change) { moved(matter, card) } else { Value::Null },
        "cells": shown(Shown::Points, "cells"),
    })
}

/// Where the total lies on the scale of the scheme, for drawing.
fn at(matter: &Matter<'_>, card: &Card) -> Value {
    let Standing::Scored { total, .. } = &card.standing else { return Value::Null };
    let share = total.checked_div(&matter.appraisal.scheme.full_marks);
    json!(share.map(|share| share.to_f64().clamp(0.0, 1.0)))
}

fn rank(card: &Card) -> u32 {
    match card.standing {
        Standing::Scored { rank, .. } => rank,
        Standing::NotScored { .. } => u32::MAX,
    }
}

/// Whether anybody had a place in the period before.
pub(super) fn any_moved(matter: &Matter<'_>, cards: &[&Card]) -> bool {
    cards.iter().any(|card| place_before(matter, card).is_some())
}

fn place_before(matter: &Matter<'_>, card: &Card) -> Option<u32> {
    let before = card.trend.last().filter(|point| point.period == matter.appraisal.period.previous())?;
    before.place.map(|(place, _)| place)
}

/// By how many places somebody rose or fell since the period before; `new` for those without a place in it.
fn moved(matter: &Matter<'_>, card: &Card) -> Value {
    let Some(before) = place_before(matter, card) else { return json!({ "way": "new", "by": 0 }) };
    let now = rank(card);
    let way = match now.cmp(&before) {
        std::cmp::Ordering::Less => "up",
        std::cmp::Ordering::Equal => "same",
        std::cmp::Ordering::Greater => "down",
    };
    json!({ "way": way, "by": now.abs_diff(before) })
}

/// Who has no place; the reason is for those who lead them.
pub(super) fn unscored(matter: &Matter<'_>, cards: &[&Card]) -> Value {
    let row = |card: &&Card| match &card.standing {
        Standing::NotScored { reason } => Some(json!({
            "id": clean(&card.agent.id),
            "name": clean(&card.agent.name),
            "team": clean(&card.team_name),
            "reason": (!matter.report.is_public()).then(|| said(reason, matter.locale)),
        })),
        Standing::Scored { .. } => None,
    };
    cards.iter().filter_map(row).collect()
}

/// Says how many have a place, who leads, and where the reader stands.
pub(super) fn brief(body: &Value, reader: Option<&str>, locale: Locale) -> Value {
    let count = rows(body).count();
    let first: Vec<&str> = rows(body).filter(|row| row["rank"] == 1).filter_map(|row| row["name"].as_str()).collect();
    let names = first.iter().take(3).copied().collect::<Vec<_>>().join(locale.say("、", ", "));
    json!({
        "facts": [
            { "label": locale.say("参加排名", "ranked"), "value": people(count, locale) },
            { "label": locale.say("第一名", "first"), "value": if first.len() > 3 { format!("{names}…") } else { names } },
        ],
        "table": first_rows(body, 5, locale),
        "own": own_line(body, reader, locale),
        "note": null,
    })
}
