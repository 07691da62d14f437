//! `jingdong.im.pop.*stat.get`: a waiter's days in numbers that are texts.

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Map, Value, json};

use super::params::Business;
use super::refusal::Refusal;
use super::staff;
use crate::demo::beijing;
use crate::demo::shop::Shop;

/// 接待量: sessions that were answered.
pub(super) fn replied(shop: &Shop, business: &Business, now: NaiveDateTime) -> Result<Map<String, Value>, Refusal> {
    by_day(shop, business, now, |day, number| {
        shop.talks_at(day, number).filter(|talk| talk.first_reply.is_some()).count().to_string()
    })
}

/// 未回复量: sessions that were not.
pub(super) fn unreplied(shop: &Shop, business: &Business, now: NaiveDateTime) -> Result<Map<String, Value>, Refusal> {
    by_day(shop, business, now, |day, number| {
        shop.talks_at(day, number).filter(|talk| talk.first_reply.is_none()).count().to_string()
    })
}

/// 日累计在线时长 in seconds; the platform says nowhere what its unit is.
pub(super) fn online(shop: &Shop, business: &Business, now: NaiveDateTime) -> Result<Map<String, Value>, Refusal> {
    by_day(shop, business, now, |day, number| {
        let agent = number.checked_sub(1).map(|place| &shop.agents()[place as usize]);
        agent.map_or(0, |agent| shop.online_seconds(agent, day)).to_string()
    })
}

/// 日评价统计: how many ratings of each score; scores that nobody gave are left out.
pub(super) fn stars(shop: &Shop, business: &Business, now: NaiveDateTime) -> Result<Map<String, Value>, Refusal> {
    let number = staff::asked(shop, business)?;
    let waiter = staff::waiter(shop, number);
    let mut rows = Vec::new();
    for day in business.days(now)? {
        let given: Vec<u8> = shop.talks_at(day, number).filter_map(|talk| Some(talk.rating?.stars)).collect();
        let counts = (1..=5).map(|stars| (stars, given.iter().filter(|given| **given == stars).count()));
        let date = beijing::epoch_ms(beijing::midnight(day));
        let row = |(score, count)| json!({ "date": date, "waiter": waiter, "score": score, "count": count });
        rows.extend(counts.filter(|(_, count)| *count > 0).map(row));
    }
    Ok(listed("WaiterDailyEvaStat", rows))
}

fn by_day(
    shop: &Shop,
    business: &Business,
    now: NaiveDateTime,
    result: impl Fn(NaiveDate, u32) -> String,
) -> Result<Map<String, Value>, Refusal> {
    let number = staff::asked(shop, business)?;
    let waiter = staff::waiter(shop, number);
    let row = |day: NaiveDate| {
        let date = beijing::epoch_ms(beijing::midnight(day));
        json!({ "date": date, "waiter": waiter, "result": result(day, number) })
    };
    Ok(listed("WaiterDailyStat", business.days(now)?.map(row).collect()))
}

/// A list under its key, which is absent where it is empty.
fn listed(key: &str, rows: Vec<Value>) -> Map<String, Value> {
    let list = (!rows.is_empty()).then(|| (key.to_owned(), Value::Array(rows)));
    list.into_iter().collect()
}
