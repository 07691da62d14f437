//! `getcheckin_monthdata`: what the days of a span come to for each person.

use chrono::NaiveDateTime;
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::demo::people::Agent;
use crate::demo::shop::Shop;
use crate::demo::workday::Workday;

/// Answers one call; a person without any day in the span is left out.
pub(super) fn answer(shop: &Shop, body: &[u8], now: NaiveDateTime) -> Result<Value, Refusal> {
    let asked: super::AskedDays = super::read(body)?;
    let agents = super::agents(shop, &asked.useridlist)?;
    let days = super::whole_days(&asked, now)?;
    let rows = agents.into_iter().filter_map(|agent| {
        let workdays: Vec<Workday> = days.iter().filter_map(|day| shop.workday(agent, *day)).collect();
        (!workdays.is_empty()).then(|| row(shop, agent, &workdays))
    });
    Ok(json!({ "datas": rows.collect::<Vec<Value>>() }))
}

fn row(shop: &Shop, agent: &Agent, workdays: &[Workday]) -> Value {
    let days: Vec<&Workday> = workdays.iter().collect();
    let count = |of: &dyn Fn(&Workday) -> bool| workdays.iter().filter(|workday| of(workday)).count();
    let seconds = |of: &dyn Fn(&Workday) -> i64| workdays.iter().map(of).sum::<i64>() * 60;
    let planned = count(&|day| day.shift().is_some());
    let regular = count(&is_regular);
    let mut row = json!({
        "base_info": {
            "record_type": 3, "name": agent.name, "name_ex": "", "departs_name": shop.teams()[agent.team as usize - 1].name,
            "acctid": agent.wecom, "rule_info": {"groupid": agent.team, "groupname": "客服早晚班"},
        },
        "summary_info": {
            "work_days": planned, "regular_days": regular, "except_days": planned - regular, "rest_days": workdays.len() - planned,
            "regular_work_sec": seconds(&Workday::worked_minutes), "standard_work_sec": seconds(&Workday::planned_minutes),
        },
        "overwork_info": {"workday_over_sec": 0, "holidays_over_sec": 0, "restdays_over_sec": 0},
    });
    let (exceptions, approvals) = (super::days::exceptions(&days), super::days::approvals(&days));
    for (key, list) in [("exception_infos", exceptions), ("sp_items", approvals)] {
        if !list.is_empty() {
            row[key] = Value::Array(list);
        }
    }
    row
}

/// A planned day with nothing wrong.
fn is_regular(day: &Workday) -> bool {
    day.shift().is_some() && super::days::exceptions(&[day]).is_empty()
}
