//! The double of a Zendesk help desk: cursors, repeated tickets, ten calls a minute for exports, everything in UTC.

mod page;
mod ratings;
mod tickets;
mod users;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{NaiveDateTime, SecondsFormat};
use serde_json::json;

use super::beijing;
use super::server::Stand;

/// The mail address of the caller, `/token`, and the API token.
const CREDENTIALS: &str = "sandbox@example.test/token:sandbox";

/// What the desk knows: the shop, and how many calls it let in.
#[derive(Clone)]
struct Desk {
    stand: Stand,
    calls: Arc<AtomicU64>,
}

impl Desk {
    fn now(&self) -> NaiveDateTime {
        beijing::local(self.stand.clock.now())
    }
}

/// The parts of the API that are about tickets and people.
pub(super) fn routes(stand: &Stand) -> Router {
    let desk = Desk { stand: stand.clone(), calls: Arc::default() };
    Router::new()
        .route("/api/v2/incremental/tickets/cursor.json", get(tickets::export))
        .route("/api/v2/users.json", get(users::list))
        .route("/api/v2/satisfaction_ratings.json", get(ratings::list))
        .layer(middleware::from_fn_with_state(desk.clone(), admit))
        .with_state(desk)
}

/// Lets a call in when it is known who calls; the second call and every tenth after it are too many for the minute.
async fn admit(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given != Some(format!("Basic {}", BASE64_STANDARD.encode(CREDENTIALS)).as_str()) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "Couldn't authenticate you" }))).into_response();
    }
    if (desk.calls.fetch_add(1, Ordering::Relaxed) + 1) % 10 == 2 {
        let body = Json(
            json!({ "error": "APIRateLimitExceeded", "description": "Number of allowed API requests per minute exceeded" }),
        );
        return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")], body).into_response();
    }
    next.run(request).await
}

/// ISO 8601 in UTC.
fn iso(at: NaiveDateTime) -> String {
    utc(at).to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn utc(at: NaiveDateTime) -> chrono::DateTime<chrono::Utc> {
    (at - chrono::TimeDelta::hours(8)).and_utc()
}

/// The number of an agent at this desk; zero is the shared account.
fn user_id(number: u32) -> u64 {
    900_000 + u64::from(number)
}

fn refuse(why: &str) -> Response {
    let body = json!({ "error": "InvalidValue", "description": why });
    (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
}
