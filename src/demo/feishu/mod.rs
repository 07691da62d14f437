//! The double of Feishu (飞书) attendance: a tenant token in the header, days as whole numbers, the truth in `code`.

mod approvals;
mod refusal;
mod stats;
mod tasks;
mod token;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, post};
use axum::{Json, Router};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::{Value, json};

use self::refusal::Refusal;
use super::beijing;
use super::door::{Door, Manner};
use super::people::Agent;
use super::server::Stand;
use super::shop::Shop;

const MANNER: Manner = Manner { prefix: "t-shop", first_token_calls: 3, reserve: TimeDelta::minutes(30) };

/// What the platform knows: the shop, and its callers.
#[derive(Clone)]
struct System {
    stand: Stand,
    door: Arc<Door>,
}

/// How a call looks at the people of the shop.
struct View<'a> {
    shop: &'a Shop,
    /// What the wall clock shows.
    now: NaiveDateTime,
    /// Which of their numbers people are named by.
    named_by: NamedBy,
    /// Whether unknown people are passed over rather than failing the call.
    ignores_invalid: bool,
    /// Whether those who left are known.
    knows_terminated: bool,
}

/// `employee_type`: which of a person's numbers a call uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NamedBy {
    /// The platform's own.
    Id,
    /// The staff number that the firm gave (工号).
    Number,
}

/// A method: from a view and the body of a call to its `data`.
type Method = fn(&View, &Value) -> Result<Value, Refusal>;

/// The token and the attendance methods.
pub(super) fn routes(stand: &Stand) -> Router {
    let system = System { stand: stand.clone(), door: Arc::new(Door::new(MANNER)) };
    Router::new()
        .route("/open-apis/auth/v3/tenant_access_token/internal", post(token::answer))
        .route("/open-apis/attendance/v1/user_tasks/query", method(tasks::answer))
        .route("/open-apis/attendance/v1/user_stats_datas/query", method(stats::answer))
        .route("/open-apis/attendance/v1/user_approvals/query", method(approvals::answer))
        .with_state(system)
}

fn method(answer: Method) -> MethodRouter<System> {
    post(async move |State(system): State<System>, RawQuery(query): RawQuery, headers: HeaderMap, body: Bytes| {
        match system.call(answer, query.as_deref().unwrap_or(""), &headers, &body) {
            Ok(data) => Json(json!({"code": 0, "msg": "success", "data": data})).into_response(),
            Err(refusal) => refusal.into_response(),
        }
    })
}

impl System {
    fn call(&self, answer: Method, query: &str, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
        match self.door.count() {
            2 => return Err(Refusal::TooFast),
            call if call % 60 == 5 => return Err(Refusal::Server),
            _ => {}
        }
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = given.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Refusal::NoToken)?;
        self.door.admit(token, self.stand.clock.now()).map_err(|_| Refusal::BadToken)?;
        let body = serde_json::from_slice(body).map_err(|_| Refusal::Parameter("body"))?;
        answer(&self.view(query)?, &body)
    }

    fn view(&self, query: &str) -> Result<View<'_>, Refusal> {
        let param = |name: &str| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let named_by = match param("employee_type").as_deref() {
            Some("employee_id") => NamedBy::Id,
            Some("employee_no") => NamedBy::Number,
            _ => return Err(Refusal::Parameter("employee_type")),
        };
        Ok(View {
            shop: &self.stand.shop,
            now: beijing::local(self.stand.clock.now()),
            named_by,
            ignores_invalid: param("ignore_invalid_users").as_deref() == Some("true"),
            knows_terminated: param("include_terminated_user").as_deref() == Some("true"),
        })
    }
}

impl NamedBy {
    /// How a call names an agent.
    fn name(self, agent: &Agent) -> String {
        match self {
            Self::Id => format!("fs{:06}", 500_000 + agent.number),
            Self::Number => agent.id.clone(),
        }
    }
}

impl<'a> View<'a> {
    /// The agents of a list of users, by number, and the users that are unknown; a list has 1 to `most`.
    fn users(&self, body: &Value, most: usize) -> Result<(Vec<&'a Agent>, Vec<String>), Refusal> {
        let asked = body["user_ids"].as_array().filter(|list| !list.is_empty() && list.len() <= most);
        let asked: Option<Vec<&str>> = asked.and_then(|list| list.iter().map(Value::as_str).collect());
        let asked = asked.ok_or(Refusal::Parameter("user_ids"))?;
        let agents = self.shop.agents().iter().filter(|agent| self.knows(agent));
        let found: Vec<&Agent> = agents.filter(|agent| asked.contains(&self.named_by.name(agent).as_str())).collect();
        let names: Vec<String> = found.iter().map(|agent| self.named_by.name(agent)).collect();
        let unknown = asked.iter().filter(|user| !names.iter().any(|name| name == *user));
        Ok((found, unknown.map(|user| (*user).to_owned()).collect()))
    }

    fn knows(&self, agent: &Agent) -> bool {
        self.knows_terminated || agent.left.is_none_or(|left| self.now.date() <= left)
    }

    /// The days from one whole number such as 20261001 to another, at most so many; texts are refused.
    fn days(&self, body: &Value, names: [&'static str; 2], most: i64) -> Result<Vec<NaiveDate>, Refusal> {
        let day = |name: &'static str| {
            let number = body[name].as_u64().ok_or(Refusal::Parameter(name))?;
            let text = number.to_string();
            NaiveDate::parse_from_str(&text, "%Y%m%d").map_err(|_| Refusal::Parameter(name))
        };
        let (from, to) = (day(names[0])?, day(names[1])?);
        if to < from || (to - from).num_days() >= most {
            return Err(Refusal::Parameter(names[1]));
        }
        Ok(beijing::days_between(from, to).collect())
    }
}

/// A day as a whole number.
fn number(day: NaiveDate) -> u32 {
    day.format("%Y%m%d").to_string().parse().unwrap_or_default()
}
