//! What a program brings beside its token: the key that makes a request count once, and a body.

use axum::http::HeaderMap;
use serde::de::DeserializeOwned;

use super::super::refusal::Refusal;
use super::super::routes::{Audience, Route};
use crate::words::Bilingual;

/// The longest key.
const LONGEST_KEY: usize = 200;

/// What a program brings; empty on the routes of pages.
#[derive(Default)]
pub struct Ask {
    key: Option<String>,
    body: Vec<u8>,
}

impl Ask {
    /// Takes it from a request.
    pub fn of(route: &Route, headers: &HeaderMap, body: Vec<u8>) -> Self {
        if !matches!(route.facts.audience, Audience::Programs(_)) {
            return Self::default();
        }
        let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
        Self { key, body }
    }

    /// The key; a program that tries again after a lost answer sends the same one.
    pub fn key(&self) -> Result<&str, Refusal> {
        let fits = |key: &&str| !key.is_empty() && key.len() <= LONGEST_KEY;
        self.key.as_deref().filter(fits).ok_or_else(|| {
            Refusal::Malformed(Bilingual::new(
                format!("缺少请求头 `Idempotency-Key`（1 到 {LONGEST_KEY} 个字符）：同一个键只算一次请求。"),
                format!("Send a header `Idempotency-Key` of 1 to {LONGEST_KEY} characters: the same key counts once."),
            ))
        })
    }

    /// The body as what it should be.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_slice(&self.body).map_err(|error| {
            Refusal::Malformed(Bilingual::new(
                format!("请求内容不是所要求的 JSON：{error}"),
                format!("The body is not the JSON that is wanted: {error}"),
            ))
        })
    }
}
