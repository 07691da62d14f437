//! `taobao.trades.sold.increment.get`: the orders that changed within a day, latest change first.
//!
//! Whoever turns pages from the first on loses rows: once a window of several pages was looked into, its first order
//! changes once more, moves out of the window, and all others move up by one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use chrono::{Days, Months, NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::Value;

use super::envelope::{Answer, List};
use super::params::Params;
use super::refusal::Refusal;
use super::{Gateway, trades};
use crate::demo::beijing;
use crate::demo::rows::{Order, TradeType};
use crate::demo::shop::Shop;

const LIST: List = List::Array { outer: "trades", inner: "trade" };

/// What changed while somebody turned pages.
#[derive(Debug, Default)]
pub(super) struct Changes(Mutex<Changed>);

#[derive(Debug, Default)]
struct Changed {
    /// Windows that were looked into.
    windows: BTreeSet<(NaiveDateTime, NaiveDateTime)>,
    /// Orders that changed again: the day on which each was placed, and when it changed.
    orders: BTreeMap<u64, (NaiveDate, NaiveDateTime)>,
}

/// Answers one call: a span of at most one day, not older than three months.
pub(super) fn answer(gateway: &Gateway, params: &Params, now: NaiveDateTime) -> Result<Answer, Refusal> {
    let fields = params.list("fields")?;
    let page = params.page(100)?;
    let (from, to) = span(params, now)?;
    let types = params.types(&trades::DEFAULT_TYPES)?;
    let mut changed = gateway.changes.0.lock().unwrap_or_else(PoisonError::into_inner);
    let found = find(&gateway.stand.shop, &changed.orders, (from, to), &types);
    let total = found.len();
    let shown = found.iter().skip(page.skip).take(page.size);
    let rows: Vec<Value> = shown.map(|(at, order)| trades::row(order, *at, &fields)).collect();
    if total > page.size && changed.windows.insert((from, to)) {
        changed.orders.extend(found.first().map(|(_, order)| (order.tid, (order.created.date(), now))));
    }
    Ok(Answer::page(LIST, page, total, rows))
}

fn span(params: &Params, now: NaiveDateTime) -> Result<(NaiveDateTime, NaiveDateTime), Refusal> {
    let from = params.time("start_modified")?.ok_or(Refusal::Missing("start_modified"))?;
    let to = params.time("end_modified")?.ok_or(Refusal::Missing("end_modified"))?;
    if to < from || to - from > TimeDelta::days(1) {
        return Err(Refusal::OverLimit("end_modified", "时间跨度不能超过一天"));
    }
    if from < beijing::midnight(now.date() - Months::new(3)) {
        return Err(Refusal::OverLimit("start_modified", "只能查询三个月以内的数据"));
    }
    Ok((from, to.min(now)))
}

/// The orders whose last change lies in the span, with its time; a payment may follow its order by a day.
fn find<'a>(
    shop: &'a Shop,
    changed: &BTreeMap<u64, (NaiveDate, NaiveDateTime)>,
    (from, to): (NaiveDateTime, NaiveDateTime),
    types: &[TradeType],
) -> Vec<(NaiveDateTime, &'a Order)> {
    let modified = |order: &Order| changed.get(&order.tid).map_or_else(|| trades::modified(order), |(_, at)| *at);
    let near = beijing::days_between(from.date() - Days::new(1), to.date());
    let days: BTreeSet<NaiveDate> = near.chain(changed.values().map(|(day, _)| *day)).collect();
    let orders = days.into_iter().flat_map(|day| &shop.orders(day).rows).filter(|order| types.contains(&order.kind));
    let mut found: Vec<_> = orders.map(|order| (modified(order), order)).collect();
    found.retain(|(at, _)| from <= *at && *at <= to);
    found.sort_by_key(|(at, order)| std::cmp::Reverse((*at, order.tid)));
    found
}
