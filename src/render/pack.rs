//! Everything that a manager sees of a team, decided and printed as text.

use serde_json::{Value, json};

use super::body::{all_said, grades_body, period_body, said, scheme_body};
use super::card::attendance_body;
use super::clean::clean;
use super::comparison::{Everybody, comparison_body};
use super::consequence::{team_duties, team_marks, team_proposals};
use super::correlation::correlation_body;
use super::distribution::{grade_counts, histogram, tiles};
use super::figures::{MOST_PLACES, lossless_places, rounded, truthful_places};
use super::group::groups_body;
use super::insight::insights_body;
use super::issue::{House, house_body};
use super::level::level_counts;
use super::matrix::{indicators_body, judged_body, means_body, ranking_body};
use super::money::team_money;
use super::movers::movers_body;
use super::standing::limits;
use super::trend::team_trend;
use crate::exact::Exact;
use crate::finding::{Finding, Weight};
use crate::score::appraisal::{Appraisal, Attendance, Card, Standing, Team};
use crate::words::Locale;

/// The code of the findings that the table of agents without a score already tells.
const NOT_SCORED: &str = "not-scored";

/// The body of one team's pack: all that its manager sees except run, edition and cut-off. The appraisal may be cut to
/// what the manager may read; `everybody` is of the whole one.
pub fn pack_body(appraisal: &Appraisal, team: &Team, everybody: &Everybody, house: &House, locale: Locale) -> Value {
    let cards: Vec<&Card> = appraisal.cards.iter().filter(|card| card.team_id == team.id).collect();
    let places = places_of(appraisal, &cards);
    json!({
        "kind": "pack",
        "locale": locale.tag(),
        "house": house_body(house, locale),
        "period": period_body(&appraisal.period, locale),
        "scheme": scheme_body(&appraisal.scheme, locale),
        "team": {
            "id": clean(&team.id),
            "name": named_or(&team.name, &team.id),
            "manager": team.manager.as_ref().map(|manager| clean(&manager.name)),
        },
        "grades": grades_body(appraisal, locale),
        "tiles": tiles(team, &cards, places),
        "indicators": indicators_body(&cards, locale),
        "ranking": ranking_body(appraisal, &cards, places, locale),
        "means": means_body(&cards),
        "judged": judged_body(appraisal, &cards, locale),
        "levels": level_counts(&appraisal.scheme, cards.iter().flat_map(|card| &card.lines), locale),
        "unscored": unscored_body(&cards, locale),
        "marks": team_marks(&cards, locale),
        "groups": groups_body(appraisal, &cards, locale),
        "money": team_money(&cards, locale),
        "histogram": histogram(&cards, &appraisal.scheme.full_marks),
        "grade_counts": grade_counts(appraisal, &cards, locale),
        "trend": team_trend(appraisal, &cards, team, locale),
        "comparison": comparison_body((appraisal, everybody), team, &cards, places, locale),
        "correlation": correlation_body(&cards, locale),
        "movers": movers_body(appraisal, &cards, places, locale),
        "insights": insights_body(appraisal, team, &cards, locale),
        "findings": findings_body(appraisal, team, locale),
        "proposals": team_proposals(&cards, locale),
        "duties": team_duties(appraisal, &cards, locale),
        "assumed": all_said(&appraisal.scheme.assumed, locale),
        "attendance": team_attendance(&cards),
        // Filled in by whoever lets cards follow.
        "cards": [],
    })
}

/// A team's name; its id where the roster knows none, and a dash where it knows neither.
pub(super) fn named_or(name: &str, id: &str) -> String {
    [name, id].into_iter().map(clean).find(|text| !text.is_empty()).unwrap_or_else(|| "—".to_owned())
}

