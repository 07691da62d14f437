//! `taobao.trades.sold.get`: the orders of the last three months, newest first.

use chrono::{Months, NaiveDateTime};
use serde_json::{Map, Value, json};

use super::Gateway;
use super::envelope::{Answer, List};
use super::params::{Page, Params};
use super::refusal::Refusal;
use crate::demo::beijing;
use crate::demo::rows::{Order, TradeType, yuan};
use crate::demo::shop::{Orders, Shop};

const LIST: List = List::Array { outer: "trades", inner: "trade" };

/// The types that come without being asked for; `fixed` is silently missing.
pub(super) const DEFAULT_TYPES: [TradeType; 5] =
    [TradeType::Guarantee, TradeType::AutoDelivery, TradeType::Ec, TradeType::Cod, TradeType::Step];

/// Which orders are asked for.
struct Wanted<'a> {
    from: NaiveDateTime,
    to: NaiveDateTime,
    types: Vec<TradeType>,
    status: Option<&'a str>,
}

/// Answers one call.
pub(super) fn answer(gateway: &Gateway, params: &Params, now: NaiveDateTime) -> Result<Answer, Refusal> {
    let shop = &gateway.stand.shop;
    let fields = params.list("fields")?;
    let page = params.page(100)?;
    let (from, to) = span(params, now, "start_created", "end_created")?;
    let wanted = Wanted { from, to, types: params.types(&DEFAULT_TYPES)?, status: params.get("status") };
    let (total, orders) = find(shop, &wanted, page);
    let rows = orders.into_iter().map(|order| row(order, modified(order), &fields)).collect();
    Ok(Answer::page(LIST, page, total, rows))
}

/// The span of time that two parameters give: three months back at most, not before its start, cut off at the present.
pub(super) fn span(
    params: &Params,
    now: NaiveDateTime,
    start: &'static str,
    end: &'static str,
) -> Result<(NaiveDateTime, NaiveDateTime), Refusal> {
    let oldest = beijing::midnight(now.date() - Months::new(3));
    let from = params.time(start)?.unwrap_or(oldest);
    let to = params.time(end)?.unwrap_or(now);
    if from < oldest {
        return Err(Refusal::OverLimit(start, "只能查询三个月以内的数据"));
    }
    if to < from {
        return Err(Refusal::OverLimit(end, "结束时间早于开始时间"));
    }
    Ok((from, to.min(now)))
}

impl Wanted<'_> {
    fn includes(&self, order: &Order) -> bool {
        self.from <= order.created
            && order.created <= self.to
            && self.types.contains(&order.kind)
            && self.status.is_none_or(|status| order.status == status)
    }

    /// How many orders of a day are wanted; whole days were counted once and for all.
    fn count(&self, orders: &Orders) -> usize {
        let ends = [orders.rows.first(), orders.rows.last()];
        let whole = ends.into_iter().flatten().all(|end| self.from <= end.created && end.created <= self.to);
        if whole && self.status.is_none() {
            orders.count(&self.types)
        } else {
            orders.rows.iter().filter(|order| self.includes(order)).count()
        }
    }
}

/// The number of wanted orders, and those on the page.
fn find<'a>(shop: &'a Shop, wanted: &Wanted, page: Page) -> (usize, Vec<&'a Order>) {
    let (mut total, mut found) = (0, Vec::new());
    for day in beijing::days_between(wanted.from.date(), wanted.to.date()).rev() {
        let orders = shop.orders(day);
        let count = wanted.count(orders);
        if total + count > page.skip && found.len() < page.size {
            let rows = orders.rows.iter().filter(|order| wanted.includes(order));
            found.extend(rows.skip(page.skip.saturating_sub(total)).take(page.size - found.len()));
        }
        total += count;
    }
    (total, found)
}

/// When an order changed: with its payment, else when it was placed.
pub(super) fn modified(order: &Order) -> NaiveDateTime {
    order.paid.unwrap_or(order.created)
}

/// The asked fields of an order; what it does not have, and what nobody knows, is left out.
pub(super) fn row(order: &Order, modified: NaiveDateTime, fields: &[&str]) -> Value {
    let known = fields.iter().filter_map(|name| Some(((*name).to_owned(), field(order, modified, name)?)));
    Value::Object(known.collect::<Map<String, Value>>())
}

fn field(order: &Order, modified: NaiveDateTime, name: &str) -> Option<Value> {
    match name {
        "tid" => Some(json!(order.tid)),
        "type" => Some(json!(order.kind.word())),
        "status" => Some(json!(order.status)),
        "payment" => Some(json!(yuan(order.fen))),
        "created" => Some(json!(beijing::text(order.created))),
        "modified" => Some(json!(beijing::text(modified))),
        "pay_time" => order.paid.map(|paid| json!(beijing::text(paid))),
        "buyer_open_uid" => Some(json!(order.buyer.open_uid())),
        "buyer_nick" => Some(json!(order.buyer.masked_nick())),
        _ => None,
    }
}
