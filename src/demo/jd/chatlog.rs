//! `jingdong.im.pop.chatlog.get`: every message between a waiter and a customer; a robot greets in the first second.

use chrono::{NaiveDateTime, TimeDelta};
use serde_json::{Map, Value, json};

use super::params::Business;
use super::refusal::Refusal;
use super::sessions::{customer, paged, sid};
use super::staff;
use crate::demo::beijing;
use crate::demo::shop::Shop;
use crate::demo::talk::Talk;

/// Who wrote a message.
#[derive(Clone, Copy, PartialEq)]
enum Writer {
    Customer,
    /// A person or the robot: the log makes no difference.
    Waiter,
}

/// Answers a call for a page of messages, oldest first.
pub(super) fn answer(shop: &Shop, business: &Business, now: NaiveDateTime) -> Result<Map<String, Value>, Refusal> {
    let number = staff::asked(shop, business)?;
    let asked = business.text("customer")?;
    let ((from, to), (skip, size)) = (business.span(now)?, business.page()?);
    let days = beijing::days_between(from.date(), to.date());
    let talks = days.flat_map(|day| shop.talks_at(day, number)).filter(|talk| customer(talk.chat.buyer) == asked);
    let waiter = staff::waiter(shop, number);
    let mut found = Vec::new();
    for talk in talks {
        let inside = messages(&talk).into_iter().filter(|(at, ..)| from <= *at && *at <= to);
        found.extend(inside.map(|(at, writer, text)| row(&waiter, &talk, at, writer, text)));
    }
    let rows = found.iter().skip(skip).take(size).cloned().collect();
    Ok(paged("ChatLogPage", "chatLogList", found.len(), rows))
}

/// The messages of a session in their order.
fn messages(talk: &Talk) -> Vec<(NaiveDateTime, Writer, &'static str)> {
    let chat = talk.chat;
    let spread = |from: NaiveDateTime, count: u32| {
        let step = (talk.end - from) / i32::try_from(count + 1).unwrap_or(i32::MAX);
        (0..count as i32).map(move |index| from + TimeDelta::seconds((step * index).num_seconds()))
    };
    let asked = spread(chat.start, chat.buyer_messages).map(|at| (at, Writer::Customer, "示例：请问"));
    let greeting = (chat.start, Writer::Waiter, "示例：您好，欢迎光临");
    let answers = talk.first_reply.into_iter().flat_map(|from| spread(from, chat.agent_messages));
    let answers = answers.map(|at| (at, Writer::Waiter, "示例：您好"));
    let mut all: Vec<_> = asked.chain([greeting]).chain(answers).collect();
    all.sort_by_key(|(at, ..)| *at);
    all
}

fn row(waiter: &str, talk: &Talk, at: NaiveDateTime, writer: Writer, text: &str) -> Value {
    json!({
        "content": text,
        "sid": sid(talk),
        "waiterSend": writer == Writer::Waiter,
        "time": beijing::epoch_ms(at),
        "skuId": 0,
        "customer": customer(talk.chat.buyer),
        "waiter": waiter,
        "channel": if writer == Writer::Waiter { 21 } else { 11 },
    })
}
