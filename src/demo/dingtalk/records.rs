//! `POST /attendance/listRecord`: every punch, also a second one and one that does not count; there are no pages.

use chrono::{NaiveDateTime, TimeDelta};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::list::result_word;
use super::refusal::Refusal;
use crate::demo::beijing;
use crate::demo::clockings::{Clocking, Way, Worth};
use crate::demo::people::Agent;
use crate::demo::rota::ordinal;
use crate::demo::shop::Shop;
use crate::demo::workday::Workday;

/// The body of a call.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    user_ids: Vec<String>,
    check_date_from: String,
    check_date_to: String,
}

/// Answers one call.
pub(super) fn answer(shop: &Shop, body: &[u8], now: NaiveDateTime) -> Result<Value, Refusal> {
    let asked: Asked = super::read(body)?;
    let (from, to) = super::span(&asked.check_date_from, &asked.check_date_to, TimeDelta::days(7))?;
    let agents = super::agents(shop, &asked.user_ids, 50)?;
    let days: Vec<_> = beijing::days_between(from.date(), to.date()).collect();
    let workdays = days.iter().flat_map(|day| {
        agents.iter().filter_map(move |agent| shop.workday(agent, *day).map(|workday| (*agent, workday)))
    });
    let rows: Vec<Value> = workdays.flat_map(|(agent, workday)| rows(shop, agent, &workday, (from, to), now)).collect();
    // Nothing at all has no list.
    Ok(if rows.is_empty() {
        json!({"errcode": 0, "errmsg": "ok"})
    } else {
        json!({"errcode": 0, "errmsg": "ok", "recordresult": rows})
    })
}

fn rows(
    shop: &Shop,
    agent: &Agent,
    workday: &Workday,
    (from, to): (NaiveDateTime, NaiveDateTime),
    now: NaiveDateTime,
) -> Vec<Value> {
    let all = shop.clockings(agent, workday).into_iter().enumerate();
    let known = all.filter(|(_, one)| from <= one.at && one.at <= to && one.at < now);
    known.map(|(index, one)| row(agent, workday, index as u64, &one)).collect()
}

fn row(agent: &Agent, workday: &Workday, index: u64, one: &Clocking) -> Value {
    let at = json!(beijing::epoch_ms(one.at));
    let mut row = Map::new();
    let mut put = |key: &str, value: Value| row.insert(key.to_owned(), value);
    put("id", json!(9_000_000_000_000 + ordinal(workday.day) * 1_000_000 + u64::from(agent.number) * 10 + index));
    put("userId", json!(agent.dingtalk));
    put("corpId", json!("dingshop"));
    put("workDate", json!(beijing::epoch_ms(beijing::midnight(workday.day))));
    put("userCheckTime", at.clone());
    put("gmtCreate", at.clone());
    put("gmtModified", at);
    put("checkType", json!(if one.way == Way::In { "OnDuty" } else { "OffDuty" }));
    put("locationMethod", json!("WIFI"));
    put("sourceType", json!(if one.worth == Worth::Approved { "APPROVE" } else { "USER" }));
    put("timeResult", json!(one.result.as_ref().map_or("Normal", result_word)));
    if let Some(planned) = one.planned {
        put("baseCheckTime", json!(beijing::epoch_ms(planned)));
        put("planCheckTime", json!(beijing::epoch_ms(planned)));
    }
    put("isLegal", json!(if one.worth == Worth::Illegal { "N" } else { "Y" }));
    put("locationResult", json!(if one.worth == Worth::Illegal { "Outside" } else { "Normal" }));
    if one.worth == Worth::Illegal {
        put("invalidRecordType", json!("Security"));
        put("invalidRecordMsg", json!("打卡地点异常"));
    }
    Value::Object(row)
}
