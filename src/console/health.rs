//! Whether the process lives and the ledger answers, for monitors; nothing else is told.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::attend::Visit;
use super::desk::Desk;
use super::refusal::Refusal;

/// `GET /healthz`: the process answers.
pub fn alive(_desk: &Arc<Desk>, _visit: &Visit) -> Result<Response, Refusal> {
    Ok("alive\n".into_response())
}

/// `GET /readyz`: the ledger answers too; 503 when it does not.
pub fn ready(desk: &Arc<Desk>, _visit: &Visit) -> Result<Response, Refusal> {
    match desk.console.ledger.runs(None, 1) {
        Ok(_) => Ok("ready\n".into_response()),
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "the ledger does not answer");
            Ok((StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response())
        }
    }
}
