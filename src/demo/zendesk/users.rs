//! `GET /api/v2/users.json?role[]=agent`: who works at the desk; `external_id` holds the 工号.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::page::{Query, page};
use super::{Desk, user_id};
use crate::demo::people::Agent;

/// Answers a call for a page of agents; who does not ask for a role gets customers as well.
pub(super) async fn list(State(desk): State<Desk>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = Query::read(query);
    let shared = json!({ "id": user_id(0), "name": "公用", "email": "shared@example.test", "external_id": null, "role": "agent" });
    let agents = desk.stand.shop.agents().iter().map(row);
    let customers = (1..=3).map(|number| {
        let mail = format!("buyer{number}@example.test");
        json!({ "id": 100 + number, "name": "buyer", "email": mail, "external_id": null, "role": "end-user" })
    });
    let customers = customers.filter(|_| query.get("role[]").or(query.get("role")).is_none());
    let rows: Vec<Value> = std::iter::once(shared).chain(agents).chain(customers).collect();
    page(&query, &headers, "/api/v2/users.json", "users", &rows)
}

fn row(agent: &Agent) -> Value {
    let Agent { number, id, name, mail, .. } = agent;
    json!({ "id": user_id(*number), "name": name, "email": mail, "external_id": id, "role": "agent" })
}
