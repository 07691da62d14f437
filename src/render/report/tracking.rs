//! The tracking report of one team (S04): how far the period is, where everybody stands so far, and what is due next.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{About, Matter, manager_of};
use crate::exact::Exact;
use crate::period::Period;
use crate::render::body::{grades_body, said, step_of};
use crate::render::clean::clean;
use crate::render::figures::{number, percent_down};
use crate::render::matrix::{indicators_body, judged_body, ranking_body};
use crate::render::pack::{places_of, unscored_body};
use crate::render::period_words::{day_in_words, on_axis};
use crate::render::trend::team_trend;
use crate::score::appraisal::{Appraisal, Card, DutyAsked, Line, LineKind, MilestoneDue, Standing, Status};
use crate::words::Locale;

/// Earlier periods beside the one that is tracked.
const EARLIER: usize = 5;

/// The body of one team's tracking report; `None` for a team without agents.
pub(super) fn body(matter: &Matter<'_>) -> Option<Value> {
    let (About::Team(team), appraisal, locale) = (matter.about, matter.appraisal, matter.locale) else { return None };
    let cards = matter.cards();
    if cards.is_empty() {
        return None;
    }
    let places = places_of(appraisal, &cards);
    let duties = appraisal.asked.iter().filter(|one| is_for_team(one));
    Some(json!({
        "manager": manager_of(team),
        "so_far": so_far(&appraisal.period, appraisal.as_of, locale),
        "grades": grades_body(appraisal, locale),
        "indicators": indicators_body(&cards, locale),
        "ranking": with_history(appraisal, &cards, ranking_body(appraisal, &cards, places, locale), places, locale),
        "judged": judged_body(appraisal, &cards, locale),
        "unscored": unscored_body(&cards, locale),
        "periods": columns(appraisal, &cards).iter().map(|period| on_axis(period, locale)).collect::<Vec<_>>(),
        "mean": team.mean_total.as_ref().map(|mean| number(mean, places)),
        "trend": team_trend(appraisal, &cards, team, locale),
        "furthest": furthest(&cards, locale),
        "no_data": no_data(&cards, locale),
        "milestones": appraisal.milestones.iter().map(|one| milestone(one, appraisal.as_of, locale)).collect::<Vec<_>>(),
        "duties": duties.map(|one| asked(one, locale)).collect::<Vec<_>>(),
    }))
}

/// How far the period is, the mean so far, and what is furthest from full marks.
pub(super) fn brief(body: &Value, locale: Locale) -> Value {
    let so_far = &body["so_far"];
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let passed = match locale {
        Locale::Zh => format!("{} / {} 天（截至 {}）", so_far["passed"], so_far["all"], text(&so_far["day"])),
        Locale::En => format!("{} of {} days (up to {})", so_far["passed"], so_far["all"], text(&so_far["day"])),
    };
    let mut facts = vec![json!({ "label": locale.say("进度", "Progress"), "value": passed })];
    if let Some(mean) = body["mean"].as_str() {
        facts.push(json!({ "label": locale.say("团队均分", "Team mean"), "value": mean }));
    }
    let furthest = body["furthest"].as_array().into_iter().flatten().take(3);
    facts.extend(furthest.map(|one| json!({ "label": one["label"], "value": one["share"] })));
    let open = so_far["over"] != true;
    let note = open
        .then(|| locale.say("本期未结束，以上数字均为临时。", "The period is not over; every number is provisional."));
    json!({ "facts": facts, "table": null, "own": null, "note": note })
}

/// Which part of the period is over when its data was pulled.
fn so_far(period: &Period, as_of: NaiveDate, locale: Locale) -> Value {
    let all = (period.end - period.start).num_days();
    let passed = (as_of - period.start).num_days().clamp(0, all);
    let share = Exact::whole(passed).checked_div(&Exact::whole(all)).unwrap_or_else(Exact::zero);
    json!({
        "day": day_in_words(as_of.min(period.end).pred_opt().unwrap_or(as_of), locale),
        "passed": passed,
        "all": all,
        "left": all - passed,
        "share": percent_down(&share),
        "at": share.to_f64(),
        "over": passed == all,
    })
}

