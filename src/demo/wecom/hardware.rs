//! `get_hardware_checkin_data`: what the machine at the door saw; unknown people are passed over in silence.

use chrono::NaiveDateTime;
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::demo::beijing;
use crate::demo::clockings::Worth;
use crate::demo::shop::Shop;

/// The body of a call.
#[derive(Deserialize)]
struct Asked {
    /// 1 by the time of the punch, 2 by that of its arrival; here they are the same.
    filter_type: u8,
    starttime: i64,
    endtime: i64,
    useridlist: Vec<String>,
}

/// Answers one call.
pub(super) fn answer(shop: &Shop, body: &[u8], now: NaiveDateTime) -> Result<Value, Refusal> {
    let asked: Asked = super::read(body)?;
    if !(1..=2).contains(&asked.filter_type) {
        return Err(Refusal::Parameter("filter_type"));
    }
    let (from, to) = super::span(asked.starttime, asked.endtime)?;
    let agents = super::agents(shop, &asked.useridlist)?;
    let days: Vec<_> = beijing::days_between(from.date(), to.date()).collect();
    let each = days.iter().flat_map(|day| {
        agents.iter().filter_map(move |agent| shop.workday(agent, *day).map(|workday| (*agent, workday)))
    });
    let seen = each.flat_map(|(agent, workday)| {
        let good = shop.clockings(agent, &workday).into_iter().filter(|one| one.worth == Worth::Good);
        good.map(|one| (agent.wecom.clone(), one.at)).collect::<Vec<_>>()
    });
    let inside = seen.filter(|(_, at)| from <= *at && *at <= to && *at < now);
    let row = |(userid, at): (String, NaiveDateTime)| json!({"userid": userid, "checkin_time": beijing::epoch(at), "device_sn": "SHOP0001", "device_name": "前台"});
    Ok(json!({ "checkindata": inside.map(row).collect::<Vec<Value>>() }))
}
