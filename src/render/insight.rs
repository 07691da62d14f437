//! Charts for information on a pack: a value over days, agents by days, a distribution.

use chrono::{Datelike, Weekday};
use serde_json::{Value, json};

use super::axis::Axis;
use super::body::said;
use super::clean::clean;
use super::figures::{number, with_unit};
use super::terse::Terse;
use crate::exact::Exact;
use crate::score::appraisal::{
    Appraisal, Card, CountedThing, Course, Direction, Field, Insight, Measured, Person, Picture, Span, Spread, Team,
    Unit,
};
use crate::words::Locale;

/// The charts about one team, in the scheme's order.
pub(super) fn insights_body(appraisal: &Appraisal, team: &Team, cards: &[&Card], locale: Locale) -> Value {
    let own = appraisal.insights.iter().filter(|insight| insight.team_id == team.id);
    own.map(|insight| insight_body(insight, cards, locale)).collect()
}

fn insight_body(insight: &Insight, cards: &[&Card], locale: Locale) -> Value {
    let (chart, picture) = match &insight.picture {
        Picture::Course(course) => ("course", course_body(insight, course, locale)),
        Picture::Field(field) => ("field", field_body(insight, field, cards, locale)),
        Picture::Spread(spread) => ("spread", spread_body(insight, spread, locale)),
    };
    let (title, label) = (said(&insight.title, locale), said(&insight.label, locale));
    json!({
        "id": clean(&insight.id),
        "chart": chart,
        "label": Some(label).filter(|label| *label != title),
        "title": title,
        "provisional": insight.provisional,
        "picture": picture,
    })
}

fn whole(insight: &Insight, value: Option<&Exact>, locale: Locale) -> Option<String> {
    value.map(|value| with_unit(value, insight.unit, insight.decimals, locale))
}

fn course_body(insight: &Insight, course: &Course, locale: Locale) -> Value {
    let values = || course.points.iter().filter_map(|(_, measured)| measured.as_ref()?.value.as_ref());
    let drawn = || values().chain(&course.whole).chain(&course.shop);
    let terse = Terse::of(values(), insight.unit, insight.decimals.min(1), locale);
    let scaled: Vec<Exact> = drawn().map(|value| terse.scaled(value)).collect();
    let Some(axis) = Axis::round(with_room(&scaled).iter()) else { return Value::Null };
    let at = |value: Option<&Exact>| value.map(|value| axis.at(&terse.scaled(value)));
    let (low, high) = (values().min(), values().max());
    let end = |value: &Exact| match low == high {
        true => None,
        false if Some(value) == high => Some("high"),
        false => (Some(value) == low).then_some("low"),
    };
    let value_of = |measured: &Option<Measured>| measured.as_ref().and_then(|one| one.value.clone());
    let (above, below) =
        (column(course, locale, |one| Some(&one.numerator)), column(course, locale, |one| one.denominator.as_ref()));
    let points = course.points.iter().enumerate().map(|(place, (span, measured))| {
        let value = value_of(measured);
        json!({
            "label": span_label(course.points.get(place.wrapping_sub(1)).map(|(span, _)| span), span, locale),
            "weekday": weekday(span, locale),
            "weekend": is_weekend(span),
            "value": value.as_ref().map(|value| terse.print(value)),
            "at": at(value.as_ref()),
            "end": value.as_ref().and_then(end),
            "numerator": above[place],
            "denominator": below[place],
        })
    });
    let has_parts = below.iter().any(Option::is_some);
    json!({
        "unit": terse.unit,
        "ticks": axis.ticks(),
        "points": points.collect::<Vec<_>>(),
        "parts": has_parts,
        "whole": whole(insight, course.whole.as_ref(), locale),
        "whole_at": at(course.whole.as_ref()),
        "shop": whole(insight, course.shop.as_ref(), locale),
        "shop_at": at(course.shop.as_ref()),
        "before": whole(insight, course.before.as_ref(), locale),
    })
}

