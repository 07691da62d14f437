//! The double of WeCom (企业微信): attendance, the clock's own records, the directory, and the statistics of its service accounts.

mod days;
mod hardware;
mod months;
mod punches;
mod refusal;
mod servicer;
mod staff;
mod token;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::refusal::Refusal;
use super::beijing;
use super::door::{Door, Manner};
use super::people::Agent;
use super::server::Stand;
use super::shop::Shop;

const MANNER: Manner = Manner { prefix: "wecom-token", first_token_calls: 3, reserve: TimeDelta::zero() };

/// What the platform knows: the shop, and its callers.
#[derive(Clone)]
struct System {
    stand: Stand,
    door: Arc<Door>,
}

/// A method: from the body of a call, at a time of the wall clock, to its answer.
type Method = fn(&Shop, &[u8], NaiveDateTime) -> Result<Value, Refusal>;

/// The token, attendance, the directory, and service statistics.
pub(super) fn routes(stand: &Stand) -> Router {
    let system = System { stand: stand.clone(), door: Arc::new(Door::new(MANNER)) };
    Router::new()
        .route("/cgi-bin/gettoken", get(token::answer))
        .route("/cgi-bin/checkin/getcheckindata", method(punches::answer))
        .route("/cgi-bin/checkin/getcheckin_daydata", method(days::answer))
        .route("/cgi-bin/checkin/getcheckin_monthdata", method(months::answer))
        .route("/cgi-bin/hardware/get_hardware_checkin_data", method(hardware::answer))
        .route("/cgi-bin/user/list_id", method(staff::answer))
        .route("/cgi-bin/kf/get_servicer_statistic", method(servicer::answer))
        .with_state(system)
}

/// The query of every call.
#[derive(Deserialize)]
struct Caller {
    #[serde(default)]
    access_token: String,
}

fn method(answer: Method) -> MethodRouter<System> {
    post(async move |State(system): State<System>, Query(caller): Query<Caller>, body: Bytes| {
        let now = beijing::local(system.stand.clock.now());
        respond(system.admit(&caller.access_token).and_then(|()| answer(&system.stand.shop, &body, now)))
    })
}

/// Every good answer begins with the same two fields.
fn respond(outcome: Result<Value, Refusal>) -> Response {
    match outcome {
        Ok(mut answer) => {
            answer["errcode"] = json!(0);
            answer["errmsg"] = json!("ok");
            Json(answer).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

impl System {
    fn admit(&self, token: &str) -> Result<(), Refusal> {
        if self.door.count() % 40 == 2 {
            return Err(Refusal::TooFast);
        }
        self.door.admit(token, self.stand.clock.now()).map_err(Refusal::Token)
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::Parameter("body"))
}

/// The agents of a list of 1 to 100 users, by number; unknown ones are passed over.
fn agents<'a>(shop: &'a Shop, users: &[String]) -> Result<Vec<&'a Agent>, Refusal> {
    if users.is_empty() || users.len() > 100 {
        return Err(Refusal::Limit);
    }
    let known = |agent: &&Agent| users.contains(&agent.wecom);
    Ok(shop.agents().iter().filter(known).collect())
}

/// From one second to another, at most 30 days.
fn span(start: i64, end: i64) -> Result<(NaiveDateTime, NaiveDateTime), Refusal> {
    let from = beijing::from_epoch(start).ok_or(Refusal::Limit)?;
    let to = beijing::from_epoch(end).ok_or(Refusal::Limit)?;
    if to < from || to - from > TimeDelta::days(30) { Err(Refusal::Limit) } else { Ok((from, to)) }
}

/// The body of the calls that ask for days.
#[derive(Deserialize)]
struct AskedDays {
    starttime: i64,
    endtime: i64,
    useridlist: Vec<String>,
}

/// The days from one midnight to another, both included and none of today; other times give no days, and nobody says so.
fn whole_days(asked: &AskedDays, now: NaiveDateTime) -> Result<Vec<NaiveDate>, Refusal> {
    let (from, to) = span(asked.starttime, asked.endtime)?;
    let at_midnight = [from, to].iter().all(|at| *at == beijing::midnight(at.date()));
    let last = to.date().min(now.date() - Days::new(1));
    Ok(beijing::days_between(from.date(), last).filter(|_| at_midnight).collect())
}
