//! The directory: departments below one, and who is in one; somebody in two of them is listed twice.

use chrono::NaiveDateTime;
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::demo::beijing;
use crate::demo::people::Agent;
use crate::demo::shop::Shop;

/// The whole firm.
const ROOT: u64 = 1;
/// Customer service (客服部), whose teams are the departments below it.
const SERVICE: u64 = 100;

/// The body of a call for departments.
#[derive(Deserialize)]
struct Below {
    dept_id: u64,
}

/// Answers `POST /topapi/v2/department/listsubid`: the departments one level below, as bare numbers.
pub(super) fn departments(shop: &Shop, body: &[u8], _: NaiveDateTime) -> Result<Value, Refusal> {
    let asked: Below = super::read(body)?;
    let below: Vec<u64> = match asked.dept_id {
        ROOT => vec![SERVICE],
        SERVICE => shop.teams().iter().map(|team| SERVICE + u64::from(team.number)).collect(),
        _ => Vec::new(),
    };
    Ok(json!({"errcode": 0, "errmsg": "ok", "result": {"dept_id_list": below}}))
}

/// The body of a call for people.
#[derive(Deserialize)]
struct Within {
    dept_id: u64,
    cursor: usize,
    size: usize,
}

/// Answers `POST /topapi/v2/user/list`: the people of one department, not of those below it.
pub(super) fn users(shop: &Shop, body: &[u8], now: NaiveDateTime) -> Result<Value, Refusal> {
    let asked: Within = super::read(body)?;
    if asked.size == 0 || asked.size > 100 {
        return Err(Refusal::Parameter("size"));
    }
    // Who has left stands in no directory.
    let here = shop.agents().iter().filter(|agent| agent.left.is_none_or(|left| now.date() <= left));
    let mut people: Vec<Value> =
        here.filter(|agent| departments_of(agent).contains(&asked.dept_id)).map(person).collect();
    if asked.dept_id == SERVICE {
        people.push(robot());
    }
    let shown: Vec<&Value> = people.iter().skip(asked.cursor).take(asked.size).collect();
    let next = asked.cursor.saturating_add(shown.len());
    let more = next < people.len();
    let mut result = json!({"has_more": more, "list": shown});
    if more {
        result["next_cursor"] = json!(next);
    }
    Ok(json!({"errcode": 0, "errmsg": "ok", "result": result}))
}

/// The agent's team; the seventh of each ten helps out in customer service at large as well.
fn departments_of(agent: &Agent) -> Vec<u64> {
    let team = SERVICE + u64::from(agent.team);
    if agent.number % 10 == 7 { vec![team, SERVICE] } else { vec![team] }
}

fn person(agent: &Agent) -> Value {
    json!({
        "userid": agent.dingtalk,
        "unionid": format!("union-{}", agent.dingtalk),
        "name": agent.name,
        "job_number": agent.id,
        "title": "客服",
        "dept_id_list": departments_of(agent),
        "hired_date": beijing::epoch_ms(beijing::midnight(agent.hired)),
        "active": true,
    })
}

/// An account that no person owns.
fn robot() -> Value {
    json!({"userid": "robot01", "unionid": "union-robot01", "name": "排班助手", "dept_id_list": [SERVICE], "active": true})
}