/// The least and the greatest value with room for their numbers beyond them, but not below nought for it.
fn with_room(values: &[Exact]) -> Vec<Exact> {
    let (Some(low), Some(high)) = (values.iter().min(), values.iter().max()) else { return Vec::new() };
    let room = (high.clone() - low.clone()) * Exact::scaled(16, 2);
    let below = low.clone() - room.clone();
    vec![if below.is_negative() && !low.is_negative() { Exact::zero() } else { below }, high.clone() + room]
}

/// A row of whole or shortened numbers below a chart.
fn column(course: &Course, locale: Locale, part: fn(&Measured) -> Option<&Exact>) -> Vec<Option<String>> {
    let values = || course.points.iter().filter_map(|(_, measured)| part(measured.as_ref()?));
    let terse = Terse::of(values(), Unit::Count, 1, locale);
    let cell = |measured: &Option<Measured>| Some(terse.print(part(measured.as_ref()?)?));
    course.points.iter().map(|(_, measured)| cell(measured)).collect()
}

/// The day of the month; with its month where another begins, or as seven days where it is that many.
fn span_label(before: Option<&Span>, span: &Span, locale: Locale) -> String {
    let day = |day: &chrono::NaiveDate| match locale {
        Locale::Zh => format!("{}/{}", day.month(), day.day()),
        Locale::En => day.format("%-d %b").to_string(),
    };
    match before {
        _ if span.first != span.last => day(&span.first),
        Some(before) if before.first.month() == span.first.month() => span.first.day().to_string(),
        _ if span.first.day() == 1 => "1".to_owned(),
        _ => day(&span.first),
    }
}

fn is_weekend(span: &Span) -> bool {
    span.first == span.last && matches!(span.first.weekday(), Weekday::Sat | Weekday::Sun)
}

fn weekday(span: &Span, locale: Locale) -> Option<String> {
    let letters = match locale {
        Locale::Zh => ["一", "二", "三", "四", "五", "六", "日"],
        Locale::En => ["M", "T", "W", "T", "F", "S", "S"],
    };
    let place = span.first.weekday().num_days_from_monday() as usize;
    (span.first == span.last).then(|| letters[place].to_owned())
}

/// The agents in the order of the pack, each day shaded between the worst and the best of all.
fn field_body(insight: &Insight, field: &Field, cards: &[&Card], locale: Locale) -> Value {
    let values = || field.rows.iter().flat_map(|(.., values)| values).flatten();
    let places = if insight.unit == Unit::Percent { 0 } else { insight.decimals.min(1) };
    let terse = Terse::of(values(), insight.unit, places, locale);
    let (Some(low), Some(high)) = (values().min(), values().max()) else { return Value::Null };
    let share = |value: &Exact| {
        let share = (value.clone() - low.clone()).checked_div(&(high.clone() - low.clone()));
        let share = share.map_or(1.0, |share| share.to_f64());
        if insight.direction == Direction::Lower { 1.0 - share } else { share }
    };
    let cell = |value: &Option<Exact>| {
        value.as_ref().map(|value| json!({ "text": terse.print(value), "share": share(value) }))
    };
    let row = |(person, all, values): &(Person, Option<Exact>, Vec<Option<Exact>>)| {
        json!({
            "id": clean(&person.id),
            "name": clean(&person.name),
            "whole": whole(insight, all.as_ref(), locale),
            "cells": values.iter().map(cell).collect::<Vec<_>>(),
        })
    };
    let place = |person: &Person| cards.iter().position(|card| card.agent.id == person.id);
    let mut rows: Vec<_> = field.rows.iter().collect();
    rows.sort_by_key(|(person, ..)| place(person).unwrap_or(usize::MAX));
    let head = field.spans.iter().enumerate().map(|(place, span)| {
        json!({
            "label": span_label(field.spans.get(place.wrapping_sub(1)), span, locale),
            "weekday": weekday(span, locale),
            "weekend": is_weekend(span),
        })
    });
    let (best, worst) = if insight.direction == Direction::Lower { (low, high) } else { (high, low) };
    json!({
        "unit": terse.unit,
        "spans": head.collect::<Vec<_>>(),
        "rows": rows.into_iter().map(row).collect::<Vec<_>>(),
        "best": whole(insight, Some(best), locale),
        "worst": whole(insight, Some(worst), locale),
    })
}

