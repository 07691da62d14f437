//! The double of DingTalk's attendance API: HTTP 200 always, the truth in `errcode`, tokens that die early.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::beijing;
use super::people::Agent;
use super::rota::{Duty, Punch, PunchResult, ordinal};
use super::server::Stand;
use super::shop::Shop;

const APP_KEY: &str = "shop";
const SECRET: &str = "sandbox";
const LIFE: TimeDelta = TimeDelta::seconds(7200);

/// After so many calls the first token is no longer accepted; less than a month of the default shop needs, so that every run meets it.
const FIRST_TOKEN_CALLS: u64 = 15;

/// What the attendance system knows: the shop, and its tokens.
#[derive(Clone)]
struct System {
    stand: Stand,
    door: Arc<Door>,
}

/// The token and the check results.
pub(super) fn routes(stand: &Stand) -> Router {
    let system = System { stand: stand.clone(), door: Arc::default() };
    Router::new().route("/gettoken", get(token)).route("/attendance/list", post(list)).with_state(system)
}

/// What the attendance system remembers of its callers.
#[derive(Debug, Default)]
struct Door(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    /// How many tokens were given out; the last is the only good one.
    tokens: u64,
    /// When the last token was given out.
    issued: Option<DateTime<Utc>>,
    /// Calls made with the last token.
    used: u64,
    /// Calls in all.
    calls: u64,
}

/// Why a call is refused, with the platform's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    /// The key or the secret is wrong.
    Credentials,
    /// There is no such token.
    UnknownToken,
    /// The token is over.
    ExpiredToken,
    /// Too many calls; wait.
    TooFast,
    /// The firewall before the platform bans the caller for a second; its answer has no `errcode`.
    Banned,
    /// A parameter is missing, malformed or over its limit.
    Parameter(&'static str),
}

impl Refusal {
    fn body(self) -> Value {
        let (code, message) = match self {
            Self::Banned => {
                return json!({"status": 1111, "wait": 1, "source": "x5", "punish": "deny", "uuid": "0f3c5a9e7b1d4c62"});
            }
            Self::Credentials => (40089, "不合法的appkey或appsecret".to_owned()),
            Self::UnknownToken => (40014, "不合法的access_token".to_owned()),
            Self::ExpiredToken => (42001, "access_token已过期".to_owned()),
            Self::TooFast => (90018, "您的企业调用该接口的频率过高,请稍后再试".to_owned()),
            Self::Parameter(why) => (40035, format!("不合法的参数: {why}")),
        };
        json!({"errcode": code, "errmsg": message})
    }
}

impl Door {
    /// Gives the good token, or a new one when it is over.
    fn token(&self, now: DateTime<Utc>) -> String {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.is_over(now) {
            memory.tokens += 1;
            memory.issued = Some(now);
            memory.used = 0;
        }
        memory.token()
    }

    /// Lets a call in, or not.
    fn admit(&self, token: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        memory.calls += 1;
        if memory.calls == 9 {
            return Err(Refusal::Banned);
        }
        if memory.calls.is_multiple_of(50) {
            return Err(Refusal::TooFast);
        }
        if token != memory.token() {
            return Err(if memory.gave(token) { Refusal::ExpiredToken } else { Refusal::UnknownToken });
        }
        if memory.is_over(now) {
            return Err(Refusal::ExpiredToken);
        }
        memory.used += 1;
        Ok(())
    }
}

impl Memory {
    fn token(&self) -> String {
        format!("shop-token-{}", self.tokens)
    }

    fn gave(&self, token: &str) -> bool {
        (1..self.tokens).any(|serial| token == format!("shop-token-{serial}"))
    }

    /// A token lives two hours; the first one dies early.
    fn is_over(&self, now: DateTime<Utc>) -> bool {
        let died_early = self.tokens == 1 && self.used >= FIRST_TOKEN_CALLS;
        died_early || self.issued.is_none_or(|issued| now - issued >= LIFE)
    }
}

/// The query of `GET /gettoken`.
#[derive(Deserialize)]
struct TokenQuery {
    #[serde(default)]
    appkey: String,
    #[serde(default)]
    appsecret: String,
}

/// Answers `GET /gettoken`.
async fn token(State(system): State<System>, Query(query): Query<TokenQuery>) -> Json<Value> {
    if query.appkey != APP_KEY || query.appsecret != SECRET {
        return Json(Refusal::Credentials.body());
    }
    let token = system.door.token(system.stand.clock.now());
    Json(json!({"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": LIFE.num_seconds()}))
}

/// The query of `POST /attendance/list`.
#[derive(Deserialize)]
struct ListQuery {
    #[serde(default)]
    access_token: String,
}

/// The body of `POST /attendance/list`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListBody {
    work_date_from: String,
    work_date_to: String,
    user_id_list: Vec<String>,
    offset: usize,
    limit: usize,
}

