//! `getcheckin_daydata`: what each day came to, in seconds; times that are not midnight give nothing, and nobody says so.

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use crate::demo::beijing;
use crate::demo::people::Agent;
use crate::demo::shop::Shop;
use crate::demo::workday::Workday;

/// Answers one call.
pub(super) fn answer(shop: &Shop, body: &[u8], now: NaiveDateTime) -> Result<Value, Refusal> {
    let asked: super::AskedDays = super::read(body)?;
    let agents = super::agents(shop, &asked.useridlist)?;
    let days = super::whole_days(&asked, now)?;
    let each = agents.iter().flat_map(|agent| days.iter().map(move |day| (*agent, *day)));
    let datas: Vec<Value> = each.filter_map(|(agent, day)| row(shop, agent, day)).collect();
    Ok(json!({ "datas": datas }))
}

fn row(shop: &Shop, agent: &Agent, day: NaiveDate) -> Option<Value> {
    let workday = shop.workday(agent, day)?;
    let mut row = Map::new();
    row.insert("base_info".to_owned(), base(shop, agent, &workday));
    row.insert("summary_info".to_owned(), summary(shop, agent, &workday));
    for (key, list) in [("exception_infos", exceptions(&[&workday])), ("sp_items", approvals(&[&workday]))] {
        // A list without anything in it is not there.
        if !list.is_empty() {
            row.insert(key.to_owned(), Value::Array(list));
        }
    }
    row.insert("ot_info".to_owned(), json!({"ot_status": 0, "ot_duration": 0, "exception_duration": []}));
    Some(Value::Object(row))
}

fn base(shop: &Shop, agent: &Agent, workday: &Workday) -> Value {
    let times = workday.shift().map(|shift| {
        let second = |at: NaiveDateTime| (at - beijing::midnight(workday.day)).num_seconds();
        json!({"work_sec": second(shift.on.planned), "off_work_sec": second(shift.off.planned)})
    });
    json!({
        "date": beijing::epoch(beijing::midnight(workday.day)),
        "record_type": 3,
        "name": agent.name,
        "departs_name": shop.teams()[agent.team as usize - 1].name,
        "acctid": agent.wecom,
        "rule_info": {
            "groupid": agent.team, "groupname": "客服早晚班", "scheduleid": agent.team, "schedulename": "早晚班",
            "checkintime": times.into_iter().collect::<Vec<Value>>(),
        },
        "day_type": u8::from(workday.shift().is_none()),
    })
}

fn summary(shop: &Shop, agent: &Agent, workday: &Workday) -> Value {
    let punches = shop.clockings(agent, workday);
    let second = |at: NaiveDateTime| (at - beijing::midnight(workday.day)).num_seconds();
    let mut summary = json!({
        "checkin_count": punches.len(),
        "regular_work_sec": workday.worked_minutes() * 60,
        "standard_work_sec": workday.planned_minutes() * 60,
    });
    if let (Some(first), Some(last)) = (punches.first(), punches.last()) {
        summary["earliest_time"] = json!(second(first.at));
        // The platform's own spelling.
        summary["lastest_time"] = json!(second(last.at));
    }
    summary
}

/// What was wrong with some days, by kind: 1 late, 2 left early, 3 a missing punch, 4 absence.
pub(super) fn exceptions(workdays: &[&Workday]) -> Vec<Value> {
    let sum = |of: &dyn Fn(&Workday) -> (i64, i64)| {
        workdays
            .iter()
            .map(|workday| of(workday))
            .fold((0, 0), |(count, minutes), (more, longer)| (count + more, minutes + longer))
    };
    let kinds: [(u8, (i64, i64)); 4] = [
        (1, sum(&|day| (i64::from(day.late_minutes() > 0), day.late_minutes()))),
        (2, sum(&|day| (i64::from(day.early_minutes() > 0), day.early_minutes()))),
        (3, sum(&|day| (if day.is_absent() { 0 } else { day.missed() as i64 }, 0))),
        (4, sum(&|day| if day.is_absent() { (1, day.planned_minutes()) } else { (0, 0) })),
    ];
    let there = kinds.into_iter().filter(|(_, (count, _))| *count > 0);
    there.map(|(kind, (count, minutes))| json!({"exception": kind, "count": count, "duration": minutes * 60})).collect()
}

/// What was approved: leave by the day, or by the hour for those whose number is odd; `count` is of that unit.
pub(super) fn approvals(workdays: &[&Workday]) -> Vec<Value> {
    let leaves: Vec<(u64, i64)> =
        workdays.iter().filter_map(|day| Some((day.leave()?.0, day.planned_minutes()))).collect();
    let Some((first, _)) = leaves.first() else { return Vec::new() };
    let by_hour = first % 2 == 1;
    let minutes: i64 = leaves.iter().map(|(_, minutes)| minutes).sum();
    let count = if by_hour { minutes / 60 } else { leaves.len() as i64 };
    vec![json!({
        "type": 1, "vacation_id": 2, "count": count, "duration": minutes * 60, "time_type": u8::from(by_hour), "name": "年假",
    })]
}
