//! `GET /api/v1/accounts/{account}/conversations`: sessions, 25 a page, only the open ones unless `status=all`.
//!
//! By default those with the latest activity come first; while pages are turned, an old one wakes up and moves to the front.

use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Desk, PAGE, PageQuery, agent_id, agents, seconds};
use crate::demo::beijing;
use crate::demo::shop::Shop;
use crate::demo::talk::Talk;

/// What is asked for besides the page.
#[derive(Deserialize)]
pub(super) struct Wanted {
    status: Option<String>,
    sort_by: Option<String>,
}

/// Answers a call for a page.
pub(super) async fn list(State(desk): State<Desk>, Query(wanted): Query<Wanted>, Query(page): PageQuery) -> Response {
    let (shop, now, skip) = (&desk.stand.shop, desk.now(), page.skip());
    let status = wanted.status.as_deref().unwrap_or("open");
    let oldest_first = wanted.sort_by.as_deref() == Some("created_at_asc");
    let (total, rows) = match (status, oldest_first) {
        ("all", true) => by_creation(shop, now, skip),
        _ => {
            let mut found = all(shop, now);
            found.retain(|(_, talk)| status == "all" || status == standing(talk, now));
            if !oldest_first {
                found.sort_by_key(|(number, talk)| std::cmp::Reverse((activity(talk, now), *number)));
                wake(&desk, &mut found, skip);
            }
            (found.len(), found.into_iter().skip(skip).take(PAGE).collect())
        }
    };
    let payload: Vec<Value> = rows.iter().map(|(number, talk)| row(shop, *number, talk, now)).collect();
    let meta = json!({ "mine_count": 0, "assigned_count": total, "unassigned_count": 0, "all_count": total });
    Json(json!({ "data": { "meta": meta, "payload": payload } })).into_response()
}

/// After the first page was seen, the 31st conversation becomes the first.
fn wake(desk: &Desk, found: &mut [(u64, Talk)], skip: usize) {
    if desk.woken.load(Ordering::Relaxed) && found.len() > 30 {
        found[..=30].rotate_right(1);
    }
    desk.woken.fetch_or(skip == 0, Ordering::Relaxed);
}

/// The days of the shop up to now.
fn days(shop: &Shop, now: NaiveDateTime) -> impl Iterator<Item = NaiveDate> {
    beijing::days_between(shop.plan().first_month(), now.date())
}

/// How many sessions began before a day: their numbers go from one.
pub(super) fn before(shop: &Shop, day: NaiveDate) -> u64 {
    let earlier = beijing::days_between(shop.plan().first_month(), day).take_while(|earlier| *earlier < day);
    earlier.map(|day| shop.desks(day).iter().map(|desk| desk.chats.len() as u64).sum::<u64>()).sum()
}

/// The sessions of a day with their numbers, oldest first.
pub(super) fn of_day(shop: &Shop, day: NaiveDate, before: u64) -> Vec<(u64, Talk<'_>)> {
    let mut talks: Vec<Talk> = shop.talks_of(day).collect();
    talks.sort_by_key(|talk| (talk.chat.start, talk.chat.agent, talk.chat.index));
    (before + 1..).zip(talks).collect()
}

fn all(shop: &Shop, now: NaiveDateTime) -> Vec<(u64, Talk<'_>)> {
    let mut found = Vec::new();
    for day in days(shop, now) {
        found.extend(of_day(shop, day, found.len() as u64));
    }
    found.retain(|(_, talk)| talk.chat.start <= now);
    found
}

/// The number of all sessions, and a page of them, oldest first; days before the page are only counted.
fn by_creation(shop: &Shop, now: NaiveDateTime, skip: usize) -> (usize, Vec<(u64, Talk<'_>)>) {
    let (mut total, mut rows) = (0, Vec::new());
    for day in days(shop, now) {
        let whole: usize = shop.desks(day).iter().map(|desk| desk.chats.len()).sum();
        let is_needed = total + whole > skip && rows.len() < PAGE;
        if !is_needed && day < now.date() {
            total += whole;
            continue;
        }
        let mut of_day = of_day(shop, day, total as u64);
        of_day.retain(|(_, talk)| talk.chat.start <= now);
        let count = of_day.len();
        rows.extend(of_day.into_iter().skip(skip.saturating_sub(total)).take(PAGE - rows.len()));
        total += count;
    }
    (total, rows)
}

/// Whether it is over: nobody closes what was not answered, and what is answered is closed after a day.
fn standing(talk: &Talk, now: NaiveDateTime) -> &'static str {
    if talk.first_reply.is_some() && talk.end + TimeDelta::days(1) <= now { "resolved" } else { "open" }
}

fn activity(talk: &Talk, now: NaiveDateTime) -> NaiveDateTime {
    talk.end.min(now)
}

fn row(shop: &Shop, number: u64, talk: &Talk, now: NaiveDateTime) -> Value {
    let agent = talk.chat.agent;
    // An unanswered conversation has the zero of the epoch, not null.
    let replied = talk.first_reply.filter(|at| *at <= now).map_or(0, seconds);
    json!({
        "id": number,
        "account_id": 1,
        "inbox_id": 1,
        "status": standing(talk, now),
        "created_at": seconds(talk.chat.start),
        "first_reply_created_at": replied,
        "last_activity_at": seconds(activity(talk, now)),
        "meta": {
            "sender": { "id": talk.chat.buyer.0 >> 16, "name": talk.chat.buyer.masked_nick() },
            "channel": "Channel::WebWidget",
            "assignee": { "id": agent_id(agent), "name": agents::name(shop, agent) },
        },
        "messages": [],
    })
}
