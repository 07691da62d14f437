//! Why DingTalk refuses a call, and in which words; the status is 200 always.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::demo::door::Stale;

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The key or the secret is wrong.
    Credentials,
    /// The token is none, or none any more.
    Token(Stale),
    /// Too many calls; wait.
    TooFast,
    /// The firewall before the platform bans the caller for a second; its answer has no `errcode`.
    Banned,
    /// The same ban in its other shape, a web page.
    BannedByPage,
    /// A parameter is missing, malformed or over its limit.
    Parameter(&'static str),
}

const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>访问被拦截</title></head>\
    <body><p>您的访问过于频繁，请稍后再试</p></body></html>\n";

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::BannedByPage => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], PAGE).into_response(),
            Self::Banned => Json(ban()).into_response(),
            Self::Credentials => refused(40089, "不合法的appkey或appsecret"),
            Self::Token(Stale::Unknown) => refused(40014, "不合法的access_token"),
            Self::Token(Stale::Expired) => refused(42001, "access_token已过期"),
            Self::TooFast => refused(90018, "您的企业调用该接口的频率过高,请稍后再试"),
            Self::Parameter(why) => refused(40035, &format!("不合法的参数: {why}")),
        }
    }
}

fn ban() -> Value {
    json!({"status": 1111, "wait": 1, "source": "x5", "punish": "deny", "uuid": "0f3c5a9e7b1d4c62"})
}

fn refused(code: u32, message: &str) -> Response {
    Json(json!({"errcode": code, "errmsg": message})).into_response()
}