/// Decimals of all totals of a team: enough that different totals look different and no grade limit is crossed.
pub(super) fn places_of(appraisal: &Appraisal, cards: &[&Card]) -> u32 {
    let totals: Vec<&Exact> = scored(cards).map(|(_, total)| total).collect();
    let lossless = lossless_places(totals.iter().copied(), 1).unwrap_or(1);
    let truthful = totals.iter().map(|total| truthful_places(total, limits(appraisal), 1)).max().unwrap_or(1);
    let apart = |places: &u32| {
        totals
            .iter()
            .all(|one| totals.iter().all(|other| one == other || rounded(one, *places) != rounded(other, *places)))
    };
    let distinct = (1..=MOST_PLACES + 1).find(apart).unwrap_or(1);
    lossless.max(truthful).max(distinct)
}

/// The scored cards with their totals, in the order of the appraisal.
pub(super) fn scored<'a>(cards: &'a [&'a Card]) -> impl Iterator<Item = (&'a Card, &'a Exact)> + Clone {
    cards.iter().filter_map(|card| match &card.standing {
        Standing::Scored { total, .. } => Some((*card, total)),
        Standing::NotScored { .. } => None,
    })
}

pub(super) fn unscored_body(cards: &[&Card], locale: Locale) -> Value {
    let row = |card: &&Card| match &card.standing {
        Standing::NotScored { reason } if !card.standing.is_judged() => Some(json!({
            "id": clean(&card.agent.id),
            "name": clean(&card.agent.name),
            "reason": said(reason, locale),
        })),
        _ => None,
    };
    cards.iter().filter_map(row).collect()
}

/// What scoring noticed about this team, its agents or everybody; nothing about other teams and their agents, and not
/// again who was not scored, for they have their own table.
fn findings_body(appraisal: &Appraisal, team: &Team, locale: Locale) -> Value {
    let elsewhere = |finding: &&Finding| match &finding.subject {
        None => false,
        Some(subject) => {
            let agent = appraisal.cards.iter().find(|card| card.agent.id == *subject);
            agent.is_some_and(|card| card.team_id != team.id)
                || appraisal.teams.iter().any(|other| other.id == *subject && other.id != team.id)
        }
    };
    let row = |finding: &Finding| {
        let text = said(&finding.text, locale);
        let subject = finding.subject.as_ref().filter(|subject| !text.contains(subject.as_str()));
        json!({
            "held": finding.weight != Weight::Note,
            "subject": subject.map(|subject| named(appraisal, subject)),
            "text": text,
            "next": said(&finding.next, locale),
        })
    };
    let mut shown: Vec<&Finding> =
        appraisal.findings.iter().filter(|one| !elsewhere(one) && one.code != NOT_SCORED).collect();
    shown.sort_by_key(|finding| finding.weight);
    shown.into_iter().map(row).collect()
}

/// An agent's name beside the staff number; any other subject as it stands.
fn named(appraisal: &Appraisal, subject: &str) -> String {
    match appraisal.cards.iter().find(|card| card.agent.id == subject) {
        Some(card) => format!("{} {}", clean(&card.agent.name), clean(subject)),
        None => clean(subject),
    }
}

/// The team's days and irregularities in sum, and the agents who have any; `null` where attendance is not known.
fn team_attendance(cards: &[&Card]) -> Value {
    let known: Vec<(&Card, &Attendance)> =
        cards.iter().filter_map(|card| Some((*card, card.attendance.as_ref()?))).collect();
    if known.is_empty() {
        return Value::Null;
    }
    let sum = |part: fn(&Attendance) -> u32| known.iter().map(|(_, one)| part(one)).sum();
    let total = Attendance {
        planned_days: sum(|one| one.planned_days),
        present_days: sum(|one| one.present_days),
        late: sum(|one| one.late),
        early: sum(|one| one.early),
        absent: sum(|one| one.absent),
        missed: sum(|one| one.missed),
    };
    let irregular = known.iter().filter(|(_, one)| one.late + one.early + one.absent + one.missed > 0);
    let row = |(card, one): &(&Card, &Attendance)| json!({ "id": clean(&card.agent.id), "name": clean(&card.agent.name), "days": attendance_body(one) });
    json!({ "agents": known.len(), "total": attendance_body(&total), "irregular": irregular.map(row).collect::<Vec<_>>() })
}
