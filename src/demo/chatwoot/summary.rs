//! `GET /api/v2/accounts/{account}/summary_reports/agent`: all agents at once, averages in seconds as floats, null where there is none.

use axum::extract::{Query, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::{Desk, WindowQuery, agent_id, list as respond, unreadable};
use crate::demo::beijing;
use crate::demo::shop::Shop;
use crate::demo::talk::Talk;

/// Answers a call for the sums of a window, half open.
pub(super) async fn by_agent(State(desk): State<Desk>, Query(window): WindowQuery) -> Response {
    let Some((since, until)) = window.local().filter(|_| window.since.is_some() && window.until.is_some()) else {
        return unreadable();
    };
    let shop = &desk.stand.shop;
    let until = until.min(desk.now());
    let of = |number: u32| -> Vec<Talk> {
        let days = beijing::days_between(since.date().max(shop.plan().first_month()), until.date());
        let talks = days.flat_map(|day| shop.talks_at(day, number));
        talks.filter(|talk| since <= talk.chat.start && talk.chat.start < until).collect()
    };
    respond((0..=shop.agents().len() as u32).map(|number| row(shop, number, &of(number))).collect())
}

fn row(shop: &Shop, number: u32, talks: &[Talk]) -> Value {
    let waits: Vec<i64> =
        talks.iter().filter_map(|talk| Some((talk.first_reply? - talk.chat.start).num_seconds())).collect();
    let mean = (!waits.is_empty()).then(|| waits.iter().sum::<i64>() as f64 / waits.len() as f64);
    let lengths: Vec<i64> = talks.iter().map(|talk| (talk.end - talk.chat.start).num_seconds()).collect();
    let length = (!lengths.is_empty()).then(|| lengths.iter().sum::<i64>() as f64 / lengths.len() as f64);
    // For whom nothing happened some versions say zero and some say nothing.
    let is_silent = talks.is_empty() && number % 2 == 1 && !shop.agents().is_empty();
    let count = |count: usize| if is_silent { Value::Null } else { json!(count) };
    json!({
        "id": agent_id(number),
        "conversations_count": count(talks.len()),
        "resolved_conversations_count": count(waits.len()),
        "avg_resolution_time": length,
        "avg_first_response_time": mean,
        "avg_reply_time": mean,
    })
}
