//! `POST /attendance/list`: what became of each planned punch.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use crate::demo::beijing;
use crate::demo::people::Agent;
use crate::demo::rota::{Punch, PunchResult, ordinal};
use crate::demo::shop::Shop;

/// The body of a call.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    work_date_from: String,
    work_date_to: String,
    user_id_list: Vec<String>,
    offset: usize,
    limit: usize,
}

/// Answers one call.
pub(super) fn answer(shop: &Shop, body: &[u8], now: NaiveDateTime) -> Result<Value, Refusal> {
    let asked: Asked = super::read(body)?;
    let (from, to) = super::span(&asked.work_date_from, &asked.work_date_to, TimeDelta::days(7))?;
    let agents = super::agents(shop, &asked.user_id_list, 50)?;
    if asked.limit == 0 || asked.limit > 50 {
        return Err(Refusal::Parameter("limit"));
    }
    let rows = rows(shop, &agents, (from, to), now);
    let shown: Vec<&Value> = rows.iter().skip(asked.offset).take(asked.limit).collect();
    let more = rows.len() > asked.offset.saturating_add(shown.len());
    Ok(json!({"errcode": 0, "errmsg": "ok", "hasMore": more, "recordresult": shown}))
}

/// The rows by work day and person; nobody knows the punches of tomorrow.
fn rows(shop: &Shop, agents: &[&Agent], (from, to): (NaiveDateTime, NaiveDateTime), now: NaiveDateTime) -> Vec<Value> {
    let days = beijing::days_between(from.date(), to.date());
    let asked = days.filter(|day| from <= beijing::midnight(*day));
    asked.flat_map(|day| agents.iter().flat_map(move |agent| day_rows(shop, agent, day, now))).collect()
}

fn day_rows(shop: &Shop, agent: &Agent, day: NaiveDate, now: NaiveDateTime) -> Vec<Value> {
    let workday = shop.workday(agent, day);
    let Some(shift) = workday.as_ref().and_then(|workday| workday.shift()) else { return Vec::new() };
    let both = [("OnDuty", &shift.on), ("OffDuty", &shift.off)];
    let known = both.into_iter().filter(|(_, punch)| punch.planned < now);
    known.map(|(check, punch)| row(agent, day, check, punch)).collect()
}

/// The platform's word for what became of a planned punch.
pub(super) fn result_word(result: &PunchResult) -> &'static str {
    match result {
        PunchResult::Normal(_) | PunchResult::MadeUp => "Normal",
        PunchResult::Late(_) => "Late",
        PunchResult::Early(_) => "Early",
        PunchResult::Absenteeism(_) => "Absenteeism",
        PunchResult::NotSigned => "NotSigned",
    }
}

fn row(agent: &Agent, day: NaiveDate, check: &str, punch: &Punch) -> Value {
    let source = match punch.result {
        PunchResult::MadeUp => "APPROVE",
        PunchResult::NotSigned => "SYSTEM",
        _ => "USER",
    };
    // A punch that nobody made carries the planned time all the same.
    let at = punch.made_at().unwrap_or(punch.planned);
    let id = ordinal(day) * 1_000_000 + u64::from(agent.number) * 10 + u64::from(check == "OffDuty");
    let mut row = Map::new();
    let mut put = |key: &str, value: Value| row.insert(key.to_owned(), value);
    put("id", json!(id));
    if source == "USER" {
        put("recordId", json!(id + 7_000_000_000_000));
    }
    put("userId", json!(agent.dingtalk));
    put("corpId", json!("dingshop"));
    put("groupId", json!(agent.team));
    put("planId", json!(id + 3_000_000_000_000));
    put("workDate", json!(beijing::epoch_ms(beijing::midnight(day))));
    put("baseCheckTime", json!(beijing::epoch_ms(punch.planned)));
    put("userCheckTime", json!(beijing::epoch_ms(at)));
    put("checkType", json!(check));
    put("timeResult", json!(result_word(&punch.result)));
    put("locationResult", json!(if source == "SYSTEM" { "NotSigned" } else { "Normal" }));
    put("sourceType", json!(source));
    if let Some(approval) = punch.approval {
        put("approveId", json!(approval));
    }
    Value::Object(row)
}
