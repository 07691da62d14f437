//! `POST /open-apis/auth/v3/tenant_access_token/internal`: the same token until it has less than half an hour left.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::System;
use super::refusal::Refusal;

const APP_ID: &str = "shop";
const SECRET: &str = "sandbox";

/// Answers one call.
pub(super) async fn answer(State(system): State<System>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    if asked["app_id"] != APP_ID || asked["app_secret"] != SECRET {
        return Refusal::Credentials.into_response();
    }
    let (token, left) = system.door.token(system.stand.clock.now());
    Json(json!({"code": 0, "msg": "ok", "tenant_access_token": token, "expire": left})).into_response()
}
