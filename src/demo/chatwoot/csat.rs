//! `GET /api/v1/accounts/{account}/csat_survey_responses`: a bare list, 25 a page, newest first; nothing says how many.

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

use super::{
    Desk, PAGE, PageQuery, WindowQuery, agent_id, agents, conversations, list as respond, seconds, unreadable,
};
use crate::demo::beijing;
use crate::demo::shop::Shop;
use crate::demo::talk::{Rating, Talk};

/// A rating with the number of its conversation.
type Rated<'a> = (Rating, u64, Talk<'a>);

/// Answers a call for a page.
pub(super) async fn list(State(desk): State<Desk>, Query(page): PageQuery, Query(window): WindowQuery) -> Response {
    let Some(window) = window.local() else { return unreadable() };
    let found = rated(&desk.stand.shop, window, desk.now());
    let rows = found.iter().skip(page.skip()).take(PAGE);
    respond(rows.map(|rated| row(&desk.stand.shop, rated)).collect())
}

/// Answers a call for the counts.
pub(super) async fn metrics(State(desk): State<Desk>, Query(window): WindowQuery) -> Response {
    let Some(window) = window.local() else { return unreadable() };
    let found = rated(&desk.stand.shop, window, desk.now());
    let count = |stars: u8| found.iter().filter(|(rating, ..)| rating.stars == stars).count();
    let counts: Map<String, Value> = (1..=5).map(|stars| (stars.to_string(), json!(count(stars)))).collect();
    Json(json!({ "total_count": found.len(), "ratings_count": counts, "total_sent_messages_count": found.len() }))
        .into_response()
}

/// The ratings of a window, half open, newest first.
fn rated(shop: &Shop, (since, until): (NaiveDateTime, NaiveDateTime), now: NaiveDateTime) -> Vec<Rated<'_>> {
    let first = since.date().max(shop.plan().first_month());
    let first = first.pred_opt().unwrap_or(first);
    let mut before = conversations::before(shop, first);
    let mut found = Vec::new();
    for day in beijing::days_between(first, until.min(now).date()) {
        let talks = conversations::of_day(shop, day, before);
        before += talks.len() as u64;
        found.extend(talks.into_iter().filter_map(|(number, talk)| Some((talk.rating?, number, talk))));
    }
    found.retain(|(rating, ..)| since <= rating.at && rating.at < until && rating.at <= now);
    found.sort_by_key(|(rating, number, _)| std::cmp::Reverse((rating.at, *number)));
    found
}

fn row(shop: &Shop, (rating, number, talk): &Rated) -> Value {
    let agent = talk.chat.agent;
    json!({
        "id": number * 10 + 7,
        "rating": rating.stars,
        "feedback_message": null,
        "account_id": 1,
        "message_id": number * 10 + 3,
        "contact": { "id": talk.chat.buyer.0 >> 16 },
        "conversation_id": number,
        "assigned_agent": { "id": agent_id(agent), "name": agents::name(shop, agent) },
        "created_at": seconds(rating.at),
    })
}
