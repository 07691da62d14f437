//! `GET /cgi-bin/gettoken`: the same token while it holds.

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::System;
use super::refusal::Refusal;

const CORP: &str = "shop";
const SECRET: &str = "sandbox";

/// The query of a call.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    corpid: String,
    #[serde(default)]
    corpsecret: String,
}

/// Answers one call.
pub(super) async fn answer(State(system): State<System>, Query(asked): Query<Asked>) -> Response {
    if asked.corpid != CORP || asked.corpsecret != SECRET {
        return Refusal::Secret.into_response();
    }
    let (token, left) = system.door.token(system.stand.clock.now());
    Json(json!({"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": left})).into_response()
}
