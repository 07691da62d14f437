//! `GET /gettoken`, and `POST /v1.0/oauth2/accessToken` of the newer kind: one token for both.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::System;
use super::refusal::Refusal;

const APP_KEY: &str = "shop";
const SECRET: &str = "sandbox";

/// The query of the old way.
#[derive(Deserialize)]
pub(super) struct Old {
    #[serde(default)]
    appkey: String,
    #[serde(default)]
    appsecret: String,
}

/// Answers `GET /gettoken`.
pub(super) async fn old(State(system): State<System>, Query(asked): Query<Old>) -> Response {
    if asked.appkey != APP_KEY || asked.appsecret != SECRET {
        return Refusal::Credentials.into_response();
    }
    let (token, left) = system.door.token(system.stand.clock.now());
    Json(json!({"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": left})).into_response()
}

/// The body of the new way.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct New {
    #[serde(default)]
    app_key: String,
    #[serde(default)]
    app_secret: String,
}

/// Answers `POST /v1.0/oauth2/accessToken`, which says by its status whether it is well.
pub(super) async fn new(State(system): State<System>, Json(asked): Json<New>) -> Response {
    if asked.app_key != APP_KEY || asked.app_secret != SECRET {
        let refusal = json!({"code": "invalidClientIdOrSecret", "message": "无效的clientId或者clientSecret"});
        return (StatusCode::BAD_REQUEST, Json(refusal)).into_response();
    }
    let (token, left) = system.door.token(system.stand.clock.now());
    Json(json!({"accessToken": token, "expireIn": left})).into_response()
}
