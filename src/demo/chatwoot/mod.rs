//! The double of a Chatwoot help desk: real status codes, pages of 25, only open conversations unless all are asked for.

mod agents;
mod conversations;
mod csat;
mod summary;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, NaiveDateTime};
use serde_json::{Value, json};

use super::beijing;
use super::server::Stand;

const TOKEN: &str = "sandbox";
/// A bot may talk to customers, but not read reports.
const BOT_TOKEN: &str = "sandbox-bot";
const ACCOUNT: &str = "1";
const PAGE: usize = 25;
/// A second of the year 2100.
const OPEN_END: i64 = 4_102_444_800;

/// What the desk knows: the shop, how many calls came, and whether an old conversation woke up meanwhile.
#[derive(Clone)]
struct Desk {
    stand: Stand,
    calls: Arc<AtomicU64>,
    woken: Arc<AtomicBool>,
}

impl Desk {
    fn now(&self) -> NaiveDateTime {
        beijing::local(self.stand.clock.now())
    }
}

/// The parts of the API that are about people and conversations.
pub(super) fn routes(stand: &Stand) -> Router {
    let desk = Desk { stand: stand.clone(), calls: Arc::default(), woken: Arc::default() };
    Router::new()
        .route("/api/v1/accounts/{account}/agents", get(agents::list))
        .route("/api/v1/accounts/{account}/conversations", get(conversations::list))
        .route("/api/v1/accounts/{account}/csat_survey_responses", get(csat::list))
        .route("/api/v1/accounts/{account}/csat_survey_responses/metrics", get(csat::metrics))
        .route("/api/v2/accounts/{account}/summary_reports/agent", get(summary::by_agent))
        .layer(middleware::from_fn_with_state(desk.clone(), admit))
        .with_state(desk)
}

/// Lets a call in when it knows the token and the account, and the desk is not just then in trouble.
async fn admit(
    State(desk): State<Desk>,
    Path(path): Path<Vec<(String, String)>>,
    request: Request,
    next: Next,
) -> Response {
    let is_report = request.uri().path().starts_with("/api/v2/");
    match token(request.headers()) {
        Some(TOKEN) => {}
        Some(BOT_TOKEN) if !is_report => {}
        Some(BOT_TOKEN) => return refuse(StatusCode::UNAUTHORIZED, "You are not authorized to do this action"),
        _ => return refuse(StatusCode::UNAUTHORIZED, "Invalid Access Token"),
    }
    if path.first().is_none_or(|(_, account)| account != ACCOUNT) {
        return refuse(StatusCode::NOT_FOUND, "Resource could not be found");
    }
    match desk.calls.fetch_add(1, Ordering::Relaxed) + 1 {
        5 => (StatusCode::BAD_GATEWAY, "<html><body><h1>502 Bad Gateway</h1></body></html>").into_response(),
        call if call % 200 == 12 => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")], "Retry later\n").into_response()
        }
        _ => next.run(request).await,
    }
}

fn token(headers: &HeaderMap) -> Option<&str> {
    headers.get("api_access_token").and_then(|value| value.to_str().ok())
}

fn refuse(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "error": why }))).into_response()
}

/// The window that a call asks for, half open, in unix seconds.
#[derive(serde::Deserialize)]
struct Window {
    since: Option<String>,
    until: Option<String>,
}

impl Window {
    /// On the clocks of the shop; what is left out is open.
    fn local(&self) -> Option<(NaiveDateTime, NaiveDateTime)> {
        let read = |text: &Option<String>, open: i64| {
            let second = text.as_ref().map_or(Some(open), |text| text.parse().ok())?;
            DateTime::from_timestamp(second, 0).map(beijing::local)
        };
        Some((read(&self.since, 0)?, read(&self.until, OPEN_END)?))
    }
}

/// The page that a call asks for, from one.
#[derive(serde::Deserialize)]
struct Page {
    page: Option<usize>,
}

impl Page {
    fn skip(&self) -> usize {
        (self.page.unwrap_or(1).max(1) - 1) * PAGE
    }
}

fn seconds(at: NaiveDateTime) -> i64 {
    beijing::epoch_ms(at) / 1000
}

/// The number of an agent at this desk; zero is the shared account.
fn agent_id(number: u32) -> u32 {
    100 + number
}

fn unreadable() -> Response {
    refuse(StatusCode::UNPROCESSABLE_ENTITY, "since and until are unix seconds")
}

fn list(rows: Vec<Value>) -> Response {
    Json(Value::Array(rows)).into_response()
}

type PageQuery = Query<Page>;
type WindowQuery = Query<Window>;
