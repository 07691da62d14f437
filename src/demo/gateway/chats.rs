//! `shop.chats.get`: the chats of up to thirty accounts.
//!
//! The embedded shop's own method, in TOP's manners and with the limits of its old per-agent statistics: TOP publishes no
//! method that says for each chat whether it was an inquiry.

use chrono::{Days, NaiveDateTime, TimeDelta};
use serde_json::{Value, json};

use super::envelope::{Answer, List};
use super::params::Params;
use super::refusal::Refusal;
use super::{Gateway, staff};
use crate::demo::beijing;
use crate::demo::rows::Chat;
use crate::demo::shop::Shop;

/// Converted from XML: a page with one chat has an object where others have an array.
const LIST: List = List::FromXml { outer: "chats", inner: "chat" };

/// Answers one call.
pub(super) fn answer(gateway: &Gateway, params: &Params, now: NaiveDateTime) -> Result<Answer, Refusal> {
    let shop = &gateway.stand.shop;
    let desks = staff::numbers(shop, params, "service_staff_ids", 30)?;
    let page = params.page(200)?;
    let (from, to) = span(params, now)?;
    let days = beijing::days_between(from.date(), to.date());
    let sat = days.flat_map(|day| desks.iter().filter_map(move |number| shop.desks(day).get(*number as usize)));
    let mut found: Vec<&Chat> =
        sat.flat_map(|desk| &desk.chats).filter(|chat| from <= chat.start && chat.start <= to).collect();
    found.sort_by_key(|chat| (chat.start, chat.agent, chat.index));
    let rows = found.iter().skip(page.skip).take(page.size).map(|chat| row(shop, chat)).collect();
    Ok(Answer::page(LIST, page, found.len(), rows))
}

/// At most seven days, at most ninety days ago, and nothing of today.
fn span(params: &Params, now: NaiveDateTime) -> Result<(NaiveDateTime, NaiveDateTime), Refusal> {
    let from = params.time("start_time")?.ok_or(Refusal::Missing("start_time"))?;
    let to = params.time("end_time")?.ok_or(Refusal::Missing("end_time"))?;
    if to < from {
        return Err(Refusal::OverLimit("end_time", "结束时间早于开始时间"));
    }
    if to - from > TimeDelta::days(7) {
        return Err(Refusal::OverLimit("end_time", "时间跨度不能超过 7 天"));
    }
    if to > beijing::midnight(now.date()) {
        return Err(Refusal::OverLimit("end_time", "不能查询当天数据"));
    }
    if from < beijing::midnight(now.date() - Days::new(90)) {
        return Err(Refusal::OverLimit("start_time", "只能查询 90 天以内的数据"));
    }
    Ok((from, to))
}

fn row(shop: &Shop, chat: &Chat) -> Value {
    json!({
        "chat_id": chat.id(),
        "service_staff_id": staff::account(shop, chat.agent),
        "buyer_open_uid": chat.buyer.open_uid(),
        "start_time": beijing::text(chat.start),
        "buyer_msgs": chat.buyer_messages,
        "agent_msgs": chat.agent_messages,
        "is_inquiry": chat.inquiry,
        "response_seconds": chat.response_seconds,
        "response_count": chat.response_count,
    })
}
