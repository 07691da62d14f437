//! What monitors ask: whether the process lives, whether it can work, and what is counted; nobody's name is told.

use std::future::Future;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

use super::attend::Visit;
use super::desk::Desk;
use super::refusal::Refusal;
use crate::words::{Bilingual, Locale};

/// The type of what Prometheus reads.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What monitors ask of the process; asked anew at every visit.
pub trait Monitored: Send + Sync {
    /// What keeps the service from working; empty when it is ready.
    fn faults(&self) -> Vec<Bilingual>;

    /// Everything that is counted, in Prometheus' text format.
    fn metrics(&self) -> anyhow::Result<String>;
}

/// How monitors are let in.
#[derive(Clone)]
pub struct Monitors {
    /// What they ask.
    pub monitored: Arc<dyn Monitored>,
    /// What they send as `Authorization: Bearer …` for `/metrics`, if anything.
    pub token: Option<String>,
    /// Where `/metrics` is.
    pub metrics: MetricsPlace,
    /// The language of what is wrong.
    pub locale: Locale,
}

/// Where `/metrics` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsPlace {
    /// Beside the pages.
    Console,
    /// On an address of its own.
    Apart,
}

impl Monitors {
    fn ready(&self) -> Response {
        let faults = self.monitored.faults();
        if faults.is_empty() {
            return "ready\n".into_response();
        }
        let lines: String = faults.iter().map(|fault| format!("{}\n", fault.get(self.locale))).collect();
        (StatusCode::SERVICE_UNAVAILABLE, format!("not ready\n{lines}")).into_response()
    }

    fn metrics(&self, bearer: Option<&str>) -> anyhow::Result<Response> {
        if !self.admits(bearer) {
            return Ok((StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response());
        }
        Ok(([(header::CONTENT_TYPE, METRICS)], self.monitored.metrics()?).into_response())
    }

    fn admits(&self, bearer: Option<&str>) -> bool {
        let Some(token) = &self.token else { return true };
        bearer.is_some_and(|sent| sent.as_bytes().ct_eq(token.as_bytes()).into())
    }
}

/// The token that came along.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// `GET /healthz`: the process answers.
pub fn alive(_desk: &Arc<Desk>, _visit: &Visit) -> Result<Response, Refusal> {
    Ok("alive\n".into_response())
}

/// `GET /readyz`: it can work; 503 with what is wrong when it cannot.
pub fn ready(desk: &Arc<Desk>, _visit: &Visit) -> Result<Response, Refusal> {
    Ok(desk.console.monitors.ready())
}

/// `GET /metrics`: what is counted, unless it is told elsewhere.
pub fn metrics(desk: &Arc<Desk>, visit: &Visit) -> Result<Response, Refusal> {
    match desk.console.monitors.metrics {
        MetricsPlace::Console => Ok(desk.console.monitors.metrics(visit.bearer.as_deref())?),
        MetricsPlace::Apart => Err(Refusal::NotFound),
    }
}

/// Answers monitors on an address of their own until `stop` is done.
///
/// Errors when the listener breaks.
pub async fn serve_monitors(
    monitors: Monitors,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let router = Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready_apart))
        .route("/metrics", get(metrics_apart))
        .with_state(monitors);
    axum::serve(listener, router).with_graceful_shutdown(stop).await.context("monitors are no longer answered")
}

async fn ready_apart(State(monitors): State<Monitors>) -> Response {
    spawn_blocking(move || monitors.ready()).await.unwrap_or_else(|_| broken())
}

async fn metrics_apart(State(monitors): State<Monitors>, request: Request) -> Response {
    let bearer = bearer(request.headers()).map(str::to_owned);
    match spawn_blocking(move || monitors.metrics(bearer.as_deref())).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            tracing::error!(error = format!("{error:#}"), "nothing could be counted for a monitor");
            broken()
        }
        Err(_) => broken(),
    }
}

fn broken() -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
