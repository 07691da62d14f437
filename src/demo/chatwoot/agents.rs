//! `GET /api/v1/accounts/{account}/agents`: who works at the desk; the desk knows people by mail, not by 工号.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::{Desk, agent_id, list as respond};
use crate::demo::shop::Shop;

/// Answers a call for all agents at once.
pub(super) async fn list(State(desk): State<Desk>) -> Response {
    let shop = &desk.stand.shop;
    let rows = (0..=shop.agents().len() as u32).map(|number| row(shop, number)).collect();
    respond(rows)
}

fn row(shop: &Shop, number: u32) -> Value {
    json!({
        "id": agent_id(number),
        "account_id": 1,
        "name": name(shop, number),
        "email": mail(shop, number),
        "availability_status": "offline",
        "confirmed": true,
        "role": "agent",
    })
}

/// The name of an agent; zero is the shared account.
pub(super) fn name(shop: &Shop, number: u32) -> &str {
    number.checked_sub(1).map_or("公用", |place| &shop.agents()[place as usize].name)
}

/// A desk needs an address for everybody: who has none at work uses another.
fn mail(shop: &Shop, number: u32) -> String {
    let mail = number.checked_sub(1).map_or("", |place| &shop.agents()[place as usize].mail);
    if mail.is_empty() { format!("desk{number}@example.test") } else { mail.to_uppercase().to_lowercase() }
}
