//! Why Feishu refuses a call: the number in `code`, under status 200, 400 or 500 as the platform pleases.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The app or its secret is wrong.
    Credentials,
    /// There is no token.
    NoToken,
    /// The token is none, or none any more.
    BadToken,
    /// Too many calls in this second.
    TooFast,
    /// The platform's own trouble.
    Server,
    /// A parameter is missing, malformed or over its limit.
    Parameter(&'static str),
    /// A person who does not exist, or whom the app may not see; one fails the whole call.
    User,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            Self::Credentials => (200, 10014, "app secret invalid".to_owned()),
            Self::NoToken => (400, 99_991_661, "Missing access token for authorization".to_owned()),
            Self::BadToken => (400, 99_991_663, "Invalid access token for authorization".to_owned()),
            Self::TooFast => (400, 99_991_400, "request trigger frequency limit".to_owned()),
            Self::Server => (500, 1_228_000, "internal server error".to_owned()),
            Self::Parameter(why) => (400, 1_220_001, format!("invalid params: {why}")),
            Self::User => (200, 1_220_004, "user not found or no permission".to_owned()),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = Json(json!({"code": code, "msg": message, "data": {}}));
        if self == Self::TooFast {
            return (status, [("x-ogw-ratelimit-reset", "1")], body).into_response();
        }
        (status, body).into_response()
    }
}
