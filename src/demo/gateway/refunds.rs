//! `taobao.refunds.receive.get`: the refunds that changed in a span, newest change first.

use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

use super::Gateway;
use super::envelope::{Answer, List};
use super::params::Params;
use super::refusal::Refusal;
use super::trades::span;
use crate::demo::beijing;
use crate::demo::rows::{Refund, TradeType, yuan};

const LIST: List = List::Array { outer: "refunds", inner: "refund" };

/// The types that come without being asked for.
const DEFAULT_TYPES: [TradeType; 2] = [TradeType::Guarantee, TradeType::AutoDelivery];

/// Answers one call.
pub(super) fn answer(gateway: &Gateway, params: &Params, now: NaiveDateTime) -> Result<Answer, Refusal> {
    let shop = &gateway.stand.shop;
    let fields = params.list("fields")?;
    let page = params.page(100)?;
    let (from, to) = span(params, now, "start_modified", "end_modified")?;
    let (types, status) = (params.types(&DEFAULT_TYPES)?, params.get("status"));
    let wanted = |refund: &&Refund| {
        from <= refund.modified
            && refund.modified <= to
            && types.contains(&refund.kind)
            && status.is_none_or(|status| refund.status == status)
    };
    let days = beijing::days_between(from.date(), to.date()).rev();
    let found: Vec<&Refund> = days.flat_map(|day| shop.refunds(day)).filter(wanted).collect();
    let rows = found.iter().skip(page.skip).take(page.size).map(|refund| row(refund, &fields)).collect();
    Ok(Answer::page(LIST, page, found.len(), rows))
}

fn row(refund: &Refund, fields: &[&str]) -> Value {
    let known = fields.iter().filter_map(|name| Some(((*name).to_owned(), field(refund, name)?)));
    Value::Object(known.collect::<Map<String, Value>>())
}

fn field(refund: &Refund, name: &str) -> Option<Value> {
    match name {
        "refund_id" => Some(json!(refund.id.to_string())),
        "tid" | "oid" => Some(json!(refund.tid)),
        "total_fee" => Some(json!(yuan(refund.total_fen))),
        "refund_fee" => Some(json!(yuan(refund.refund_fen))),
        "status" => Some(json!(refund.status)),
        "reason" => Some(json!(refund.reason)),
        "created" => Some(json!(beijing::text(refund.created))),
        "modified" => Some(json!(beijing::text(refund.modified))),
        "refund_phase" => Some(json!(refund.phase)),
        _ => None,
    }
}
