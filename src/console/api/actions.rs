//! Moving a run on: the same requests that the pages make.

use std::sync::Arc;

use axum::response::Response;

use super::super::attend::Visit;
use super::super::desk::Desk;
use super::super::refusal::Refusal;
use super::super::run_actions::{self, MayNow};
use super::requests;
use crate::ledger::RequestKind;

/// `POST /api/v1/runs/{run}/cancel`
pub(super) fn cancel(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    act(desk, visit, RequestKind::Cancel, run_actions::may_cancel)
}

/// `POST /api/v1/runs/{run}/release`
pub(super) fn release(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    act(desk, visit, RequestKind::Release, run_actions::may_release)
}

/// `POST /api/v1/runs/{run}/resend`
pub(super) fn resend(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    act(desk, visit, RequestKind::Resend, run_actions::may_resend)
}

fn act(desk: &Arc<Desk>, visit: &Visit, kind: RequestKind, may_now: MayNow) -> Result<Response, Refusal> {
    let asked = run_actions::ask_for(desk, visit, kind, may_now, visit.ask.key()?)?;
    requests::accepted(desk, visit, asked)
}
