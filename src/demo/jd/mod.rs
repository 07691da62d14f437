//! The double of JD's gateway (京东宙斯): one address, the API named by `method`, business parameters as one JSON text.

mod chatlog;
mod envelope;
mod params;
mod refusal;
mod sessions;
mod staff;
mod statistics;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use chrono::{NaiveDateTime, TimeDelta};
use serde_json::{Map, Value};

use self::params::{Business, System};
use self::refusal::Refusal;
use super::beijing;
use super::gateway::signature::SignMethod;
use super::server::Stand;
use super::shop::Shop;

const APP_KEY: &str = "shop";
const SECRET: &str = "sandbox";
const TOKEN: &str = "sandbox";
/// The platform bears clocks that are six minutes off.
const TOLERANCE: TimeDelta = TimeDelta::minutes(6);

/// What the gateway knows: the shop, and how many calls it let in.
#[derive(Clone)]
struct Gateway {
    stand: Stand,
    calls: Arc<AtomicU64>,
}

/// The gateway's only address.
pub(super) fn routes(stand: &Stand) -> Router {
    let gateway = Gateway { stand: stand.clone(), calls: Arc::default() };
    Router::new().route("/routerjson", post(answer)).with_state(gateway)
}

/// How a method is answered: what stands beside `code` in its answer.
type Answerer = fn(&Shop, &Business, NaiveDateTime) -> Result<Map<String, Value>, Refusal>;

/// The answer of a method of customer service; `None` when there is no such method.
fn answerer(method: &str) -> Option<Answerer> {
    match method {
        "jingdong.im.pop.groupinfo.get" => Some(staff::group),
        "jingdong.im.pop.sessionlist.get" => Some(sessions::answer),
        "jingdong.im.pop.chatlog.get" => Some(chatlog::answer),
        "jingdong.im.pop.replystat.get" => Some(statistics::replied),
        "jingdong.im.pop.unreplystat.get" => Some(statistics::unreplied),
        "jingdong.im.pop.waiter.onlinetime.stat.get" => Some(statistics::online),
        "jingdong.im.pop.evaluationstat.get" => Some(statistics::stars),
        "jingdong.im.pop.evaluationlist.get" => Some(sessions::ratings),
        _ => None,
    }
}

/// Answers one call.
async fn answer(State(gateway): State<Gateway>, body: Bytes) -> Response {
    let system = System::read(&body);
    let now = beijing::local(gateway.stand.clock.now());
    let outcome = admit(&system, now).and_then(|(method, answer)| {
        unrest(gateway.calls.fetch_add(1, Ordering::Relaxed) + 1)?;
        Ok((method, answer(&gateway.stand.shop, &system.business()?, now)))
    });
    match outcome {
        Err(refusal) => envelope::refuse(&refusal),
        Ok((method, Ok(inside))) => envelope::full(method, inside),
        Ok((method, Err(refusal))) => envelope::refuse_inside(method, &refusal),
    }
}

/// Lets a call in when everything that all methods share is right.
fn admit(system: &System, now: NaiveDateTime) -> Result<(&str, Answerer), Refusal> {
    let method = system.get("method").ok_or(Refusal::MissingMethod)?;
    let answer = answerer(method).ok_or(Refusal::InvalidMethod)?;
    if system.get("v").ok_or(Refusal::MissingVersion)? != "2.0" {
        return Err(Refusal::InvalidVersion);
    }
    if system.get("app_key").ok_or(Refusal::MissingAppKey)? != APP_KEY {
        return Err(Refusal::InvalidAppKey);
    }
    let stamp = beijing::parse(system.get("timestamp").ok_or(Refusal::MissingTimestamp)?);
    if stamp.is_none_or(|stamp| (now - stamp).abs() > TOLERANCE) {
        return Err(Refusal::InvalidTimestamp);
    }
    let sign = system.get("sign").ok_or(Refusal::MissingSignature)?;
    if sign != SignMethod::Md5.sign(SECRET, system.pairs()) {
        return Err(Refusal::InvalidSignature);
    }
    match system.get("access_token").ok_or(Refusal::MissingToken)? {
        TOKEN => Ok((method, answer)),
        _ => Err(Refusal::InvalidToken),
    }
}

/// The 6th call and every 50th take too long for the platform.
fn unrest(call: u64) -> Result<(), Refusal> {
    if call == 6 || call.is_multiple_of(50) { Err(Refusal::TimedOut) } else { Ok(()) }
}
