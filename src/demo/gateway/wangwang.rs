//! `taobao.wangwang.eservice.*.get`: statistics by account and day, nested twice, each with its own spelling.
//!
//! Retired by the platform, or only for those on a list: its present catalogue no longer names them.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, NaiveDateTime};
use serde_json::{Map, Value, json};

use super::envelope::Answer;
use super::params::Params;
use super::refusal::Refusal;
use super::{Gateway, staff};
use crate::demo::beijing;
use crate::demo::rows::{Buyer, Chat};
use crate::demo::shop::Shop;

/// How a statistic spells its nesting.
struct Spelling {
    days: &'static str,
    day: &'static str,
    date: &'static str,
    accounts: &'static str,
    account: &'static str,
}

/// 接待数: buyers who wrote and were answered, each once a day.
pub(super) fn receivenum(gateway: &Gateway, params: &Params, now: NaiveDateTime) -> Result<Answer, Refusal> {
    const SPELLING: Spelling = Spelling {
        days: "reply_stat_list_on_days",
        day: "reply_stat_on_day",
        date: "reply_date",
        accounts: "reply_stat_by_ids",
        account: "reply_stat_by_id",
    };
    answer(
        &SPELLING,
        gateway,
        params,
        now,
        |shop, day, number| json!({ "user_id": staff::account(shop, number), "reply_num": answered(shop, day, number).len() }),
    )
}

/// 未回复数: buyers who were never answered that day.
pub(super) fn noreplynum(gateway: &Gateway, params: &Params, now: NaiveDateTime) -> Result<Answer, Refusal> {
    const SPELLING: Spelling = Spelling {
        days: "non_reply_stat_on_days",
        day: "non_reply_stat_on_day",
        date: "nonreply_date",
        accounts: "nonreply_stat_by_ids",
        account: "nonreply_stat_by_id",
    };
    answer(&SPELLING, gateway, params, now, |shop, day, number| {
        let answered = answered(shop, day, number);
        let all: BTreeSet<Buyer> = chats(shop, day, number).iter().map(|chat| chat.buyer).collect();
        let lost: Vec<String> = all.difference(&answered).map(|buyer| buyer.masked_nick()).collect();
        let account = staff::account(shop, number);
        json!({ "service_staff_id": account, "non_reply_num": lost.len(), "non_reply_customId": lost.join(",") })
    })
}

/// 平均等待时长 in whole seconds, zero also where nobody waited.
pub(super) fn avgwaittime(gateway: &Gateway, params: &Params, now: NaiveDateTime) -> Result<Answer, Refusal> {
    const SPELLING: Spelling = Spelling {
        days: "waiting_time_list_on_days",
        day: "waiting_times_on_day",
        date: "waiting_date",
        accounts: "waiting_time_by_ids",
        account: "waiting_time_by_id",
    };
    answer(&SPELLING, gateway, params, now, |shop, day, number| {
        let sum = |part: fn(&Chat) -> u32| chats(shop, day, number).iter().map(part).sum::<u32>();
        let (seconds, waits) = (sum(|chat| chat.response_seconds), sum(|chat| chat.response_count));
        json!({ "service_staff_id": staff::account(shop, number), "avg_waiting_times": seconds / waits.max(1) })
    })
}

/// 日累计在线时长 in seconds.
pub(super) fn onlinetime(gateway: &Gateway, params: &Params, now: NaiveDateTime) -> Result<Answer, Refusal> {
    const SPELLING: Spelling = Spelling {
        days: "online_times_list_on_days",
        day: "online_times_on_day",
        date: "online_date",
        accounts: "online_time_by_ids",
        account: "online_time_by_id",
    };
    answer(&SPELLING, gateway, params, now, |shop, day, number| {
        let agent = number.checked_sub(1).map(|place| &shop.agents()[place as usize]);
        let seconds = agent.map_or(0, |agent| shop.online_seconds(agent, day));
        json!({ "service_staff_id": staff::account(shop, number), "online_times": seconds })
    })
}

/// 评价统计: how many buyers chose each level, as text.
pub(super) fn evaluation(gateway: &Gateway, params: &Params, now: NaiveDateTime) -> Result<Answer, Refusal> {
    const SPELLING: Spelling = Spelling {
        days: "staff_eval_stat_on_days",
        day: "staff_eval_stat_on_day",
        date: "eval_date",
        accounts: "staff_eval_stat_by_ids",
        account: "staff_eval_stat_by_id",
    };
    const LEVELS: [(&str, u8); 5] = [("很满意", 5), ("满意", 4), ("一般", 3), ("不满意", 2), ("很不满意", 1)];
    answer(&SPELLING, gateway, params, now, |shop, day, number| {
        let given: Vec<u8> = shop.talks_at(day, number).filter_map(|talk| Some(talk.rating?.stars)).collect();
        let count = |stars| given.iter().filter(|given| **given == stars).count().to_string();
        let levels = LEVELS.map(|(name, stars)| json!({ "evaluation_name": name, "evaluation_num": count(stars) }));
        json!({ "service_staff_id": staff::account(shop, number), "evaluations": { "evaluation": levels } })
    })
}

fn chats(shop: &Shop, day: NaiveDate, number: u32) -> &[Chat] {
    shop.desks(day).get(number as usize).map_or(&[], |desk| &desk.chats)
}

fn answered(shop: &Shop, day: NaiveDate, number: u32) -> BTreeSet<Buyer> {
    let answered = chats(shop, day, number).iter().filter(|chat| chat.agent_messages > 0);
    answered.map(|chat| chat.buyer).collect()
}

/// One entry for each day, and in it one for each account.
fn answer(
    spelling: &Spelling,
    gateway: &Gateway,
    params: &Params,
    now: NaiveDateTime,
    cell: impl Fn(&Shop, NaiveDate, u32) -> Value,
) -> Result<Answer, Refusal> {
    let shop = &gateway.stand.shop;
    let numbers = staff::numbers(shop, params, "service_staff_id", 30)?;
    let (from, to) = span(params, now)?;
    let days = beijing::days_between(from, to).map(|day| {
        let cells = numbers.iter().map(|number| cell(shop, day, *number)).collect();
        let mut entry = Map::new();
        entry.insert(spelling.date.to_owned(), json!(beijing::text(beijing::midnight(day))));
        entry.insert(spelling.accounts.to_owned(), json!({ spelling.account: from_xml(cells) }));
        Value::Object(entry)
    });
    Ok(Answer::plain(vec![(spelling.days, json!({ spelling.day: from_xml(days.collect()) }))]))
}

/// At most seven days, at most ninety days ago, and nothing of today.
fn span(params: &Params, now: NaiveDateTime) -> Result<(NaiveDate, NaiveDate), Refusal> {
    let from = params.time("start_date")?.ok_or(Refusal::Missing("start_date"))?.date();
    let to = params.time("end_date")?.ok_or(Refusal::Missing("end_date"))?.date();
    if to < from || (to - from).num_days() >= 7 {
        return Err(Refusal::OverLimit("end_date", "时间跨度不能超过 7 天"));
    }
    if to >= now.date() {
        return Err(Refusal::OverLimit("end_date", "不能查询当天数据"));
    }
    if from < now.date() - Days::new(90) {
        return Err(Refusal::OverLimit("start_date", "只能查询 90 天以内的数据"));
    }
    Ok((from, to))
}

/// A list of one is an object, as converted from XML.
fn from_xml(mut cells: Vec<Value>) -> Value {
    match cells.len() {
        1 => cells.pop().unwrap_or_default(),
        _ => Value::Array(cells),
    }
}
