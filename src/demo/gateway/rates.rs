//! `taobao.traderates.get`: what buyers wrote about their orders; a window shows 1500 reviews and is silent about the rest.

use chrono::{Days, NaiveDateTime};
use serde_json::{Map, Value, json};

use super::Gateway;
use super::envelope::{Answer, List};
use super::params::Params;
use super::refusal::Refusal;
use crate::demo::beijing;
use crate::demo::reviews::Review;
use crate::demo::rows::yuan;

const LIST: List = List::Array { outer: "trade_rates", inner: "trade_rate" };
const MOST: usize = 1500;

/// Answers one call: the last 180 days, pages of at most 150, at most 200 of them.
pub(super) fn answer(gateway: &Gateway, params: &Params, now: NaiveDateTime) -> Result<Answer, Refusal> {
    let fields = params.list("fields")?;
    if (params.required("rate_type")?, params.required("role")?) != ("get", "buyer") {
        return Err(Refusal::OverLimit("role", "本店铺只收到买家的评价"));
    }
    let page = params.page(150)?;
    if page.skip / page.size >= 200 {
        return Err(Refusal::OverLimit("page_no", "页码最大 200"));
    }
    let (from, to) = span(params, now)?;
    let days = beijing::days_between(from.date(), to.date()).rev();
    let written = days.flat_map(|day| gateway.stand.shop.reviews(day));
    let found: Vec<Review> = written.filter(|review| from <= review.at && review.at <= to).take(MOST).collect();
    let rows = found.iter().skip(page.skip).take(page.size).map(|review| row(review, &fields)).collect();
    Ok(Answer::page(LIST, page, found.len(), rows))
}

fn span(params: &Params, now: NaiveDateTime) -> Result<(NaiveDateTime, NaiveDateTime), Refusal> {
    let oldest = beijing::midnight(now.date() - Days::new(180));
    let from = params.time("start_date")?.unwrap_or(oldest);
    let to = params.time("end_date")?.unwrap_or(now).min(now);
    if from < oldest {
        return Err(Refusal::OverLimit("start_date", "只能查询 180 天以内的数据"));
    }
    if to < from {
        return Err(Refusal::OverLimit("end_date", "结束时间早于开始时间"));
    }
    Ok((from, to))
}

fn row(review: &Review, fields: &[&str]) -> Value {
    let known = fields.iter().filter_map(|name| Some(((*name).to_owned(), field(review, name)?)));
    Value::Object(known.collect::<Map<String, Value>>())
}

fn field(review: &Review, name: &str) -> Option<Value> {
    match name {
        "tid" | "oid" => Some(json!(review.tid)),
        "role" => Some(json!("buyer")),
        "nick" => Some(json!(review.buyer.masked_nick())),
        "result" => Some(json!(review.result)),
        "created" => Some(json!(beijing::text(review.at))),
        "content" => Some(json!(review.content)),
        "item_price" => Some(json!(yuan(review.fen))),
        "valid_score" => Some(json!(true)),
        _ => None,
    }
}
