//! `GET /api/v2/satisfaction_ratings.json`: what customers said of their tickets, oldest first; an offer is a row as well.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::{DateTime, Days, NaiveDateTime};
use serde_json::{Value, json};

use super::page::{Query, page};
use super::{Desk, iso, refuse, user_id, utc};
use crate::demo::beijing;
use crate::demo::cases::Case;

/// Answers a call for a page of what came between `start_time` and `end_time`.
pub(super) async fn list(State(desk): State<Desk>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = Query::read(query);
    let now = desk.now();
    let span = (query.number("start_time", 0), query.number("end_time", utc(now).timestamp()));
    let (since, until) = match span {
        (Ok(since), Ok(until)) => (local(since), local(until)),
        (Err(wrong), _) | (_, Err(wrong)) => return refuse(wrong),
    };
    let first = since.date().max(desk.stand.shop.plan().first_month()) - Days::new(4);
    let cases = beijing::days_between(first, now.date()).flat_map(|day| desk.stand.shop.cases(day));
    let offers = cases.filter_map(|case| case.at(now)).filter_map(|case| Some((said(&case)?, case)));
    let mut found: Vec<_> = offers.filter(|((at, _), _)| since <= *at && *at < until && *at <= now).collect();
    found.sort_by_key(|((at, _), case)| (*at, case.id));
    let rows: Vec<Value> = found.iter().map(|((at, score), case)| row(*at, score, case)).collect();
    page(&query, &headers, "/api/v2/satisfaction_ratings.json", "satisfaction_ratings", &rows)
}

fn local(seconds: i64) -> NaiveDateTime {
    beijing::local(DateTime::from_timestamp(seconds, 0).unwrap_or_default())
}

/// What was said and when; a solved case whose customer said nothing was at least offered.
fn said(case: &Case) -> Option<(NaiveDateTime, &'static str)> {
    match case.verdict {
        Some((good, at)) => Some((at, if good { "good" } else { "bad" })),
        None => case.solved().map(|at| (at, "offered")),
    }
}

fn row(at: NaiveDateTime, score: &str, case: &Case) -> Value {
    json!({
        "id": case.id * 10,
        "assignee_id": user_id(case.agent),
        "requester_id": case.buyer.0 >> 16,
        "ticket_id": case.id,
        "score": score,
        "comment": null,
        "created_at": iso(at),
        "updated_at": iso(at),
    })
}
