//! The watch beside scheduler and console: once a minute it looks what needs a person, tells it, and says that it lives.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sd_notify::NotifyState;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::deliver::hook;
use crate::job::Job;

use super::alerts::{self, Told};
use super::causes::{Cause, causes};
use super::retention::Purge;
use super::vitals::Vitals;

/// The occasions of a job after the first instant and up to the second.
pub type Expected<'a> = dyn Fn(&Job, DateTime<Utc>, DateTime<Utc>) -> Vec<DateTime<Utc>> + Send + Sync + 'a;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(60);
/// How many looks lie between two calls of the heartbeat address, and between two looks at the sources.
const BETWEEN_CALLS: u64 = 5;
/// How long it waits after it reached nobody.
const REST: TimeDelta = TimeDelta::minutes(5);

/// Watches until it is dropped.
pub async fn watch(vitals: Arc<Vitals>, expected: Arc<Expected<'static>>) -> anyhow::Result<()> {
    let since = vitals.pipeline.settings.clock.now();
    let every = sd_notify::watchdog_enabled().map_or(EVERY, |limit| EVERY.min(limit / 3));
    // The scheduler has its first minute to look; before that it would be told to stand still.
    let mut ticks = interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut looks, mut purged) = (0_u64, None);
    loop {
        ticks.tick().await;
        let seen = match look(&vitals, &*expected, since).await {
            Ok(seen) => seen,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "the watch could not look; it looks again in a minute");
                continue;
            }
        };
        // Without this call systemd starts the service anew, which helps against a scheduler that stands still.
        if !seen.iter().any(|cause| cause.kind == "not-ready") {
            let _ = sd_notify::notify(&[NotifyState::Watchdog]);
        }
        if looks.is_multiple_of(BETWEEN_CALLS) {
            beside(&vitals, &seen).await;
        }
        daily(&vitals, &mut purged);
        looks += 1;
    }
}

/// Removes once a day what has grown too old.
fn daily(vitals: &Vitals, purged: &mut Option<NaiveDate>) {
    let today = vitals.pipeline.settings.clock.now().date_naive();
    if *purged == Some(today) {
        return;
    }
    *purged = Some(today);
    let gone = Purge::look(&vitals.pipeline).and_then(|purge| match purge.is_empty() {
        true => Ok(()),
        false => purge.carry_out("schedule"),
    });
    if let Err(error) = gone {
        tracing::error!(
            error = format!("{error:#}"),
            "what has grown old could not be removed; it is tried again tomorrow"
        );
    }
}

/// What is done every few looks: the heartbeat when all is well, and a look at the sources for the metrics.
async fn beside(vitals: &Vitals, seen: &[Cause]) {
    let all_is_well =
        !seen.iter().any(|cause| matches!(cause.kind, "not-ready" | "no-run" | "run-failed" | "run-late"));
    if let Some(url) = vitals.pipeline.settings.alerts.heartbeat.as_ref().filter(|_| all_is_well)
        && let Err(error) = hook::call(url).await
    {
        tracing::warn!(error = format!("{error:#}"), "the heartbeat address could not be called");
    }
    if let Err(error) = vitals.look_at_sources().await {
        tracing::warn!(error = format!("{error:#}"), "the sources could not be looked at for the metrics");
    }
}

/// Looks once what needs a person now, and tells what was not told yet; gives what was seen.
///
/// `since` is when the watch began: a job that the scheduler never looked at was to run after that.
///
/// # Errors
/// When the ledger cannot be read or written; that nobody was reached is logged and tried again.
pub async fn look(vitals: &Vitals, expected: &Expected<'_>, since: DateTime<Utc>) -> anyhow::Result<Vec<Cause>> {
    let (ledger, settings) = (&vitals.pipeline.ledger, &vitals.pipeline.settings);
    let seen = causes(vitals, expected, since)?;
    let keys: Vec<(String, &str)> = seen.iter().map(|cause| (cause.key.clone(), cause.kind)).collect();
    ledger.note_causes(&keys)?;
    if !settings.alerts.reach_somebody() {
        return Ok(seen);
    }
    let untold = ledger.take_untold(settings.alerts.repeat_after, REST)?;
    let due: Vec<Cause> = seen.iter().filter(|cause| untold.contains(&cause.key)).cloned().collect();
    if due.is_empty() {
        return Ok(seen);
    }
    let told = alerts::tell(&vitals.pipeline, &due).await;
    for Told { channel, result } in &told {
        if let Err(error) = result {
            tracing::error!(channel = ?channel, error = format!("{error:#}"), "the operator was not reached");
        }
    }
    if told.iter().any(|one| one.result.is_ok()) {
        ledger.mark_told(&untold)?;
    }
    Ok(seen)
}
