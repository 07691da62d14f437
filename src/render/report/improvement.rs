//! The improvement plan of one agent by the GAPS model (S37): what is known of goal, ability, perception and support, and
//! room for what people must say.

use serde_json::{Value, json};

use super::{About, Matter, manager_of};
use crate::exact::Exact;
use crate::render::body::{grades_body, said};
use crate::render::card::attendance_body;
use crate::render::clean::clean;
use crate::render::consequence::marks_body;
use crate::render::figures::{lossless_places, number, short_number, signed};
use crate::render::line::lines_body;
use crate::render::period_words::{day_in_words, in_words, on_axis};
use crate::render::standing::{places_of, standing_body};
use crate::render::unmet::unmet_body;
use crate::score::appraisal::{Appraisal, Card, DutyAsked, DutyDue, Line, LineKind, SchemeIdentity, Standing, Status};
use crate::words::{Bilingual, Locale};

/// The kind of duty that asks for a plan.
pub const PLANS: &str = "improvement-plan";
/// Lines beyond which a plan would be about everything.
const MOST: usize = 4;

/// What of an appraisal's duties asks for a plan for this agent.
fn duties<'a>(appraisal: &'a Appraisal, agent: &str) -> impl Iterator<Item = &'a DutyDue> {
    appraisal.duties.iter().filter(move |duty| duty.kind == PLANS && duty.about == agent)
}

/// What the scheme asks of everybody without a condition: a plan of whoever lost points.
fn asked(appraisal: &Appraisal) -> impl Iterator<Item = &DutyAsked> {
    appraisal.asked.iter().filter(|duty| duty.kind == PLANS)
}

/// Whether a duty hands the plan to the agent too.
pub fn is_for_agent(appraisal: &Appraisal, agent: &str) -> bool {
    let of_agent = duties(appraisal, agent).flat_map(|duty| &duty.to);
    let of_all = asked(appraisal).flat_map(|duty| &duty.to);
    of_agent.chain(of_all).any(|to| matches!(to.as_str(), "agent" | "agents" | "all"))
}

/// The body of one agent's plan; `None` where none is due.
pub(super) fn body(matter: &Matter<'_>) -> Option<Value> {
    let (About::Agent(card), appraisal, locale) = (matter.about, matter.appraisal, matter.locale) else { return None };
    let lost = lost_lines(&appraisal.scheme, card);
    let of_agent = duties(appraisal, &card.agent.id).map(|duty| duty_body(&duty.text, &duty.due, locale));
    let of_all = asked(appraisal).filter(|_| !lost.is_empty()).map(|duty| duty_body(&duty.text, &duty.due, locale));
    let because: Vec<Value> = of_agent.chain(of_all).collect();
    if because.is_empty() {
        return None;
    }
    let places = places_of(appraisal, card);
    let team = appraisal.teams.iter().find(|team| team.id == card.team_id);
    let next = appraisal.period.next();
    Some(json!({
        "team": clean(&card.team_name),
        "manager": team.map(manager_of),
        "grades": grades_body(appraisal, locale),
        "standing": standing_body(appraisal, card, places, locale),
        "because": because,
        "for_agent": is_for_agent(appraisal, &card.agent.id),
        "marks": marks_body(card, locale),
        "losses": losses_body(appraisal, card, &lost, places, locale),
        "gaps": {
            "goal": goal(appraisal, card, places, locale),
            "ability": ability(appraisal, card, places, locale),
            "perception": perception(appraisal, card, places, locale),
            "support": support(appraisal, card, locale),
        },
        "follow_up": { "period": in_words(&next, locale), "day": day_in_words(next.last_day(), locale) },
    }))
}

/// Where most was lost and when it is looked at again; the numbers themselves stay in the document.
pub(super) fn brief(body: &Value, locale: Locale) -> Value {
    let lines = body["losses"].as_array().into_iter().flatten();
    let lines: Vec<&str> = lines.filter_map(|one| one["label"].as_str()).collect();
    let mut facts = Vec::new();
    if !lines.is_empty() {
        let label = locale.say("失分最多", "Most points lost");
        facts.push(json!({ "label": label, "value": lines.join(locale.say("、", ", ")) }));
    }
    facts.push(json!({ "label": locale.say("复查", "Follow-up"), "value": body["follow_up"]["day"] }));
    let note = locale.say(
        "请约时间面谈，把四问（目标、能力、认知、支持）填好并签字；本计划只供本人与主管使用。",
        "Please meet, answer the four questions (goal, ability, perception, support) and sign; the plan is for agent and manager alone.",
    );
    json!({ "facts": facts, "table": null, "own": null, "note": note })
}