/// The earlier periods in which somebody was scored, from the first on; at most five.
fn columns(appraisal: &Appraisal, cards: &[&Card]) -> Vec<Period> {
    let mut periods: Vec<Period> =
        std::iter::successors(Some(appraisal.period.previous()), |one| Some(one.previous())).take(EARLIER).collect();
    periods.reverse();
    let known = |period: &Period| {
        cards.iter().flat_map(|card| &card.trend).any(|point| point.period == *period && point.total.is_some())
    };
    let first = periods.iter().position(known).unwrap_or(periods.len());
    periods.split_off(first)
}

/// Adds to each row of the ranking what the agent reached before.
fn with_history(appraisal: &Appraisal, cards: &[&Card], mut ranking: Value, places: u32, locale: Locale) -> Value {
    let periods = columns(appraisal, cards);
    for row in ranking.as_array_mut().into_iter().flatten() {
        let card = cards.iter().find(|card| row["id"] == clean(&card.agent.id));
        let Some(card) = card else { continue };
        row["history"] = periods.iter().map(|period| earlier(appraisal, card, period, places, locale)).collect();
    }
    ranking
}

/// Total and grade of one earlier period; `null` without a total.
fn earlier(appraisal: &Appraisal, card: &Card, period: &Period, places: u32, locale: Locale) -> Value {
    let point = card.trend.iter().find(|point| point.period == *period);
    let Some((point, total)) = point.and_then(|point| Some((point, point.total.as_ref()?))) else { return Value::Null };
    let grade = point.grade.as_ref();
    json!({
        "total": number(total, places),
        "grade": grade.map(|grade| said(grade, locale)),
        "step": grade.map(|grade| step_of(&appraisal.scheme, grade)),
    })
}

/// For each indicator the mean share of full marks that the team has so far, furthest from full marks first.
fn furthest(cards: &[&Card], locale: Locale) -> Value {
    let scored: Vec<&&Card> = cards.iter().filter(|card| matches!(card.standing, Standing::Scored { .. })).collect();
    let Some(first) = scored.first() else { return json!([]) };
    let share = |card: &&&Card, id: &str| {
        let line = card.lines.iter().find(|line| line.id == id && line.full_marks > 0)?;
        line.points.as_ref()?.checked_div(&line.full_marks)
    };
    let mut all: Vec<(Exact, Value)> = Vec::new();
    for line in first.lines.iter().filter(|line| line.contribution.is_some()) {
        let shares: Vec<Exact> = scored.iter().filter_map(|card| share(card, &line.id)).collect();
        let (count, full) = (shares.len(), shares.iter().filter(|share| **share >= Exact::whole(1)).count());
        let Some(mean) = shares.into_iter().sum::<Exact>().checked_div(&Exact::whole(count as i64)) else { continue };
        let row = json!({
            "label": said(&line.label, locale),
            "share": percent_down(&mean),
            "at": mean.to_f64().clamp(0.0, 1.0),
            "full": full,
            "of": count,
        });
        all.push((mean, row));
    }
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all.into_iter().map(|(_, row)| row).collect()
}

/// The lines that count and for which nobody has data yet.
fn no_data(cards: &[&Card], locale: Locale) -> Vec<String> {
    let lines = cards.iter().map(|card| &card.lines).max_by_key(|lines| lines.len());
    let counts = |line: &&Line| {
        let lacks = |card: &&Card| card.lines.iter().any(|own| own.id == line.id && own.status == Status::Missing);
        line.kind != LineKind::Shown && cards.iter().all(lacks)
    };
    lines.into_iter().flatten().filter(counts).map(|line| said(&line.label, locale)).collect()
}

/// What is done by when; over, when its day came before the data was pulled.
fn milestone(one: &MilestoneDue, as_of: NaiveDate, locale: Locale) -> Value {
    json!({
        "on": one.on.map(|day| day.to_string()),
        "often": said(&one.often, locale),
        "in_days": one.on.map(|day| (day - as_of).num_days()),
        "who": said(&one.who, locale),
        "what": said(&one.what, locale),
    })
}

/// Whether a team's manager has to do with it.
fn is_for_team(one: &DutyAsked) -> bool {
    one.to.is_empty() || one.to.iter().any(|to| matches!(to.as_str(), "managers" | "manager" | "all"))
}

fn asked(one: &DutyAsked, locale: Locale) -> Value {
    json!({ "text": said(&one.text, locale), "due": one.due.as_ref().map(|due| said(due, locale)) })
}
