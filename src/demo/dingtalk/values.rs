//! `POST /topapi/attendance/getcolumnval`: up to twenty columns of the smart report for one person, day by day.

use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};
use serde::Deserialize;
use serde_json::{Value, json};

use super::columns::Column;
use super::refusal::Refusal;
use crate::demo::beijing;
use crate::demo::people::Agent;
use crate::demo::shop::Shop;

/// How long the platform remembers on which days somebody should have come; older days say that nobody should.
const SHOULD_REACH: u64 = 15;

/// The body of a call; who writes `start_date` and `end_date` instead has not said which days.
#[derive(Deserialize)]
struct Asked {
    userid: String,
    column_id_list: String,
    from_date: String,
    to_date: String,
}

/// Answers one call.
pub(super) fn answer(shop: &Shop, body: &[u8], now: NaiveDateTime) -> Result<Value, Refusal> {
    let asked: Asked = super::read(body)?;
    let (from, to) = super::span(&asked.from_date, &asked.to_date, TimeDelta::days(31))?;
    let columns = columns(&asked.column_id_list)?;
    let agent = shop.people.by_dingtalk(&asked.userid).ok_or(Refusal::Parameter("userid"))?;
    let last = to.date().min(now.date() - Days::new(1));
    // Who has left is no longer in any report.
    let gone = agent.left.is_some_and(|left| left < now.date());
    let days: Vec<NaiveDate> = beijing::days_between(from.date(), last).filter(|_| !gone).collect();
    let values: Vec<Value> = columns.into_iter().map(|column| column_values(shop, agent, column, &days, now)).collect();
    Ok(json!({"errcode": 0, "errmsg": "ok", "result": {"column_vals": values}, "success": true}))
}

fn columns(list: &str) -> Result<Vec<Column>, Refusal> {
    let ids: Vec<&str> = list.split(',').map(str::trim).collect();
    if ids.len() > 20 {
        return Err(Refusal::Parameter("column_id_list"));
    }
    let known = |id: &&str| id.parse().ok().and_then(Column::from_id).ok_or(Refusal::Parameter("column_id_list"));
    ids.iter().map(known).collect()
}

/// Both levels are called `column_vals`, and the column is known by its id alone.
fn column_values(shop: &Shop, agent: &Agent, column: Column, days: &[NaiveDate], now: NaiveDateTime) -> Value {
    let id = json!({ "id": column.id() });
    if column == Column::Class {
        return json!({"column_vo": id, "fixed_value": "客服早晚班"});
    }
    let values = days.iter().filter_map(|day| {
        let workday = shop.workday(agent, *day)?;
        let forgotten = column == Column::ShouldAttend && *day + Days::new(SHOULD_REACH) < now.date();
        let value = if forgotten { 0 } else { column.of(&workday) };
        Some(json!({"date": beijing::text(beijing::midnight(*day)), "value": format!("{value}.0")}))
    });
    json!({"column_vo": id, "column_vals": values.collect::<Vec<Value>>()})
}
