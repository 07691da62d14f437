//! The double of TOP's gateway: one address, the API named by `method`, every call signed, errors inside HTTP 200.

mod chats;
mod envelope;
mod increment;
mod kefueval;
mod params;
mod presence;
mod rates;
mod refunds;
mod refusal;
pub(super) mod signature;
mod staff;
mod subusers;
mod trades;
mod wangwang;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::any;
use chrono::{NaiveDateTime, TimeDelta};

use self::envelope::Answer;
use self::increment::Changes;
use self::params::Params;
use self::refusal::Refusal;
use self::signature::SignMethod;
use super::beijing;
use super::server::Stand;

const APP_KEY: &str = "shop";
const SECRET: &str = "sandbox";
const SESSION: &str = "sandbox";
const TOLERANCE: TimeDelta = TimeDelta::minutes(10);

/// What the gateway knows: the shop, how many calls it let in, and what changed while somebody turned pages.
#[derive(Clone)]
struct Gateway {
    stand: Stand,
    calls: Arc<AtomicU64>,
    changes: Arc<Changes>,
}

/// The gateway's only address.
pub(super) fn routes(stand: &Stand) -> Router {
    let gateway = Gateway { stand: stand.clone(), calls: Arc::default(), changes: Arc::default() };
    Router::new().route("/router/rest", any(answer)).with_state(gateway)
}

/// How a method is answered.
type Answerer = fn(&Gateway, &Params, NaiveDateTime) -> Result<Answer, Refusal>;

/// An API of the gateway.
#[derive(Clone, Copy)]
struct Method {
    name: &'static str,
    answer: Answerer,
}

/// Every API; `shop.chats.get` is the embedded shop's own.
const METHODS: [Method; 14] = [
    Method { name: "shop.chats.get", answer: chats::answer },
    Method { name: "taobao.trades.sold.get", answer: trades::answer },
    Method { name: "taobao.trades.sold.increment.get", answer: increment::answer },
    Method { name: "taobao.refunds.receive.get", answer: refunds::answer },
    Method { name: "taobao.traderates.get", answer: rates::answer },
    Method { name: "taobao.airisland.kefueval.get", answer: kefueval::answer },
    Method { name: "taobao.qianniu.cloudkefu.onlinestatuslog.get", answer: presence::answer },
    Method { name: "taobao.sellercenter.subusers.page", answer: subusers::answer },
    Method { name: "taobao.subuser.fullinfo.get", answer: subusers::one },
    Method { name: "taobao.wangwang.eservice.receivenum.get", answer: wangwang::receivenum },
    Method { name: "taobao.wangwang.eservice.noreplynum.get", answer: wangwang::noreplynum },
    Method { name: "taobao.wangwang.eservice.avgwaittime.get", answer: wangwang::avgwaittime },
    Method { name: "taobao.wangwang.eservice.onlinetime.get", answer: wangwang::onlinetime },
    Method { name: "taobao.wangwang.eservice.evaluation.get", answer: wangwang::evaluation },
];

impl Method {
    fn from_name(name: &str) -> Option<Self> {
        METHODS.into_iter().find(|method| method.name == name)
    }

    /// The key under which a JSON answer stands.
    fn root(self) -> String {
        let name = self.name.strip_prefix("taobao.").unwrap_or(self.name);
        format!("{}_response", name.replace('.', "_"))
    }
}

/// Answers one call; parameters may come in the query, the form, or both.
async fn answer(State(gateway): State<Gateway>, RawQuery(query): RawQuery, body: Bytes) -> Response {
    let params = Params::read(query.as_deref().unwrap_or(""), &body);
    let now = beijing::local(gateway.stand.clock.now());
    let outcome = admit(&params, now).and_then(|method| {
        unrest(gateway.calls.fetch_add(1, Ordering::Relaxed) + 1)?;
        Ok((method, (method.answer)(&gateway, &params, now)?))
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
    if call % 1_000 == 5 {
        Err(Refusal::CallLimited)
    } else if call % 1_000 == 30 {
        Err(Refusal::RemoteTimeout)
    } else {
        Ok(())
    }
}
