//! `user_tasks/query`: each day of each person, with what became of coming and going.

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::{View, number};
use crate::demo::beijing;
use crate::demo::clockings::{Clocking, Way};
use crate::demo::people::Agent;
use crate::demo::rota::{Duty, Punch, PunchResult, ordinal};
use crate::demo::workday::Workday;

/// Answers one call; there are no pages.
pub(super) fn answer(view: &View, body: &Value) -> Result<Value, Refusal> {
    let (agents, unknown) = view.users(body, 50)?;
    let days = view.days(body, ["check_date_from", "check_date_to"], 31)?;
    if !unknown.is_empty() && !view.ignores_invalid {
        return Err(Refusal::User);
    }
    let known: Vec<NaiveDate> = days.into_iter().filter(|day| *day <= view.now.date()).collect();
    let each = agents.iter().flat_map(|agent| known.iter().map(move |day| (*agent, *day)));
    let results: Vec<Value> = each.filter_map(|(agent, day)| result(view, agent, day)).collect();
    Ok(json!({"user_task_results": results, "invalid_user_ids": unknown, "unauthorized_user_ids": []}))
}

fn result(view: &View, agent: &Agent, day: NaiveDate) -> Option<Value> {
    let workday = view.shop.workday(agent, day)?;
    let record = match workday.shift() {
        None => free_record(view, agent, &workday),
        Some(_) => planned_record(view, agent, &workday),
    };
    Some(json!({
        "result_id": (ordinal(day) * 100_000 + u64::from(agent.number)).to_string(),
        "user_id": view.named_by.name(agent),
        "employee_name": agent.name,
        "day": number(day),
        "group_id": "6737202939523236110",
        "shift_id": if workday.shift().is_some() { "6753520403404030215" } else { "0" },
        "records": [record],
    }))
}

/// Nobody need come; somebody may all the same.
fn free_record(view: &View, agent: &Agent, workday: &Workday) -> Value {
    let all = view.shop.clockings(agent, workday);
    let side = |way| all.iter().find(|one: &&Clocking| one.way == way).map(|one| one.at);
    let (come, gone) = (Side::free(side(Way::In)), Side::free(side(Way::Out)));
    record(agent, workday.day, &come, &gone)
}

fn planned_record(view: &View, agent: &Agent, workday: &Workday) -> Value {
    let Some(shift) = workday.shift() else { return Value::Null };
    let (come, gone) = (Side::of(&shift.on, workday, view.now), Side::of(&shift.off, workday, view.now));
    record(agent, workday.day, &come, &gone)
}

/// Coming or going, in the platform's words.
struct Side {
    result: &'static str,
    supplement: &'static str,
    planned: Option<NaiveDateTime>,
    at: Option<NaiveDateTime>,
}

impl Side {
    fn free(at: Option<NaiveDateTime>) -> Self {
        Self { result: "NoNeedCheck", supplement: "None", planned: None, at }
    }

    fn of(punch: &Punch, workday: &Workday, now: NaiveDateTime) -> Self {
        if now <= punch.planned {
            return Self { result: "Todo", supplement: "None", planned: Some(punch.planned), at: None };
        }
        let (result, supplement) = match punch.result {
            PunchResult::Normal(_) => ("Normal", "None"),
            PunchResult::Late(_) => ("Late", "None"),
            PunchResult::Early(_) => ("Early", "None"),
            PunchResult::Absenteeism(_) => ("SeriousLate", "None"),
            PunchResult::MadeUp => ("Normal", "ManagerModification"),
            // Nobody came, and nobody had to: this is no absence.
            PunchResult::NotSigned if matches!(workday.duty, Duty::Leave(_)) => ("Lack", "Leave"),
            PunchResult::NotSigned => ("Lack", "None"),
        };
        let at = punch.made_at().or_else(|| (punch.result == PunchResult::MadeUp).then_some(punch.planned));
        Self { result, supplement, planned: Some(punch.planned), at }
    }
}

fn record(agent: &Agent, day: NaiveDate, come: &Side, gone: &Side) -> Value {
    let id = ordinal(day) * 10_000_000 + u64::from(agent.number) * 10;
    let side_id = |side: &Side, digit: u64| side.at.map_or_else(String::new, |_| (id + digit).to_string());
    let planned = |side: &Side| side.planned.map_or_else(String::new, |at| beijing::epoch(at).to_string());
    json!({
        "check_in_record_id": side_id(come, 1),
        "check_in_record": come.at.map(flow),
        "check_out_record_id": side_id(gone, 2),
        "check_out_record": gone.at.map(flow),
        "check_in_result": come.result,
        "check_out_result": gone.result,
        "check_in_result_supplement": come.supplement,
        "check_out_result_supplement": gone.supplement,
        "check_in_shift_time": planned(come),
        "check_out_shift_time": planned(gone),
        "task_shift_type": 0,
    })
}

fn flow(at: NaiveDateTime) -> Value {
    json!({"check_time": beijing::epoch(at).to_string(), "location_name": "示例园区", "is_field": false, "is_wifi": true, "type": 0})
}
