//! `taobao.qianniu.cloudkefu.onlinestatuslog.get`: raw events of presence of the last thirty days.

use chrono::{Days, NaiveDate, NaiveDateTime};
use serde_json::{Value, json};

use super::Gateway;
use super::envelope::{Answer, List};
use super::params::Params;
use super::refusal::Refusal;
use super::subusers::{self, Owner};
use crate::demo::beijing;
use crate::demo::presence::{Change, Device, Event};

const LIST: List = List::Array { outer: "record_list", inner: "record_list" };

/// Answers one call: at most five accounts by their numbers, whole days, the last of them included.
pub(super) fn answer(gateway: &Gateway, params: &Params, now: NaiveDateTime) -> Result<Answer, Refusal> {
    let shop = &gateway.stand.shop;
    let ids = params.list("account_ids")?;
    if ids.len() > 5 {
        return Err(Refusal::OverLimit("account_ids", "账号最多 5 个"));
    }
    let (from, to) = span(params, now)?;
    let Some(owners) = ids.iter().map(|id| subusers::by_id(shop, id)).collect::<Option<Vec<Owner>>>() else {
        return Ok(inner_refusal());
    };
    let mut rows = Vec::new();
    for owner in owners {
        // The people of the shared account are seen at their own.
        let Owner::Agent(agent) = owner else { continue };
        let days = beijing::days_between(from, to);
        let events = days.flat_map(|day| shop.presence(agent, day)).filter(|event| event.at <= now);
        rows.extend(events.map(|event| row(agent.number, event)));
    }
    Ok(Answer::list(vec![("version", json!("1.0"))], LIST, rows))
}

/// An error inside a success: a Java result whose inner fields were kept.
fn inner_refusal() -> Answer {
    let map = json!({ "account_ids": "子账号不属于当前商家" });
    Answer::plain(vec![
        ("cause", json!("INVALID_ACCOUNT")),
        ("error_map", map),
        ("solution", json!("请检查子账号")),
        ("version", json!("1.0")),
    ])
}

fn span(params: &Params, now: NaiveDateTime) -> Result<(NaiveDate, NaiveDate), Refusal> {
    let from = params.time("start_date")?.ok_or(Refusal::Missing("start_date"))?.date();
    let to = params.time("end_date")?.ok_or(Refusal::Missing("end_date"))?.date();
    if to < from {
        return Err(Refusal::OverLimit("end_date", "结束时间早于开始时间"));
    }
    if from < now.date() - Days::new(30) {
        return Err(Refusal::OverLimit("start_date", "只能查询 30 天以内的数据"));
    }
    Ok((from, to))
}

fn row(number: u32, event: Event) -> Value {
    let status = match event.change {
        Change::Online => 1,
        Change::Offline => -1,
        Change::Suspended => 2,
        Change::Resumed => 3,
    };
    let kind = match (event.change, event.device) {
        (Change::Suspended | Change::Resumed, _) => 5,
        (_, Device::Computer) => 8,
        (_, Device::Telephone) => 4,
    };
    json!({
        "main_account_id": subusers::MAIN,
        "account_id": subusers::id(number),
        "status": status,
        "type": kind,
        "change_time": beijing::text(event.at),
        "change_time_ts": beijing::epoch_ms(event.at),
        "gmt_create": beijing::text(event.at),
        "domain": "cntaobao",
    })
}
