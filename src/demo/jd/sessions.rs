//! `jingdong.im.pop.sessionlist.get` and `jingdong.im.pop.evaluationlist.get`: the sessions of one waiter and their ratings.

use chrono::{NaiveDateTime, TimeDelta};
use serde_json::{Map, Value, json};

use super::params::Business;
use super::refusal::Refusal;
use super::staff;
use crate::demo::beijing;
use crate::demo::rows::Buyer;
use crate::demo::shop::Shop;
use crate::demo::talk::Talk;

/// Answers a call for a page of sessions, oldest first.
pub(super) fn answer(shop: &Shop, business: &Business, now: NaiveDateTime) -> Result<Map<String, Value>, Refusal> {
    let number = staff::asked(shop, business)?;
    let ((from, to), (skip, size)) = (business.span(now)?, business.page()?);
    let days = beijing::days_between(from.date(), to.date());
    let talks = days.flat_map(|day| shop.talks_at(day, number));
    let found: Vec<Talk> = talks.filter(|talk| from <= talk.chat.start && talk.chat.start <= to).collect();
    let waiter = staff::waiter(shop, number);
    let rows: Vec<Value> = found.iter().skip(skip).take(size).map(|talk| row(&waiter, talk)).collect();
    Ok(paged("ChatSessionPage", "chatSessionList", found.len(), rows))
}

/// Answers a call for a page of ratings, oldest first.
pub(super) fn ratings(shop: &Shop, business: &Business, now: NaiveDateTime) -> Result<Map<String, Value>, Refusal> {
    let number = staff::asked(shop, business)?;
    let ((from, to), (skip, size)) = (business.span(now)?, business.page()?);
    let days = beijing::days_between(from.date() - TimeDelta::days(1), to.date());
    let rated = days.flat_map(|day| shop.talks_at(day, number)).filter_map(|talk| Some((talk.rating?, talk)));
    let mut found: Vec<_> = rated.filter(|(rating, _)| from <= rating.at && rating.at <= to).collect();
    found.sort_by_key(|(rating, talk)| (rating.at, talk.chat.index));
    let waiter = staff::waiter(shop, number);
    let shown = found.iter().skip(skip).take(size).map(|(rating, talk)| {
        let (customer, at) = (customer(talk.chat.buyer), beijing::epoch_ms(rating.at));
        json!({ "customer": customer, "waiter": waiter, "desc": "", "score": rating.stars, "evaTime": at })
    });
    Ok(paged("EvaluationPage", "evaluationList", found.len(), shown.collect()))
}

/// A page; the list is absent where it is empty.
pub(super) fn paged(page: &str, list: &str, total: usize, rows: Vec<Value>) -> Map<String, Value> {
    let mut inside = Map::new();
    inside.insert("totalRecord".to_owned(), json!(total));
    if !rows.is_empty() {
        inside.insert(list.to_owned(), Value::Array(rows));
    }
    Map::from_iter([(page.to_owned(), Value::Object(inside))])
}

/// The identity that JD shows.
pub(super) fn customer(buyer: Buyer) -> String {
    format!("jd_{:016x}", buyer.0)
}

/// The number of a session.
pub(super) fn sid(talk: &Talk) -> String {
    let chat = talk.chat;
    format!("{:x}{:04x}{:03x}", beijing::epoch_ms(chat.start), chat.agent, chat.index)
}

fn row(waiter: &str, talk: &Talk) -> Value {
    json!({
        "customer": customer(talk.chat.buyer),
        "waiter": waiter,
        "beginTime": beijing::epoch_ms(talk.chat.start),
        "replyTime": talk.first_reply.map(beijing::epoch_ms),
        "endTime": beijing::epoch_ms(talk.end),
        "sessionType": if talk.left_message { 2 } else { 1 },
        "transfer": "false",
        "sid": sid(talk),
        "skuId": 0,
    })
}
