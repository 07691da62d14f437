//! Whether the service can do its work: ledger, scheduler, data folder, disk.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::extract::Mark;
use crate::pipeline::{self, Pipeline};
use crate::words::Bilingual;

use super::metrics;

/// The scheduler looks once a minute; after this it has stopped.
const LONGEST_SINCE_LOOK: TimeDelta = TimeDelta::minutes(5);

/// How fresh and how whole a source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFacts {
    /// Its id.
    pub source: String,
    /// When its last pull that came to its end was begun.
    pub last_pull: Option<DateTime<Utc>>,
    /// When a pull last failed.
    pub last_failure: Option<DateTime<Utc>>,
    /// Days of the last full month of any resource: final, still changing, missing.
    pub days: [u64; 3],
}

/// What monitors ask.
pub struct Vitals {
    pub(super) pipeline: Arc<Pipeline>,
    pub(super) sources: Mutex<Vec<SourceFacts>>,
}

impl Vitals {
    /// Nothing is known of the sources until [`Vitals::look_at_sources`].
    pub fn new(pipeline: Arc<Pipeline>) -> Self {
        Self { pipeline, sources: Mutex::default() }
    }

    /// What keeps the service from working; empty when it is ready.
    pub fn faults(&self) -> Vec<Bilingual> {
        let checks = [self.ledger(), self.scheduler(), self.folder(), self.disk()];
        checks.into_iter().flatten().collect()
    }

    /// Everything that is counted, in Prometheus' text format.
    pub fn metrics(&self) -> anyhow::Result<String> {
        metrics::text(self)
    }

    /// Free bytes on the disk of the data folder.
    pub(super) fn free_bytes(&self) -> Option<u64> {
        fs4::available_space(self.pipeline.folders.root()).ok()
    }

    fn ledger(&self) -> Option<Bilingual> {
        let error = self.pipeline.ledger.prove_writable().err()?;
        tracing::warn!(error = format!("{error:#}"), "the ledger cannot be written");
        Some(Bilingual::new(
            "台账无法写入：请检查磁盘与权限",
            "the ledger cannot be written: check the disk and its permissions",
        ))
    }

    fn scheduler(&self) -> Option<Bilingual> {
        if !self.pipeline.jobs.all().iter().any(|job| job.schedule.is_some()) {
            return None;
        }
        let now = self.pipeline.settings.clock.now();
        let look = self.pipeline.ledger.newest_look().ok()?;
        if look.is_some_and(|look| now - look <= LONGEST_SINCE_LOOK) {
            return None;
        }
        Some(Bilingual::new(
            "调度超过五分钟没有动作：请查看日志并重启服务",
            "the scheduler has not looked for five minutes: see the log and restart the service",
        ))
    }

    fn folder(&self) -> Option<Bilingual> {
        let probe = self.pipeline.folders.root().join(format!(".probe-{}", std::process::id()));
        fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)).err()?;
        Some(Bilingual::new(
            "数据目录无法写入：请检查磁盘与权限",
            "the data folder cannot be written: check the disk and its permissions",
        ))
    }

    fn disk(&self) -> Option<Bilingual> {
        let (free, least) = (self.free_bytes()?, self.pipeline.settings.monitor.least_free);
        let mib = free / (1024 * 1024);
        (free < least).then(|| {
            Bilingual::new(
                format!("磁盘只剩 {mib} MiB：请清理，或用 `scorepost purge`"),
                format!("only {mib} MiB of disk are left: free some, or use `scorepost purge`"),
            )
        })
    }

    /// Looks at what is kept of every source for the last full month.
    ///
    /// # Errors
    /// When a list cannot be read.
    pub async fn look_at_sources(&self) -> anyhow::Result<()> {
        let mut facts = Vec::new();
        for source in pipeline::in_order(&self.pipeline) {
            let today = self.pipeline.settings.clock.now().with_timezone(&source.zone).date_naive();
            let period = crate::period::Period::parse(&month_before(today)).context("the month before is a period")?;
            let status = pipeline::source_status(&self.pipeline, source, period).await?;
            let marks = || status.resources.iter().flat_map(|resource| &resource.days);
            let count = |wanted| marks().filter(|(_, mark)| *mark == wanted).count() as u64;
            facts.push(SourceFacts {
                source: status.source.clone(),
                last_pull: status.last_pull.as_ref().map(|(_, at)| *at),
                last_failure: status.last_failure.as_ref().map(|failure| failure.at),
                days: [count(Mark::Final), count(Mark::Open), count(Mark::Missing)],
            });
        }
        *self.sources.lock().unwrap_or_else(PoisonError::into_inner) = facts;
        Ok(())
    }
}

/// The label of the month before a day's.
fn month_before(day: NaiveDate) -> String {
    let earlier = day.checked_sub_months(chrono::Months::new(1)).unwrap_or(day);
    earlier.format("%Y-%m").to_string()
}
