//! The alert of one team for its manager: which watched numbers went beyond which limits, and what to look into (S37).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{About, Matter, manager_of, people};
use crate::exact::Exact;
use crate::render::body::said;
use crate::render::clean::clean;
use crate::render::figures::{apart_from, number, parts, with_unit};
use crate::score::appraisal::{Alert, Beyond, Sighting, Unit};
use crate::words::{Bilingual, Locale};

/// Who a watch may name so that a team's manager is told.
const MANAGERS: [&str; 3] = ["managers", "manager", "all"];

/// What a team's manager is told; `None` when no number that concerns them went beyond a limit.
pub(super) fn body(matter: &Matter<'_>) -> Option<Value> {
    let About::Team(team) = matter.about else { return None };
    let cards = matter.cards();
    let is_theirs = |agent: &str| cards.iter().any(|card| card.agent.id == agent);
    let told = matter.appraisal.alerts.iter().filter(|one| one.tells(&MANAGERS) && is_theirs(&one.about));
    let watches = by_watch(told);
    if watches.is_empty() {
        return None;
    }
    let alerts = || watches.iter().flatten();
    let agents: BTreeSet<&str> = alerts().map(|one| one.about.as_str()).collect();
    Some(json!({
        "manager": manager_of(team),
        "count": alerts().map(|one| one.sightings.len()).sum::<usize>(),
        "agents": agents.len(),
        "watches": watches.iter().map(|all| watch_body(all, matter.locale)).collect::<Vec<_>>(),
    }))
}

/// The alerts of each watch, in the scheme's order.
fn by_watch<'a>(alerts: impl Iterator<Item = &'a Alert>) -> Vec<Vec<&'a Alert>> {
    let mut watches: Vec<Vec<&Alert>> = Vec::new();
    for alert in alerts {
        match watches.iter_mut().find(|all| all.iter().any(|one| one.watch == alert.watch)) {
            Some(all) => all.push(alert),
            None => watches.push(vec![alert]),
        }
    }
    watches
}

/// How many went beyond, of how many agents; what went beyond stands in the letter's own list.
pub(super) fn brief(body: &Value, locale: Locale) -> Value {
    let label = |watch: &Value| {
        let rows = watch["rows"].as_array().map_or(0, Vec::len);
        json!({ "label": watch["label"], "value": people(rows, locale) })
    };
    let facts: Vec<Value> = body["watches"].as_array().into_iter().flatten().map(label).collect();
    json!({ "facts": facts, "table": null, "own": null, "note": locale.say("预警只供提醒与核查，不直接计分。", "Alerts remind and ask; they score nothing by themselves.") })
}

/// One watch with everybody whose number went beyond; `alerts` are all of this watch.
fn watch_body(alerts: &[&Alert], locale: Locale) -> Value {
    let rows = alerts.iter().flat_map(|alert| alert.sightings.iter().map(|one| row(alert, one, locale)));
    let first = alerts.first();
    json!({
        "label": first.map(|one| said(&one.label, locale)),
        "metric": first.map(|one| said(&one.metric, locale)),
        "question": first.and_then(|one| one.question.as_ref()).map(|question| said(question, locale)),
        "rows": rows.collect::<Vec<_>>(),
    })
}

fn row(alert: &Alert, one: &Sighting, locale: Locale) -> Value {
    let value = one.measured.value.clone().unwrap_or_else(Exact::zero);
    let limit = one.beyond.iter().map(|beyond| match beyond {
        Beyond::Above(limit) | Beyond::Below(limit) => limit,
        Beyond::Worse { mean, .. } => mean,
    });
    json!({
        "id": clean(&alert.about),
        "name": clean(&alert.name),
        "at": said(&one.at, locale),
        "value": apart_from(&value, limit.clone().next(), alert.unit, alert.decimals, locale),
        "parts": parts(&one.measured),
        "beyond": one.beyond.iter().map(|beyond| said(&in_words(alert, &value, beyond), locale)).collect::<Vec<_>>(),
        "before": before(alert, &value, one, locale),
    })
}

/// A limit, and by how much the value is beyond a mean.
fn in_words(alert: &Alert, value: &Exact, beyond: &Beyond) -> Bilingual {
    let shown = |number: &Exact, locale| with_unit(number, alert.unit, alert.decimals, locale);
    let both = |number: &Exact| (shown(number, Locale::Zh), shown(number, Locale::En));
    match beyond {
        Beyond::Above(limit) => {
            let (zh, en) = both(limit);
            Bilingual::new(format!("上限 {zh}"), format!("limit {en}"))
        }
        Beyond::Below(limit) => {
            let (zh, en) = both(limit);
            Bilingual::new(format!("下限 {zh}"), format!("at least {en}"))
        }
        Beyond::Worse { mean, days, by } => {
            let (zh, en) = both(mean);
            let off = percent(&(value.clone() - mean.clone()).abs().checked_div(mean).unwrap_or_else(Exact::zero), 1);
            let by = percent(by, 0);
            Bilingual::new(
                format!("前 {days} 天平均 {zh}，差 {off}（达到 {by} 即预警）"),
                format!("mean of the {days} days before {en}, worse by {off} (told from {by} on)"),
            )
        }
    }
}

fn percent(share: &Exact, places: u32) -> String {
    format!("{}%", number(&(share.clone() * Exact::whole(100)), places))
}

/// The days before with their values, each as a share of the largest, for drawing; `null` where there are none.
fn before(alert: &Alert, value: &Exact, one: &Sighting, locale: Locale) -> Value {
    let most = one.before.iter().map(|(_, value)| value).chain([value]).max().cloned().unwrap_or_else(Exact::zero);
    if one.before.is_empty() || most <= 0 {
        return Value::Null;
    }
    let share = |value: &Exact| value.checked_div(&most).map_or(0.0, |share| share.to_f64().max(0.0));
    let day = |(day, value): &(chrono::NaiveDate, Exact)| {
        json!({
            "on": day.format("%-m-%-d").to_string(),
            "value": with_unit(value, alert.unit, alert.decimals, locale),
            "at": share(value),
        })
    };
    let values = || one.before.iter().map(|(_, value)| value);
    let (low, high) = (values().min().unwrap_or(value), values().max().unwrap_or(value));
    let range = range(alert, low, high, locale);
    json!({ "days": one.before.iter().map(day).collect::<Vec<_>>(), "now_at": share(value), "range": range })
}

/// From the least to the most, the unit said once: `19.7–23.9 秒`.
fn range(alert: &Alert, low: &Exact, high: &Exact, locale: Locale) -> String {
    let most = with_unit(high, alert.unit, alert.decimals, locale);
    let scale = Exact::whole(if alert.unit == Unit::Percent { 100 } else { 1 });
    let least = number(&(low.clone() * scale), alert.decimals);
    if low == high { most } else { format!("{least}–{most}") }
}