fn duty_body(text: &Bilingual, due: &Option<Bilingual>, locale: Locale) -> Value {
    json!({ "text": said(text, locale), "due": due.as_ref().map(|due| said(due, locale)) })
}

/// The places of the lines that lost most, with what they lost; the most first.
fn lost_lines(scheme: &SchemeIdentity, card: &Card) -> Vec<(usize, Exact)> {
    let lost = card.lines.iter().enumerate().filter_map(|(place, line)| Some((place, lost(scheme, line)?)));
    let mut lost: Vec<(usize, Exact)> = lost.filter(|(_, lost)| *lost > 0).collect();
    lost.sort_by(|one, other| other.1.cmp(&one.1));
    lost.truncate(MOST);
    lost
}

/// What a line lacks of what it could add to the total; without a total, how far it is from full marks or the best level.
fn lost(scheme: &SchemeIdentity, line: &Line) -> Option<Exact> {
    let points = line.points.as_ref()?;
    let missing = line.full_marks.clone() - points.clone();
    match line.kind {
        LineKind::Weighted => Some(missing.checked_div(&line.full_marks)? * line.effective_weight.clone()),
        LineKind::Added => Some(if line.full_marks > 0 { missing } else { -points.clone() }),
        LineKind::Shown if scheme.has_total => None,
        LineKind::Shown => match &line.level {
            Some(level) => {
                let step = scheme.levels.iter().position(|one| one.id == level.id)?;
                Exact::whole(step as i64).checked_div(&Exact::whole(scheme.levels.len() as i64))
            }
            None => missing.checked_div(&line.full_marks),
        },
    }
}

/// The lines that lost most, as the card prints them, with what they lost and the cheapest next step.
fn losses_body(appraisal: &Appraisal, card: &Card, lost: &[(usize, Exact)], places: u32, locale: Locale) -> Value {
    let counted = matches!(card.standing, Standing::Scored { .. });
    let lines = lines_body(&appraisal.scheme, &card.lines, counted.then_some(places), locale);
    let row = |(place, lost): &(usize, Exact)| {
        let mut row = lines[*place].clone();
        let step = card.advice.iter().find(|one| one.indicator == card.lines[*place].id);
        row["lost"] = counted.then(|| number(lost, places.min(2))).into();
        row["step"] = step.map(|step| said(&step.text, locale)).into();
        row["gain"] = step.map(|step| signed(&step.gain, 1)).into();
        row
    };
    lost.iter().map(row).collect()
}

/// What to reach: the nearest better bands, and the next grade.
fn goal(appraisal: &Appraisal, card: &Card, places: u32, locale: Locale) -> Vec<String> {
    let steps = card.advice.iter().take(MOST - 1).map(|step| {
        let gain = signed(&step.gain, 1);
        let text = said(&step.text, locale);
        match locale {
            Locale::Zh => format!("{text}（总分 {gain}）"),
            Locale::En => format!("{text} (total {gain})"),
        }
    });
    steps.chain(next_grade(appraisal, card, places, locale)).collect()
}

/// The next better grade with the points that lack for it.
fn next_grade(appraisal: &Appraisal, card: &Card, places: u32, locale: Locale) -> Option<String> {
    let Standing::Scored { total, .. } = &card.standing else { return None };
    let limits = appraisal.scheme.grades.iter().filter_map(|(label, from)| Some((label, from.as_ref()?)));
    let (label, from) = limits.filter(|(_, from)| *from > total).min_by(|one, other| one.1.cmp(other.1))?;
    let (label, limit) = (said(label, locale), short_number(from, 2));
    let lacking = number(&(from.clone() - total.clone()), places);
    Some(match locale {
        Locale::Zh => format!("总分达到 {limit} 即为“{label}”，还差 {lacking} 分"),
        Locale::En => format!("a total of {limit} is {label}; {lacking} points are lacking"),
    })
}

