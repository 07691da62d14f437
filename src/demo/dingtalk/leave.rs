//! `POST /topapi/attendance/getleavestatus`: approved leave of up to a hundred people, a hundredth of a day or hour the unit.

use chrono::{NaiveDateTime, TimeDelta};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::demo::beijing;
use crate::demo::people::Agent;
use crate::demo::shop::Shop;
use crate::demo::workday::Workday;

/// The body of a call.
#[derive(Deserialize)]
struct Asked {
    userid_list: String,
    start_time: i64,
    end_time: i64,
    offset: usize,
    size: usize,
}

/// Answers one call.
pub(super) fn answer(shop: &Shop, body: &[u8], now: NaiveDateTime) -> Result<Value, Refusal> {
    let asked: Asked = super::read(body)?;
    let users: Vec<String> = asked.userid_list.split(',').map(str::to_owned).collect();
    let agents = super::agents(shop, &users, 100)?;
    let (from, to) = span(&asked)?;
    if asked.size == 0 || asked.size > 20 {
        return Err(Refusal::Parameter("size"));
    }
    let days = beijing::days_between(from.date(), to.date().min(now.date()));
    let rows: Vec<Value> =
        days.flat_map(|day| agents.iter().filter_map(move |agent| row(agent, &shop.workday(agent, day)?))).collect();
    let shown: Vec<&Value> = rows.iter().skip(asked.offset).take(asked.size).collect();
    let more = rows.len() > asked.offset.saturating_add(shown.len());
    Ok(json!({"errcode": 0, "errmsg": "ok", "success": true, "result": {"has_more": more, "leave_status": shown}}))
}

fn span(asked: &Asked) -> Result<(NaiveDateTime, NaiveDateTime), Refusal> {
    let from = beijing::from_epoch_ms(asked.start_time).ok_or(Refusal::Parameter("start_time"))?;
    let to = beijing::from_epoch_ms(asked.end_time).ok_or(Refusal::Parameter("end_time"))?;
    if to < from || to - from > TimeDelta::days(180) { Err(Refusal::Parameter("end_time")) } else { Ok((from, to)) }
}

/// Some kinds of leave are taken by the day and some by the hour.
fn row(agent: &Agent, workday: &Workday) -> Option<Value> {
    let (approval, shift) = workday.leave()?;
    let (unit, percent) = if approval.is_multiple_of(2) {
        ("percent_day", 100)
    } else {
        ("percent_hour", workday.planned_minutes() * 100 / 60)
    };
    Some(json!({
        "userid": agent.dingtalk,
        "leave_code": "shop-leave",
        "duration_unit": unit,
        "duration_percent": percent,
        "start_time": beijing::epoch_ms(shift.on.planned),
        "end_time": beijing::epoch_ms(shift.off.planned),
    }))
}
