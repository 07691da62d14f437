//! `user/list_id`: who is visible to the app, by cursor; somebody in two departments is listed twice.

use chrono::NaiveDateTime;
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::demo::shop::Shop;

/// What one answer has at most, however many are asked for.
const PAGE: usize = 15;

/// The body of a call.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    cursor: String,
    limit: usize,
}

/// Answers one call; the last answer has an empty cursor.
pub(super) fn answer(shop: &Shop, body: &[u8], now: NaiveDateTime) -> Result<Value, Refusal> {
    let asked: Asked = super::read(body)?;
    if asked.limit == 0 || asked.limit > 10_000 {
        return Err(Refusal::Parameter("limit"));
    }
    let skip = match asked.cursor.as_str() {
        "" => 0,
        cursor => cursor.strip_prefix("next-").and_then(|at| at.parse().ok()).ok_or(Refusal::Parameter("cursor"))?,
    };
    let rows = rows(shop, now);
    let shown: Vec<&Value> = rows.iter().skip(skip).take(asked.limit.min(PAGE)).collect();
    let at = skip.saturating_add(shown.len());
    let next = if at < rows.len() { format!("next-{at}") } else { String::new() };
    Ok(json!({"next_cursor": next, "dept_user": shown}))
}

/// People with their departments; who has left is not visible, and the managers are.
fn rows(shop: &Shop, now: NaiveDateTime) -> Vec<Value> {
    let here = shop.agents().iter().filter(|agent| agent.left.is_none_or(|left| now.date() <= left));
    let agents = here.flat_map(|agent| {
        let helps_out = (agent.number % 10 == 7).then_some(100);
        let departments = [Some(100 + agent.team), helps_out];
        departments.into_iter().flatten().map(|department| (agent.wecom.clone(), department)).collect::<Vec<_>>()
    });
    let managers = shop.managers().iter().map(|manager| (format!("wm{:02}", manager.team), 100 + manager.team));
    agents.chain(managers).map(|(userid, department)| json!({"userid": userid, "department": department})).collect()
}
