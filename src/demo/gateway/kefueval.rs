//! `taobao.airisland.kefueval.get`: how buyers rated their chats, with the platform's upside-down scale.

use chrono::{NaiveDateTime, TimeDelta};
use serde_json::{Map, Value, json};

use super::envelope::{Answer, List};
use super::params::Params;
use super::refusal::Refusal;
use super::{Gateway, staff};
use crate::demo::beijing;
use crate::demo::shop::Shop;
use crate::demo::talk::{Rating, Talk};

/// Converted from XML: one rating is an object where several are an array.
const LIST: List = List::FromXml { outer: "staff_eval_details", inner: "eval_detail" };

/// Answers one call: at most ten accounts and seven days, between 90 days and one day ago.
pub(super) fn answer(gateway: &Gateway, params: &Params, now: NaiveDateTime) -> Result<Answer, Refusal> {
    let shop = &gateway.stand.shop;
    let numbers = staff::numbers(shop, params, "query_ids", 10)?;
    let (from, to) = span(params, now)?;
    let mut rows = Vec::new();
    for day in beijing::days_between(from.date().pred_opt().unwrap_or(from.date()), to.date()) {
        let talks = numbers.iter().flat_map(|number| shop.talks_at(day, *number));
        let rated = talks.filter_map(|talk| Some((talk.rating?, talk)));
        let inside = rated.filter(|(rating, _)| from <= rating.at && rating.at <= to);
        rows.extend(inside.map(|(rating, talk)| row(shop, &talk, rating)));
    }
    Ok(Answer::list(vec![("result_count", json!(rows.len()))], LIST, rows))
}

fn span(params: &Params, now: NaiveDateTime) -> Result<(NaiveDateTime, NaiveDateTime), Refusal> {
    let from = params.compact_time("btime")?;
    let to = params.compact_time("etime")?;
    if to < from || to - from > TimeDelta::days(7) {
        return Err(Refusal::OverLimit("etime", "时间跨度不能超过 7 天"));
    }
    if from < now - TimeDelta::days(90) {
        return Err(Refusal::OverLimit("btime", "只能查询 90 天以内的数据"));
    }
    if to > now - TimeDelta::days(1) {
        return Err(Refusal::OverLimit("etime", "只能查询一天以前的数据"));
    }
    Ok((from, to))
}

fn row(shop: &Shop, talk: &Talk, rating: Rating) -> Value {
    let mut row = Map::new();
    let mut put = |key: &str, value: Value| row.insert(key.to_owned(), value);
    put("eval_code", json!(5 - rating.stars));
    put("eval_sender", json!(staff::account(shop, talk.chat.agent)));
    put("eval_time", json!(beijing::text(rating.at)));
    put("open_uid", json!(talk.chat.buyer.open_uid()));
    put("send_time", json!(beijing::text(rating.asked_at)));
    put("source", json!(rating.source));
    // Only the best and the worst say why; the others leave the key out.
    match rating.stars {
        5 => put("label_name", json!("回复及时")),
        1 => put("label_name", json!("答非所问")),
        _ => None,
    };
    Value::Object(row)
}
