//! What monitors and the operator are told while the service runs.

use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;

use crate::console::{MetricsPlace, Monitored, Monitors};
use crate::pipeline::Pipeline;
use crate::scheduler;
use crate::upkeep::{Expected, Vitals};
use crate::words::Bilingual;

/// More occasions of one job than this are not looked for at once.
const MOST: usize = 100;

/// The service as monitors see it.
struct Service(Arc<Vitals>);

impl Monitored for Service {
    fn faults(&self) -> Vec<Bilingual> {
        self.0.faults()
    }

    fn metrics(&self) -> anyhow::Result<String> {
        self.0.metrics()
    }
}

/// How monitors are let in, by the settings.
pub(super) fn monitors(pipeline: &Pipeline, vitals: Arc<Vitals>) -> Monitors {
    let monitor = &pipeline.settings.monitor;
    Monitors {
        monitored: Arc::new(Service(vitals)),
        token: monitor.token.clone(),
        metrics: if monitor.listen.is_some() { MetricsPlace::Apart } else { MetricsPlace::Console },
        locale: pipeline.settings.locale,
    }
}

/// The address of their own on which monitors are answered, if the settings name one.
pub(super) async fn listener(pipeline: &Pipeline) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = pipeline.settings.monitor.listen else { return Ok(None) };
    let bound = TcpListener::bind(address).await;
    bound.map(Some).with_context(|| {
        format!("cannot listen on {address} for monitors; another address: `SCOREPOST_MONITOR_LISTEN=127.0.0.1:9464`")
    })
}

/// When a job was to run, as its schedule says; milestones make no run of their own.
pub(super) fn expected(pipeline: Arc<Pipeline>) -> Arc<Expected<'static>> {
    Arc::new(move |job, after, until| {
        let next = |at| scheduler::next(&pipeline.schemes, job, at).filter(|next| next.due <= until);
        let all = std::iter::successors(next(after), |last| next(last.due)).take(MOST);
        all.filter(|next| next.milestone.is_none()).map(|next| next.due).collect()
    })
}
