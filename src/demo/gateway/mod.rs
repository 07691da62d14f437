//! The double of TOP's gateway: one address, the API named by `method`, every call signed, errors inside HTTP 200.

mod chats;
mod envelope;
mod params;
mod refunds;
mod refusal;
mod signature;
mod trades;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::any;
use chrono::{NaiveDateTime, TimeDelta};

use self::envelope::Answer;
use self::params::Params;
use self::refusal::Refusal;
use self::signature::SignMethod;
use super::beijing;
use super::server::Stand;
use super::shop::Shop;

const APP_KEY: &str = "shop";
const SECRET: &str = "sandbox";
const SESSION: &str = "sandbox";
const TOLERANCE: TimeDelta = TimeDelta::minutes(10);

/// What the gateway knows: the shop, and how many calls it let in.
#[derive(Clone)]
struct Gateway {
    stand: Stand,
    calls: Arc<AtomicU64>,
}

/// The gateway's only address.
pub(super) fn routes(stand: &Stand) -> Router {
    let gateway = Gateway { stand: stand.clone(), calls: Arc::default() };
    Router::new().route("/router/rest", any(answer)).with_state(gateway)
}

/// An API of the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    /// `taobao.trades.sold.get`.
    TradesSold,
    /// `taobao.refunds.receive.get`.
    RefundsReceive,
    /// `shop.chats.get`, the embedded shop's own.
    ShopChats,
}

impl Method {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "taobao.trades.sold.get" => Some(Self::TradesSold),
            "taobao.refunds.receive.get" => Some(Self::RefundsReceive),
            "shop.chats.get" => Some(Self::ShopChats),
            _ => None,
        }
    }

    /// The key under which a JSON answer stands.
    fn root(self) -> &'static str {
        match self {
            Self::TradesSold => "trades_sold_get_response",
            Self::RefundsReceive => "refunds_receive_get_response",
            Self::ShopChats => "shop_chats_get_response",
        }
    }

    fn answer(self, shop: &Shop, params: &Params, now: NaiveDateTime) -> Result<Answer, Refusal> {
        match self {
            Self::TradesSold => trades::answer(shop, params, now),
            Self::RefundsReceive => refunds::answer(shop, params, now),
            Self::ShopChats => chats::answer(shop, params, now),
        }
    }
}

/// Answers one call; parameters may come in the query, the form, or both.
async fn answer(State(gateway): State<Gateway>, RawQuery(query): RawQuery, body: Bytes) -> Response {
    let params = Params::read(query.as_deref().unwrap_or(""), &body);
    let Gateway { stand, calls } = gateway;
    let now = beijing::local(stand.clock.now());
    let outcome = admit(&params, now).and_then(|method| {
        unrest(calls.fetch_add(1, Ordering::Relaxed) + 1)?;
        Ok((method, method.answer(&stand.shop, &params, now)?))
    });
    let request = envelope::request_id(&params);
    match outcome {
        Err(refusal) if params.get("format") != Some("json") => envelope::refuse_as_xml(&refusal, &request),
        Err(refusal) => envelope::refuse(&refusal, &request),
        Ok((method, answer)) if params.get("simplify") == Some("true") => envelope::simple(method, answer, &request),
        Ok((method, answer)) => envelope::full(method, answer, &request),
    }
}

/// Lets a call in when everything that all methods share is right.
fn admit(params: &Params, now: NaiveDateTime) -> Result<Method, Refusal> {
    if params.get("format") != Some("json") {
        return Err(Refusal::InvalidFormat);
    }
    let method =
        Method::from_name(params.get("method").ok_or(Refusal::MissingMethod)?).ok_or(Refusal::InvalidMethod)?;
    match params.get("v").ok_or(Refusal::MissingVersion)? {
        "2.0" => (),
        _ => return Err(Refusal::InvalidVersion),
    }
    if params.get("app_key").ok_or(Refusal::MissingAppKey)? != APP_KEY {
        return Err(Refusal::InvalidAppKey);
    }
    check_time(params.get("timestamp").ok_or(Refusal::MissingTimestamp)?, now)?;
    check_sign(params)?;
    match params.get("session").ok_or(Refusal::MissingSession)? {
        SESSION => Ok(method),
        _ => Err(Refusal::InvalidSession),
    }
}

fn check_time(stamp: &str, now: NaiveDateTime) -> Result<(), Refusal> {
    let stamp = beijing::parse(stamp).ok_or(Refusal::InvalidTimestamp)?;
    if (now - stamp).abs() > TOLERANCE { Err(Refusal::InvalidTimestamp) } else { Ok(()) }
}

fn check_sign(params: &Params) -> Result<(), Refusal> {
    let given = params.get("sign").ok_or(Refusal::MissingSignature)?;
    let method = params.get("sign_method").and_then(SignMethod::from_word).ok_or(Refusal::InvalidSignature)?;
    if given == method.sign(SECRET, params.pairs()) { Ok(()) } else { Err(Refusal::InvalidSignature) }
}

/// The trouble that every platform gives now and then, at fixed calls so that a run can be repeated.
fn unrest(call: u64) -> Result<(), Refusal> {
    if call % 400 == 5 {
        Err(Refusal::CallLimited)
    } else if call % 300 == 30 {
        Err(Refusal::RemoteTimeout)
    } else {
        Ok(())
    }
}
