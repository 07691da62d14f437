//! `kf/get_servicer_statistic`: one servicer's chats by day; the end counts, and shares that make no sense are left out.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, NaiveDateTime};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use crate::demo::beijing;
use crate::demo::people::Agent;
use crate::demo::rows::Buyer;
use crate::demo::shop::Shop;
use crate::demo::talk::Talk;

/// The service account of the shop.
const ACCOUNT: &str = "kf-shop";
/// Statistics of a day are made until six the next morning.
const READY: u32 = 6;

/// The body of a call; without a servicer it is about the whole account, which this double does not know.
#[derive(Deserialize)]
struct Asked {
    open_kfid: String,
    servicer_userid: String,
    start_time: i64,
    end_time: i64,
}

/// Answers one call.
pub(super) fn answer(shop: &Shop, body: &[u8], now: NaiveDateTime) -> Result<Value, Refusal> {
    let asked: Asked = super::read(body)?;
    if asked.open_kfid != ACCOUNT {
        return Err(Refusal::Parameter("open_kfid"));
    }
    let (from, to) = (midnight(asked.start_time, "start_time")?, midnight(asked.end_time, "end_time")?);
    if to < from || (to - from).num_days() >= 31 || to >= now.date() {
        return Err(Refusal::Parameter("end_time"));
    }
    if from < now.date() - Days::new(180) {
        return Err(Refusal::Parameter("start_time"));
    }
    let known = |agent: &&Agent| agent.wecom == asked.servicer_userid;
    let agent = shop.agents().iter().find(known).ok_or(Refusal::Parameter("servicer_userid"))?;
    let last = if chrono::Timelike::hour(&now) < READY { to.min(now.date() - Days::new(2)) } else { to };
    let days = beijing::days_between(from, last);
    let list: Vec<Value> = days.map(|day| json!({"stat_time": beijing::epoch(beijing::midnight(day)), "statistic": statistic(shop, agent, day)})).collect();
    Ok(json!({ "statistic_list": list }))
}

fn midnight(at: i64, name: &'static str) -> Result<NaiveDate, Refusal> {
    let local = beijing::from_epoch(at).ok_or(Refusal::Parameter(name))?;
    if local == beijing::midnight(local.date()) { Ok(local.date()) } else { Err(Refusal::Parameter(name)) }
}

fn statistic(shop: &Shop, agent: &Agent, day: NaiveDate) -> Value {
    let talks: Vec<Talk> = shop.talks_at(day, agent.number).collect();
    let answered: Vec<&Talk> = talks.iter().filter(|talk| talk.first_reply.is_some()).collect();
    let customers: BTreeSet<Buyer> = talks.iter().map(|talk| talk.chat.buyer).collect();
    let messages: u32 = talks.iter().map(|talk| talk.chat.buyer_messages).sum();
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| all.insert(key.to_owned(), value);
    put("session_cnt", json!(talks.len()));
    put("customer_cnt", json!(customers.len()));
    put("customer_msg_cnt", json!(messages));
    put("upgrade_service_customer_cnt", json!(0));
    put("msg_rejected_customer_cnt", json!(0));
    if !talks.is_empty() {
        put("reply_rate", share(answered.len(), talks.len()));
    }
    if !answered.is_empty() {
        put("first_reply_average_sec", json!(first_wait(&answered)));
    }
    put_opinions(&mut all, &answered);
    Value::Object(all)
}

/// The mean seconds to the first answer.
fn first_wait(answered: &[&Talk]) -> i64 {
    let waits = answered.iter().filter_map(|talk| Some((talk.first_reply? - talk.chat.start).num_seconds()));
    waits.sum::<i64>() / answered.len() as i64
}

/// Every customer who was answered is asked; shares of nobody are not there.
fn put_opinions(all: &mut Map<String, Value>, asked: &[&Talk]) {
    let stars: Vec<u8> = asked.iter().filter_map(|talk| Some(talk.rating?.stars)).collect();
    let of =
        |wanted: std::ops::RangeInclusive<u8>| stars.iter().copied().filter(|stars| wanted.contains(stars)).count();
    let shares = [
        ("satisfaction_participation_rate", stars.len(), asked.len()),
        ("satisfied_rate", of(4..=5), stars.len()),
        ("middling_rate", of(3..=3), stars.len()),
        ("dissatisfied_rate", of(1..=2), stars.len()),
    ];
    // The platform's own spelling.
    all.insert("satisfaction_investgate_cnt".to_owned(), json!(asked.len()));
    let known = shares.into_iter().filter(|(_, _, whole)| *whole > 0);
    all.extend(known.map(|(key, part, whole)| (key.to_owned(), share(part, whole))));
}

/// A share of one with four decimals, as a number that JSON keeps as it is written.
fn share(part: usize, whole: usize) -> Value {
    let tenthousandths = (part * 20_000 + whole) / (2 * whole);
    serde_json::from_str(&format!("{}.{:04}", tenthousandths / 10_000, tenthousandths % 10_000)).unwrap_or_default()
}