/// What the record shows: totals period by period, and items of check sheets that were not met.
fn ability(appraisal: &Appraisal, card: &Card, places: u32, locale: Locale) -> Vec<String> {
    let mut facts: Vec<String> = totals(appraisal, card, places, locale).into_iter().collect();
    let unmet = unmet_body(card, locale);
    let unmet: Vec<String> = unmet
        .as_array()
        .into_iter()
        .flatten()
        .take(3)
        .map(|item| {
            format!("{} {}", item["id"].as_str().unwrap_or_default(), item["text"].as_str().unwrap_or_default())
        })
        .collect();
    if !unmet.is_empty() {
        facts.push(format!(
            "{}{}",
            locale.say("未达标的检查项：", "items not met: "),
            unmet.join(locale.say("；", "; "))
        ));
    }
    let full: Vec<String> =
        card.lines.iter().filter(|line| is_full(line)).map(|line| said(&line.label, locale)).collect();
    if !full.is_empty() {
        facts.push(format!("{}{}", locale.say("已得满分：", "full marks: "), full.join(locale.say("、", ", "))));
    }
    facts
}

fn is_full(line: &Line) -> bool {
    line.kind != LineKind::Shown && line.full_marks > 0 && line.points.as_ref() == Some(&line.full_marks)
}

/// The totals of earlier periods and this one; `None` where there is only this one.
fn totals(appraisal: &Appraisal, card: &Card, places: u32, locale: Locale) -> Option<String> {
    let Standing::Scored { total, .. } = &card.standing else { return None };
    let earlier = card.trend.iter().filter_map(|point| Some((&point.period, point.total.as_ref()?)));
    let all: Vec<String> = earlier
        .chain([(&appraisal.period, total)])
        .map(|(period, total)| format!("{} {}", on_axis(period, locale), number(total, places)))
        .collect();
    let joined = all.join(" → ");
    (all.len() > 1).then(|| format!("{}{joined}", locale.say("总分走势：", "totals: ")))
}

/// Where they stand among others, and what happened on which day.
fn perception(appraisal: &Appraisal, card: &Card, places: u32, locale: Locale) -> Vec<String> {
    let mut facts = Vec::new();
    let mean = appraisal.teams.iter().find(|team| team.id == card.team_id).and_then(|team| team.mean_total.as_ref());
    if let (Standing::Scored { total, rank, of, .. }, Some(mean)) = (&card.standing, mean) {
        let (mean_text, off) = (number(mean, places), signed(&(total.clone() - mean.clone()), places));
        facts.push(match locale {
            Locale::Zh => format!("第 {rank} 名 / 共 {of} 人；团队均分 {mean_text}，本人 {off}"),
            Locale::En => format!("place {rank} of {of}; team mean {mean_text}, own {off}"),
        });
    }
    let events = card.lines.iter().flat_map(|line| &line.occurrences).take(MOST).map(|one| {
        let on = one.on.map(|day| day.to_string()).unwrap_or_default();
        let places = lossless_places([&one.points].into_iter(), 0).unwrap_or(2);
        let points = signed(&one.points, places);
        let event = format!("{on} {}", said(&one.what, locale));
        format!("{} ({points})", event.trim())
    });
    facts.extend(events);
    let alerts = appraisal.alerts.iter().filter(|one| one.about == card.agent.id).take(MOST);
    facts.extend(alerts.map(|alert| {
        let times = alert.sightings.len();
        match locale {
            Locale::Zh => format!("预警 {times} 次：{}", said(&alert.label, locale)),
            Locale::En => format!("{times} alerts: {}", said(&alert.label, locale)),
        }
    }));
    facts
}

/// What lies with the company: attendance, data that is missing, what else is due.
fn support(appraisal: &Appraisal, card: &Card, locale: Locale) -> Value {
    let missing = card.lines.iter().filter(|line| line.status == Status::Missing && line.kind != LineKind::Shown);
    let missing: Vec<String> = missing.map(|line| said(&line.label, locale)).collect();
    let others = appraisal.duties.iter().filter(|duty| duty.kind != PLANS && duty.about == card.agent.id);
    json!({
        "attendance": card.attendance.as_ref().map(attendance_body),
        "missing": missing,
        "duties": others.map(|duty| duty_body(&duty.text, &duty.due, locale)).collect::<Vec<_>>(),
    })
}
