//! `user_approvals/query`: approved leave by person and day; a time without a zone is in UTC.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::{View, number};
use crate::demo::beijing;
use crate::demo::people::Agent;

/// Answers one call; people without any approval are left out.
pub(super) fn answer(view: &View, body: &Value) -> Result<Value, Refusal> {
    let (agents, _) = view.users(body, 50)?;
    let days = view.days(body, ["check_date_from", "check_date_to"], 30)?;
    let each = agents.iter().flat_map(|agent| days.iter().map(move |day| (*agent, *day)));
    let approvals: Vec<Value> = each.filter_map(|(agent, day)| approval(view, agent, day)).collect();
    Ok(json!({ "user_approvals": approvals }))
}

fn approval(view: &View, agent: &Agent, day: NaiveDate) -> Option<Value> {
    let workday = view.shop.workday(agent, day).filter(|_| day <= view.now.date())?;
    let (approval, shift) = workday.leave()?;
    // Some forms keep the zone, older ones do not.
    let zone = if approval.is_multiple_of(3) { "Asia/Shanghai" } else { "" };
    let text = |local: NaiveDateTime| {
        let hours = if zone.is_empty() { 8 } else { 0 };
        beijing::text(local - TimeDelta::hours(hours))
    };
    let leave = json!({
        "approval_id": approval.to_string(),
        "unit": 1,
        "interval": workday.planned_minutes() * 60,
        "start_time": text(shift.on.planned),
        "end_time": text(shift.off.planned),
        "time_zone": zone,
        "reason": "",
        "i18n_names": {"ch": "年假"},
        "default_locale": "ch",
    });
    Some(json!({
        "user_id": view.named_by.name(agent),
        "date": number(day).to_string(),
        "leaves": [leave],
        "outs": [],
        "overtime_works": [],
        "trips": [],
    }))
}
