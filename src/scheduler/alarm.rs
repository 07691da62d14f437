//! The alarm clock: wakes the scheduler at the start of every minute, and does nothing else.

use std::sync::Arc;

use anyhow::Context;
use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler};

/// Rings until the returned scheduler is dropped.
pub(super) async fn ring_every_minute(poke: Arc<Notify>) -> anyhow::Result<JobScheduler> {
    poke.notify_one();
    let scheduler = JobScheduler::new().await.context("starting the alarm clock")?;
    let ring = Job::new("0 * * * * *", move |_, _| poke.notify_one()).context("setting the alarm clock")?;
    scheduler.add(ring).await.context("setting the alarm clock")?;
    scheduler.start().await.context("starting the alarm clock")?;
    Ok(scheduler)
}
