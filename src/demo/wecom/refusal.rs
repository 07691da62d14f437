//! Why WeCom refuses a call; the status is 200 always.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::demo::door::Stale;

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The secret is wrong.
    Secret,
    /// The token is none, or none any more.
    Token(Stale),
    /// Called too often in this minute.
    TooFast,
    /// Too many people, too long a time, or a list or time that is none: the platform has one number for all of these.
    Limit,
    /// A parameter of another kind is missing, malformed or over its limit.
    Parameter(&'static str),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (code, message) = match self {
            Self::Secret => (40001, "invalid credential".to_owned()),
            Self::Token(Stale::Unknown) => (40014, "invalid access_token".to_owned()),
            Self::Token(Stale::Expired) => (42001, "access_token expired".to_owned()),
            Self::TooFast => (45009, "api freq out of limit".to_owned()),
            Self::Limit => (301_023, "user list or time over limit".to_owned()),
            Self::Parameter(why) => (40058, format!("invalid Request Parameter: {why}")),
        };
        Json(json!({"errcode": code, "errmsg": message})).into_response()
    }
}
