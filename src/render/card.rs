//! Everything that an agent sees on the card, decided and printed as text.

use serde_json::{Value, json};

use super::body::{all_said, grades_body, period_body, person_body, said, scheme_body};
use super::clean::clean;
use super::consequence::{duties_body, marks_body, proposals_body};
use super::figures::{number, signed};
use super::issue::{House, house_body};
use super::line::lines_body;
use super::money::money_body;
use super::reading::reading_body;
use super::section::sections_body;
use super::standing::{places_of, standing_body};
use super::sum::sum_body;
use super::trend::card_trend;
use super::unmet::unmet_body;
use crate::exact::Exact;
use crate::score::appraisal::{Advice, Appraisal, Attendance, Card, LineKind, Standing, Team};
use crate::words::Locale;

/// The body of one agent's card: all that the reader sees except run, edition and cut-off.
///
/// The same appraisal gives the same bytes; compare two bodies by [`digest`](super::digest) to see whether a new
/// edition is due.
pub fn card_body(appraisal: &Appraisal, card: &Card, house: &House, locale: Locale) -> Value {
    let places = places_of(appraisal, card);
    let counted = matches!(card.standing, Standing::Scored { .. });
    let team = appraisal.teams.iter().find(|team| team.id == card.team_id);
    json!({
        "kind": "card",
        "locale": locale.tag(),
        "house": house_body(house, locale),
        "period": period_body(&appraisal.period, locale),
        "scheme": scheme_body(&appraisal.scheme, locale),
        "agent": person_body(&card.agent),
        "team": team_body(card, team, &appraisal.scheme.full_marks),
        "grades": grades_body(appraisal, locale),
        "standing": standing_body(appraisal, card, places, locale),
        "reading": reading_body(appraisal, card, places, locale),
        "lines": lines_body(&appraisal.scheme, &card.lines, counted.then_some(places), locale),
        "sections": sections_body(&card.lines, counted.then_some(places), locale),
        "sum": sum_body(card, &appraisal.scheme.full_marks, places, locale),
        "trend": card_trend(appraisal, card, team, locale),
        "advice": card.advice.iter().map(|advice| advice_body(card, advice, locale)).collect::<Vec<_>>(),
        "best": is_best(card),
        "unmet": unmet_body(card, locale),
        "marks": marks_body(card, locale),
        "money": money_body(card, locale),
        "proposals": proposals_body(card, locale),
        "duties": duties_body(appraisal, card, locale),
        "remarks": all_said(&card.remarks, locale),
        "attendance": card.attendance.as_ref().map(attendance_body),
    })
}

fn team_body(card: &Card, team: Option<&Team>, full_marks: &Exact) -> Value {
    let mean = team.and_then(|team| team.mean_total.as_ref());
    json!({
        "name": clean(&card.team_name),
        "mean": mean.map(|mean| number(mean, 1)),
        "mean_at": mean.and_then(|mean| mean.checked_div(full_marks)).map(|share| share.to_f64()),
    })
}

fn advice_body(card: &Card, advice: &Advice, locale: Locale) -> Value {
    let text = said(&advice.text, locale);
    let line = card.lines.iter().find(|line| line.id == advice.indicator);
    let label = line.map(|line| said(&line.label, locale)).filter(|label| !text.contains(label));
    json!({
        "label": label,
        "text": text,
        "gain": signed(&advice.gain, 1),
    })
}

/// Whether every line that has full marks reached them.
fn is_best(card: &Card) -> bool {
    let mut weighted = card.lines.iter().filter(|line| line.kind == LineKind::Weighted).peekable();
    weighted.peek().is_some()
        && weighted.all(|line| line.points.as_ref().is_some_and(|points| *points >= line.full_marks))
}

pub(super) fn attendance_body(known: &Attendance) -> Value {
    json!({
        "planned": known.planned_days,
        "present": known.present_days,
        "late": known.late,
        "early": known.early,
        "absent": known.absent,
        "missed": known.missed,
    })
}
