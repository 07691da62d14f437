//! The double of DingTalk (钉钉): HTTP 200 always, the truth in `errcode`, bans without one, tokens that die early.

mod columns;
mod leave;
mod list;
mod records;
mod refusal;
mod staff;
mod token;
mod values;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use chrono::{NaiveDateTime, TimeDelta};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::refusal::Refusal;
use super::beijing;
use super::door::{Door, Manner};
use super::people::Agent;
use super::server::Stand;
use super::shop::Shop;

const MANNER: Manner = Manner { prefix: "shop-token", first_token_calls: 15, reserve: TimeDelta::zero() };

/// What the platform knows: the shop, and its callers.
#[derive(Clone)]
struct System {
    stand: Stand,
    door: Arc<Door>,
}

/// A method: from the body of a call, at a time of the wall clock, to its answer.
type Method = fn(&Shop, &[u8], NaiveDateTime) -> Result<Value, Refusal>;

/// The tokens of both kinds, attendance, and the directory.
pub(super) fn routes(stand: &Stand) -> Router {
    let system = System { stand: stand.clone(), door: Arc::new(Door::new(MANNER)) };
    Router::new()
        .route("/gettoken", get(token::old))
        .route("/v1.0/oauth2/accessToken", post(token::new))
        .route("/attendance/list", method(list::answer))
        .route("/attendance/listRecord", method(records::answer))
        .route("/topapi/attendance/getattcolumns", method(columns::answer))
        .route("/topapi/attendance/getcolumnval", method(values::answer))
        .route("/topapi/attendance/getleavestatus", method(leave::answer))
        .route("/topapi/v2/department/listsubid", method(staff::departments))
        .route("/topapi/v2/user/list", method(staff::users))
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
        let now = system.stand.clock.now();
        let admitted = system.admit(&caller.access_token);
        respond(admitted.and_then(|()| answer(&system.stand.shop, &body, beijing::local(now))))
    })
}

fn respond(outcome: Result<Value, Refusal>) -> Response {
    outcome.map_or_else(Refusal::into_response, |answer| Json(answer).into_response())
}

impl System {
    /// Lets a call in unless the platform is in one of its moods or the token is over.
    fn admit(&self, token: &str) -> Result<(), Refusal> {
        match self.door.count() {
            9 => Err(Refusal::Banned),
            77 => Err(Refusal::BannedByPage),
            call if call % 200 == 50 => Err(Refusal::TooFast),
            _ => self.door.admit(token, self.stand.clock.now()).map_err(Refusal::Token),
        }
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::Parameter("body"))
}

/// A span of time from two texts, at most so long.
fn span(from: &str, to: &str, most: TimeDelta) -> Result<(NaiveDateTime, NaiveDateTime), Refusal> {
    let from = beijing::parse(from).ok_or(Refusal::Parameter("from"))?;
    let to = beijing::parse(to).ok_or(Refusal::Parameter("to"))?;
    if to < from || to - from > most { Err(Refusal::Parameter("to")) } else { Ok((from, to)) }
}

/// The agents of a list of users, by number; unknown users are passed over, and a list has 1 to `most` of them.
fn agents<'a>(shop: &'a Shop, users: &[String], most: usize) -> Result<Vec<&'a Agent>, Refusal> {
    if users.is_empty() || users.len() > most {
        return Err(Refusal::Parameter("userIdList"));
    }
    let mut agents: Vec<&Agent> = users.iter().filter_map(|user| shop.people.by_dingtalk(user)).collect();
    agents.sort_by_key(|agent| agent.number);
    agents.dedup_by_key(|agent| agent.number);
    Ok(agents)
}
