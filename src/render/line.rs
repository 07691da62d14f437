//! One row of the indicator table.

use serde_json::{Value, json};

use super::bar::bar_body;
use super::body::said;
use super::clean::clean;
use super::figures::{apart_from, lossless_places, number, parts, short_number, signed, with_unit};
use super::level::level_body;
use crate::exact::Exact;
use crate::score::appraisal::{
    Direction, Line, LineKind, Measured, Occurrence, Reference, SchemeIdentity, Status, WeekPoints,
};
use crate::words::Locale;

/// What the lines of one card are printed with.
struct Print<'a> {
    scheme: &'a SchemeIdentity,
    /// Decimals of points, so that they align.
    points: u32,
    /// Decimals of contributions; none where nothing adds up to a total.
    places: Option<u32>,
    locale: Locale,
}

/// All lines, with points printed to the same decimals so that they align; contributions to `places` decimals, or not
/// at all where nothing adds up to a total.
pub(super) fn lines_body(scheme: &SchemeIdentity, lines: &[Line], places: Option<u32>, locale: Locale) -> Value {
    let won = lines.iter().filter_map(|line| line.points.as_ref());
    let print = Print { scheme, points: lossless_places(won, 0).unwrap_or(1), places, locale };
    lines.iter().map(|line| print.line(line)).collect()
}

impl Print<'_> {
    fn line(&self, line: &Line) -> Value {
        let locale = self.locale;
        let measured = line.measured.as_ref();
        let target = line.target.as_ref().filter(|_| !is_level_alone(line));
        json!({
            "id": clean(&line.id),
            "label": said(&line.label, locale),
            "about": line.about.as_ref().map(|about| said(about, locale)),
            "kind": self.kind(line),
            "level": level_body(self.scheme, line.level.as_deref(), locale),
            "value": self.value(line, measured),
            "parts": measured.and_then(parts),
            "reference": line.reference.as_ref().map(|reference| reference_body(line, reference, locale)),
            "target": target.map(|target| target_text(line, target, locale)),
            "points": line.points.as_ref().filter(|_| has_points(line)).map(|points| self.points(line, points)),
            "full_marks": Some(&line.full_marks).filter(|full| **full > 0).map(|full| short_number(full, 2)),
            "weight": weight(line),
            "effective_weight": effective_weight(line),
            "contribution": self.contribution(line),
            "bar": if is_level_alone(line) { Value::Null } else { bar_body(line) },
            "status": line.status.word(),
            "lacking": line.lacking.as_ref().map(|name| clean(name)),
            "rule": said(&line.rule, locale),
            "assumed": line.assumed.as_ref().map(|reason| said(reason, locale)),
            "weeks": line.weeks.iter().map(|week| self.week(line, week)).collect::<Vec<_>>(),
            "occurrences": line.occurrences.iter().map(|one| occurrence_body(one, locale)).collect::<Vec<_>>(),
        })
    }

    fn value(&self, line: &Line, measured: Option<&Measured>) -> Option<String> {
        let value = measured?.value.as_ref()?;
        Some(apart_from(value, line.target.as_ref(), line.unit, line.decimals, self.locale))
    }

    /// How the line counts; without a total nothing is added to one.
    fn kind(&self, line: &Line) -> &'static str {
        match line.kind {
            LineKind::Weighted => "weighted",
            LineKind::Added if self.scheme.has_total => "added",
            LineKind::Added | LineKind::Shown => "shown",
        }
    }

    /// Additions show their sign.
    fn points(&self, line: &Line, points: &Exact) -> String {
        if self.kind(line) == "added" { signed(points, self.points) } else { number(points, self.points) }
    }

    fn contribution(&self, line: &Line) -> Option<String> {
        let (share, places) = line.contribution.as_ref().zip(self.places)?;
        Some(if line.kind == LineKind::Added { signed(share, places) } else { number(share, places) })
    }

    fn week(&self, line: &Line, week: &WeekPoints) -> Value {
        json!({
            "week": week.week,
            "value": self.value(line, week.measured.as_ref()),
            "parts": week.measured.as_ref().and_then(parts),
            "points": week.points.as_ref().map(|points| self.points(line, points)),
            "rule": said(&week.rule, self.locale),
        })
    }
}

/// Whether a line was judged by levels that give no points.
fn is_level_alone(line: &Line) -> bool {
    line.level.is_some() && line.full_marks.is_zero()
}

/// Whether a line has points to print: none where levels give none, or where a line that is only shown repeats its value.
pub(super) fn has_points(line: &Line) -> bool {
    let repeats = line.measured.as_ref().and_then(|one| one.value.as_ref()) == line.points.as_ref();
    let shown = line.kind == LineKind::Shown && !line.apart;
    !(is_level_alone(line) || shown && repeats)
}

/// The weight as written; nothing for lines that have none, or whose weight nobody has set.
fn weight(line: &Line) -> Option<String> {
    let is_unset = line.status == Status::Unset && line.weight.is_zero();
    (line.kind == LineKind::Weighted && !is_unset).then(|| short_number(&line.weight, 2))
}

/// The weight that counted, where that is not the weight as written.
fn effective_weight(line: &Line) -> Option<String> {
    let differs =
        line.contribution.is_some() && line.kind == LineKind::Weighted && line.effective_weight != line.weight;
    differs.then(|| short_number(&line.effective_weight, 2))
}

fn reference_body(line: &Line, reference: &Reference, locale: Locale) -> Value {
    let shown = |value: &Exact| with_unit(value, line.unit, line.decimals, locale);
    let percent = |relation: &Exact| format!("{}%", number(&(relation.clone() * Exact::whole(100)), 1));
    json!({
        "label": said(&reference.label, locale),
        "value": reference.measured.value.as_ref().map(shown),
        "parts": parts(&reference.measured),
        "relation": reference.relation.as_ref().map(percent),
    })
}

fn target_text(line: &Line, target: &Exact, locale: Locale) -> String {
    let sign = match line.direction {
        Direction::Higher => "≥",
        Direction::Lower => "≤",
    };
    format!("{sign} {}", with_unit(target, line.unit, line.decimals, locale))
}

fn occurrence_body(one: &Occurrence, locale: Locale) -> Value {
    let places = lossless_places([&one.points].into_iter(), 0).unwrap_or(2);
    json!({ "on": one.on.map(|day| day.to_string()), "what": said(&one.what, locale), "points": signed(&one.points, places) })
}