/// Answers `POST /attendance/list`: one row for each planned punch.
async fn list(State(system): State<System>, Query(query): Query<ListQuery>, body: Bytes) -> Json<Value> {
    let System { stand, door } = system;
    let now = stand.clock.now();
    let outcome = door.admit(&query.access_token, now).and_then(|()| page(&stand.shop, &body, now));
    Json(outcome.unwrap_or_else(Refusal::body))
}

fn page(shop: &Shop, body: &[u8], now: DateTime<Utc>) -> Result<Value, Refusal> {
    let body: ListBody = serde_json::from_slice(body).map_err(|_| Refusal::Parameter("body"))?;
    let (from, to) = span(&body)?;
    if body.user_id_list.is_empty() || body.user_id_list.len() > 50 {
        return Err(Refusal::Parameter("userIdList"));
    }
    if body.limit == 0 || body.limit > 50 {
        return Err(Refusal::Parameter("limit"));
    }
    let rows = rows(shop, &body.user_id_list, from, to, beijing::local(now));
    let shown: Vec<&Value> = rows.iter().skip(body.offset).take(body.limit).collect();
    let more = rows.len() > body.offset.saturating_add(shown.len());
    Ok(json!({"errcode": 0, "errmsg": "ok", "hasMore": more, "recordresult": shown}))
}

fn span(body: &ListBody) -> Result<(NaiveDateTime, NaiveDateTime), Refusal> {
    let from = beijing::parse(&body.work_date_from).ok_or(Refusal::Parameter("workDateFrom"))?;
    let to = beijing::parse(&body.work_date_to).ok_or(Refusal::Parameter("workDateTo"))?;
    if to < from || to - from > TimeDelta::days(7) { Err(Refusal::Parameter("workDateTo")) } else { Ok((from, to)) }
}

/// The rows by work day and person; unknown people have none, and nobody knows the punches of tomorrow.
fn rows(shop: &Shop, users: &[String], from: NaiveDateTime, to: NaiveDateTime, now: NaiveDateTime) -> Vec<Value> {
    let mut agents: Vec<&Agent> = users.iter().filter_map(|user| shop.people.by_dingtalk(user)).collect();
    agents.sort_by_key(|agent| agent.number);
    agents.dedup_by_key(|agent| agent.number);
    let days = beijing::days_between(from.date(), to.date());
    let asked = days.filter(|day| from <= beijing::midnight(*day));
    asked.flat_map(|day| agents.iter().flat_map(move |agent| day_rows(shop, agent, day, now))).collect()
}

fn day_rows(shop: &Shop, agent: &Agent, day: NaiveDate, now: NaiveDateTime) -> Vec<Value> {
    let Some(Duty::Work(shift) | Duty::Leave(shift) | Duty::Absent(shift)) = shop.duty(agent, day) else {
        return Vec::new();
    };
    let both = [("OnDuty", shift.on), ("OffDuty", shift.off)];
    let known = both.into_iter().filter(|(_, punch)| punch.planned < now);
    known.map(|(check, punch)| row(agent, day, check, &punch)).collect()
}

fn row(agent: &Agent, day: NaiveDate, check: &str, punch: &Punch) -> Value {
    // A punch that nobody made carries the planned time all the same.
    let (result, at, source) = match punch.result {
        PunchResult::Normal(at) => ("Normal", at, "USER"),
        PunchResult::Late(at) => ("Late", at, "USER"),
        PunchResult::Early(at) => ("Early", at, "USER"),
        PunchResult::Absenteeism(at) => ("Absenteeism", at, "USER"),
        PunchResult::MadeUp => ("Normal", punch.planned, "APPROVE"),
        PunchResult::NotSigned => ("NotSigned", punch.planned, "SYSTEM"),
    };
    let id = ordinal(day) * 1_000_000 + u64::from(agent.number) * 10 + u64::from(check == "OffDuty");
    let mut row = Map::new();
    let mut put = |key: &str, value: Value| row.insert(key.to_owned(), value);
    put("id", json!(id));
    if source == "USER" {
        put("recordId", json!(id + 7_000_000_000_000));
    }
    put("userId", json!(agent.dingtalk));
    put("corpId", json!("dingshop"));
    put("groupId", json!(agent.team));
    put("planId", json!(id + 3_000_000_000_000));
    put("workDate", json!(beijing::epoch_ms(beijing::midnight(day))));
    put("baseCheckTime", json!(beijing::epoch_ms(punch.planned)));
    put("userCheckTime", json!(beijing::epoch_ms(at)));
    put("checkType", json!(check));
    put("timeResult", json!(result));
    put("locationResult", json!(if source == "SYSTEM" { "NotSigned" } else { "Normal" }));
    put("sourceType", json!(source));
    if let Some(approval) = punch.approval {
        put("approveId", json!(approval));
    }
    Value::Object(row)
}