fn spread_body(insight: &Insight, spread: &Spread, locale: Locale) -> Value {
    let terse = Terse::of(spread.limits.iter(), insight.unit, insight.decimals.max(1), locale);
    let total = |counts: &[u64]| counts.iter().sum::<u64>();
    let part = |counts: &[u64], at: usize| share_of(counts[at], total(counts));
    let shares = || {
        spread.shop.iter().chain([&spread.team]).flat_map(|counts| (0..counts.len()).filter_map(|at| part(counts, at)))
    };
    let most = shares().max().unwrap_or_else(|| Exact::whole(1));
    let height = |share: &Exact| share.checked_div(&most).map_or(0.0, |height| height.to_f64());
    let percent = |share: &Exact| format!("{}%", number(&(share.clone() * Exact::whole(100)), 1));
    let bar = |at: usize| {
        let own = part(&spread.team, at);
        let shop = spread.shop.as_ref().and_then(|counts| part(counts, at));
        json!({
            "range": range_words(&terse, &spread.limits, at, insight.direction),
            "count": number(&whole_number(spread.team[at]), 0),
            "share": own.as_ref().map(percent),
            "height": own.as_ref().map(height),
            "shop_share": shop.as_ref().map(percent),
            "shop_height": shop.as_ref().map(height),
        })
    };
    let counted = match spread.counted {
        CountedThing::Conversations => "conversations",
        CountedThing::Calls => "calls",
        CountedThing::AgentDays => "agent-days",
    };
    let target = spread.target.as_ref().and_then(|target| spread.limits.iter().position(|limit| limit == target));
    let good = |counts: &[u64], at: usize| {
        let (low, high) = counts.split_at(at + 1);
        let good = if insight.direction == Direction::Lower { low } else { high };
        share_of(total(good), total(counts)).as_ref().map(percent)
    };
    json!({
        "unit": terse.unit,
        "counted": counted,
        "total": number(&whole_number(total(&spread.team)), 0),
        "bars": (0..spread.team.len()).map(bar).collect::<Vec<_>>(),
        "shop": spread.shop.is_some(),
        // After which bar the limit of full marks stands, and how much lies on its good side.
        "target": target.map(|at| json!({
            "after": at,
            "text": with_unit(&spread.limits[at], insight.unit, 0, locale),
            "share": good(&spread.team, at),
            "shop_share": spread.shop.as_ref().and_then(|counts| good(counts, at)),
        })),
    })
}

fn whole_number(count: u64) -> Exact {
    Exact::scaled(count.into(), 0)
}

fn share_of(count: u64, total: u64) -> Option<Exact> {
    whole_number(count).checked_div(&whole_number(total))
}

/// A range in words, without its unit: `≤15`, `15–30`, `>120`; where more is better `<60`, `60–80`, `≥80`.
fn range_words(terse: &Terse, limits: &[Exact], at: usize, direction: Direction) -> String {
    let (first, last) = if direction == Direction::Lower { ("≤", ">") } else { ("<", "≥") };
    let limit = |at: usize| limits.get(at).map(|limit| terse.print(limit));
    match (at.checked_sub(1).and_then(limit), limit(at)) {
        (None, Some(high)) => format!("{first}{high}"),
        (Some(low), Some(high)) => format!("{low}–{high}"),
        (Some(low), None) => format!("{last}{low}"),
        (None, None) => String::new(),
    }
}
