//! `GET /api/v2/incremental/tickets/cursor.json`: every ticket that changed since a time, in the order of its changes.
//!
//! A ticket that changes during an export comes again in its newer state, the last of a page comes again on the next one,
//! and the last minute is left out.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::{Value, json};

use super::page::{Query, Wrong, mark, origin, place};
use super::{Desk, iso, refuse, user_id, utc};
use crate::demo::beijing;
use crate::demo::cases::Case;
use crate::demo::rota::ordinal;
use crate::demo::shop::Shop;

const PATH: &str = "/api/v2/incremental/tickets/cursor.json";
/// How long after its opening a case may still change.
const REACH: u64 = 4;

/// A ticket in one of its states, and when that state was noted.
type Line = (NaiveDateTime, Ticket);

/// A line of the export.
enum Ticket {
    Case(Case),
    /// It was rubbish; who does not exclude deleted tickets gets it all the same.
    Deleted(u64),
}

/// What an export asks for; the cursor carries it on.
struct Export {
    since: i64,
    metrics: bool,
    deleted: bool,
    size: usize,
    from: usize,
}

/// Answers a call for a page.
pub(super) async fn export(State(desk): State<Desk>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = Query::read(query);
    let export = match Export::read(&query, utc(desk.now()).timestamp()) {
        Ok(export) => export,
        Err(wrong) => return refuse(wrong),
    };
    let lines = lines(&desk.stand.shop, &export, desk.now());
    let end = (export.from + export.size).min(lines.len());
    let shown = lines.iter().skip(export.from).take(export.size);
    let tickets: Vec<Value> = shown.map(|line| row(line, export.metrics)).collect();
    let over = end >= lines.len();
    // The last line of a page comes again as the first of the next.
    let cursor = export.cursor(if over || export.size == 1 { end } else { end - 1 });
    let after = format!("{}{PATH}?cursor={cursor}", origin(&headers));
    Json(json!({
        "tickets": tickets, "after_url": after, "after_cursor": cursor,
        "before_url": null, "before_cursor": null, "end_of_stream": over,
    }))
    .into_response()
}

impl Export {
    fn read(query: &Query, now: i64) -> Result<Self, Wrong> {
        if let Some(cursor) = query.get("cursor") {
            return Self::resumed(cursor).ok_or("cursor is not known");
        }
        query.get("start_time").ok_or("start_time is missing")?;
        let since = query.number("start_time", 0)?;
        if since > now - 60 {
            return Err("start_time must be more than a minute ago");
        }
        let size = usize::try_from(query.number("per_page", 1000)?).ok().filter(|size| (1..=1000).contains(size));
        let size = size.ok_or("per_page is between 1 and 1000")?;
        let metrics = query.get("include").is_some_and(|list| list.split(',').any(|name| name == "metric_sets"));
        let deleted = query.get("exclude_deleted") != Some("true");
        Ok(Self { since, metrics, deleted, size, from: 0 })
    }

    fn cursor(&self, from: usize) -> String {
        let flags = format!("{}{}", u8::from(self.metrics), u8::from(self.deleted));
        format!("{}-{flags}-{}-{}", self.since, self.size, mark(from))
    }

    fn resumed(cursor: &str) -> Option<Self> {
        let mut parts = cursor.splitn(4, '-');
        let (since, flags) = (parts.next()?.parse().ok()?, parts.next()?);
        let (size, from) = (parts.next()?.parse().ok()?, place(parts.next()?)?);
        Some(Self { since, metrics: flags.starts_with('1'), deleted: flags.ends_with('1'), size, from })
    }
}

/// All states noted since a time, in their order.
fn lines(shop: &Shop, export: &Export, now: NaiveDateTime) -> Vec<Line> {
    let Some(since) = chrono::DateTime::from_timestamp(export.since, 0).map(beijing::local) else { return Vec::new() };
    let first = (since.date() - Days::new(REACH)).max(shop.plan().first_month());
    let days = beijing::days_between(first, now.date());
    let mut lines: Vec<Line> = days.flat_map(|day| of_day(shop, day, now)).collect();
    let is_due = |at: NaiveDateTime| since <= at && at <= now - TimeDelta::minutes(1);
    lines.retain(|(at, ticket)| is_due(*at) && (export.deleted || !matches!(ticket, Ticket::Deleted(_))));
    lines.sort_by_key(|(at, ticket)| (*at, ticket.id()));
    lines
}

fn of_day(shop: &Shop, day: NaiveDate, now: NaiveDateTime) -> Vec<Line> {
    let mut lines = Vec::new();
    for case in shop.cases(day) {
        // Noted some seconds after the change itself.
        let noted = |case: Case| (case.updated() + TimeDelta::seconds(5), Ticket::Case(case));
        let early = case.replied().filter(|_| case.id % 7 == 0).and_then(|at| case.at(at.min(now)));
        lines.extend(early.into_iter().chain(case.at(now)).map(noted));
    }
    let rubbish = ordinal(day) * 1_000_000 + 999_999;
    lines.push((beijing::at(day, 10 * 3600), Ticket::Deleted(rubbish)));
    lines
}

impl Ticket {
    fn id(&self) -> u64 {
        match self {
            Self::Case(case) => case.id,
            Self::Deleted(id) => *id,
        }
    }
}

fn row((noted, ticket): &Line, metrics: bool) -> Value {
    let case = match ticket {
        Ticket::Case(case) => case,
        Ticket::Deleted(id) => {
            return json!({ "id": id, "status": "deleted", "generated_timestamp": utc(*noted).timestamp() });
        }
    };
    let score = case.verdict.map_or("unoffered", |(good, _)| if good { "good" } else { "bad" });
    let mut row = json!({
        "id": case.id,
        "assignee_id": user_id(case.agent),
        "requester_id": case.buyer.0 >> 16,
        "status": status(case),
        "via": { "channel": "chat" },
        "created_at": iso(case.opened),
        "updated_at": iso(case.updated()),
        "generated_timestamp": utc(*noted).timestamp(),
        "satisfaction_rating": { "score": score },
    });
    if metrics {
        row["metric_set"] = metric_set(case);
    }
    row
}

fn status(case: &Case) -> &'static str {
    match (case.reply_minutes, case.solve_minutes) {
        (_, Some(_)) => "solved",
        (Some(_), None) => "open",
        (None, None) => "new",
    }
}

fn metric_set(case: &Case) -> Value {
    let minutes =
        |calendar: Option<i64>| json!({ "calendar": calendar, "business": calendar.map(|minutes| minutes / 2) });
    json!({
        "ticket_id": case.id,
        "reopens": case.reopens,
        "replies": case.replies,
        "reply_time_in_minutes": minutes(case.reply_minutes),
        "full_resolution_time_in_minutes": minutes(case.solve_minutes),
        "solved_at": case.solved().map(iso),
        "created_at": iso(case.opened),
        "updated_at": iso(case.updated()),
    })
}
