//! Who is commended, and for what: a page that people hang on a wall.

use serde_json::{Value, json};

use super::{Matter, people, text};
use crate::exact::Exact;
use crate::render::body::said;
use crate::render::clean::clean;
use crate::render::consequence::marks_body;
use crate::render::figures::with_unit;
use crate::render::pack::{named_or, places_of};
use crate::render::standing::standing_body;
use crate::score::appraisal::{Card, Direction, DutyDue, Line, LineKind, Standing};
use crate::words::Locale;

/// The duties of a scheme that commend.
pub const COMMENDS: &str = "commendation";

/// The numbers that are told of one person.
const MOST_FEATS: usize = 3;

/// One section for each duty that commends, in the order of the scheme.
pub(super) fn body(matter: &Matter<'_>) -> Option<Value> {
    let cards = matter.cards();
    let mut duties: Vec<&DutyDue> = Vec::new();
    for duty in matter.appraisal.duties.iter().filter(|duty| duty.kind == COMMENDS) {
        if !duties.iter().any(|other| other.id == duty.id) {
            duties.push(duty);
        }
    }
    let sections: Vec<Value> = duties.into_iter().filter_map(|duty| section(matter, duty, &cards)).collect();
    if sections.is_empty() {
        return None;
    }
    Some(json!({ "tables": sections }))
}

/// All who are commended by one duty, the best first.
fn section(matter: &Matter<'_>, duty: &DutyDue, cards: &[&Card]) -> Option<Value> {
    let is_commended = |card: &&Card| {
        let due = |one: &DutyDue| one.id == duty.id && one.about == card.agent.id;
        matter.appraisal.duties.iter().any(due)
    };
    let mut stars: Vec<&Card> = cards.iter().copied().filter(is_commended).collect();
    stars.sort_by_key(|card| place(card));
    let rows: Vec<Value> = stars.iter().map(|card| star(matter, duty, card, cards)).collect();
    (!rows.is_empty()).then(|| json!({ "what": said(&duty.text, matter.locale), "rows": rows }))
}

fn place(card: &Card) -> u32 {
    match card.standing {
        Standing::Scored { rank, .. } => rank,
        Standing::NotScored { .. } => u32::MAX,
    }
}

fn star(matter: &Matter<'_>, duty: &DutyDue, card: &Card, cards: &[&Card]) -> Value {
    let standing = standing_body(matter.appraisal, card, places_of(matter.appraisal, &[card]), matter.locale);
    json!({
        "id": clean(&card.agent.id),
        "name": named_or(&card.agent.name, &card.agent.id),
        "team": clean(&card.team_name),
        "marks": marks_body(card, matter.locale),
        "because": because(matter, duty, card),
        "rank": standing["rank"],
        "of": standing["of"],
        "total": standing["total"],
        "grade": standing["grade"],
        "feats": feats(matter, card, cards),
    })
}

/// The condition with its number, such as "好评率 ≥ 99%（好评率 = 99.2%）"; `None` where a mark or the place says it all.
fn because(matter: &Matter<'_>, duty: &DutyDue, card: &Card) -> Option<String> {
    let own = matter.appraisal.duties.iter().find(|one| one.id == duty.id && one.about == card.agent.id)?;
    let text = said(&own.evidence, matter.locale);
    let is_told = marks_body(card, matter.locale).iter().any(|mark| text.contains(mark.as_str()));
    (!is_told && text.contains(|one: char| one.is_ascii_digit())).then_some(text)
}

/// The lines in which somebody is best of all, then those with full marks.
fn feats(matter: &Matter<'_>, card: &Card, cards: &[&Card]) -> Vec<Value> {
    let told = |line: &&Line| line.kind != LineKind::Shown || line.level.is_some();
    let best = card.lines.iter().filter(told).filter(|line| is_best(line, cards));
    let full = card.lines.iter().filter(|line| is_full(line) && !is_best(line, cards));
    let among = match matter.about {
        super::About::Shop => matter.say("全店第一", "best of all"),
        super::About::Team(_) | super::About::Agent(_) => matter.say("全组第一", "best of the team"),
    };
    let best = best.filter_map(|line| feat(line, among, matter.locale));
    let full = full.filter_map(|line| feat(line, matter.say("满分", "full marks"), matter.locale));
    best.chain(full).take(MOST_FEATS).collect()
}

fn feat(line: &Line, why: &str, locale: Locale) -> Option<Value> {
    let value = line.measured.as_ref()?.value.as_ref()?;
    Some(json!({
        "label": said(&line.label, locale),
        "value": with_unit(value, line.unit, line.decimals, locale),
        "why": why,
    }))
}

/// Whether nobody has a better value, and somebody a worse one.
fn is_best(line: &Line, cards: &[&Card]) -> bool {
    let value = |line: &Line| line.measured.as_ref().and_then(|measured| measured.value.clone());
    let Some(own) = value(line) else { return false };
    let others: Vec<_> =
        cards.iter().flat_map(|card| &card.lines).filter(|other| other.id == line.id).filter_map(value).collect();
    let better = |one: &Exact, other: &Exact| match line.direction {
        Direction::Higher => one > other,
        Direction::Lower => one < other,
    };
    others.iter().all(|other| !better(other, &own)) && others.iter().any(|other| better(&own, other))
}

fn is_full(line: &Line) -> bool {
    line.full_marks > 0 && line.points.as_ref().is_some_and(|points| *points >= line.full_marks)
}

/// Says who is commended; whoever reads it as one of them is told so.
pub(super) fn brief(body: &Value, reader: Option<&str>, locale: Locale) -> Value {
    let all: Vec<&Value> = super::rows(body).collect();
    let names: Vec<String> = all.iter().map(|row| text(&row["name"])).collect();
    let is_own = reader.map(clean).is_some_and(|reader| all.iter().any(|row| row["id"] == reader.as_str()));
    let shown = names.iter().take(6).cloned().collect::<Vec<_>>().join(locale.say("、", ", "));
    json!({
        "facts": [
            { "label": locale.say("上榜", "commended"), "value": people(all.len(), locale) },
            { "label": locale.say("名单", "names"), "value": if names.len() > 6 { format!("{shown}…") } else { shown } },
        ],
        "table": null,
        "own": is_own.then(|| locale.say("恭喜，您在榜上！", "Congratulations, you are on it!")),
        "note": all.is_empty().then(|| {
            locale.say("更正后本期无人上榜，此前发布的名单作废。", "After a correction nobody is commended; the list published before is withdrawn.")
        }),
    })
}
