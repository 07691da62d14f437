//! What is counted, in Prometheus' text format; labels name jobs, states and sources, never people.

use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;

use anyhow::Result;
use chrono::{DateTime, Utc};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::ledger::{DeliveryState, RunState};

use super::vitals::Vitals;

type Labels = Vec<(String, String)>;
type Gauges = Family<Labels, Gauge<f64, AtomicU64>>;

/// Gathers everything anew.
pub(super) fn text(vitals: &Vitals) -> Result<String> {
    let mut board = Board(Registry::with_prefix("scorepost"));
    of_the_service(vitals, &mut board)?;
    of_jobs(vitals, &mut board)?;
    of_letters(vitals, &mut board)?;
    of_sources(vitals, &mut board);
    let mut text = String::new();
    encode(&mut text, &board.0)?;
    Ok(text)
}

/// The gauges that are being gathered.
struct Board(Registry);

impl Board {
    /// Adds one gauge with a value for each set of labels.
    fn put(&mut self, name: &str, help: &str, values: impl IntoIterator<Item = (Labels, f64)>) {
        let gauges = Gauges::default();
        for (labels, value) in values {
            gauges.get_or_create(&labels).set(value);
        }
        self.0.register(name, help, gauges);
    }
}

fn label(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}

fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp_millis() as f64 / 1000.0
}

fn of_the_service(vitals: &Vitals, board: &mut Board) -> Result<()> {
    let ledger = &vitals.pipeline.ledger;
    board.put("build_info", "The program", [(vec![label("version", env!("CARGO_PKG_VERSION"))], 1.0)]);
    let ready = if vitals.faults().is_empty() { 1.0 } else { 0.0 };
    board.put("ready", "Whether the service can do its work", [(Vec::new(), ready)]);
    let look = ledger.newest_look()?.map(|at| (Vec::new(), seconds(at)));
    board.put("scheduler_last_look_timestamp_seconds", "When the scheduler last looked what was due", look);
    let free = vitals.free_bytes().map(|bytes| (Vec::new(), bytes as f64));
    board.put("data_free_bytes", "Free bytes on the disk of the data folder", free);
    let alerts = ledger.open_alerts()?;
    let mut kinds: Vec<&str> = alerts.iter().map(|alert| alert.kind.as_str()).collect();
    kinds.sort_unstable();
    let count = |kind: &str| alerts.iter().filter(|alert| alert.kind == kind).count() as f64;
    kinds.dedup();
    let open = kinds.into_iter().map(|kind| (vec![label("kind", kind)], count(kind)));
    board.put("alerts_open", "Causes of which the operator is told", open.collect::<Vec<_>>());
    Ok(())
}

fn of_jobs(vitals: &Vitals, board: &mut Board) -> Result<()> {
    let (ledger, now) = (&vitals.pipeline.ledger, vitals.pipeline.settings.clock.now());
    let of_job = |job: String| vec![label("job", job)];
    let successes = ledger.last_successes()?.into_iter().map(|(job, at)| (of_job(job), seconds(at)));
    board.put("job_last_success_timestamp_seconds", "When a run of the job last ended well", successes);
    let unserved = ledger.earliest_unserved()?;
    let lag = |job: &str| {
        let due = unserved.iter().find(|(id, _)| id == job).map(|(_, due)| *due);
        due.map_or(0.0, |due| (now - due).num_seconds().max(0) as f64)
    };
    let jobs = vitals.pipeline.jobs.all().iter().filter(|job| job.schedule.is_some());
    let lags = jobs.map(|job| (of_job(job.id.clone()), lag(&job.id)));
    board.put("job_lag_seconds", "How long the job's earliest due occasion has waited for its run", lags);
    let runs = ledger.count_runs()?;
    let held: u64 = runs.iter().filter(|(_, state, _)| *state == RunState::Held).map(|(.., count)| count).sum();
    board.put("runs_held", "Runs that wait because something is wrong with them", [(Vec::new(), held as f64)]);
    let by_state =
        runs.into_iter().map(|(job, state, count)| (vec![label("job", job), label("state", state)], count as f64));
    board.put("runs", "Runs by job and state", by_state);
    Ok(())
}

fn of_letters(vitals: &Vitals, board: &mut Board) -> Result<()> {
    let counts = vitals.pipeline.ledger.count_deliveries()?;
    let of = |state: DeliveryState| counts.iter().find(|(one, _)| *one == state).map_or(0, |(_, count)| *count);
    let all = DeliveryState::ALL.iter().map(|state| (vec![label("state", state)], of(*state) as f64));
    board.put("deliveries", "Letters by state; `unknown` waits for a person", all);
    Ok(())
}

fn of_sources(vitals: &Vitals, board: &mut Board) {
    let sources = vitals.sources.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let of = |source: &str| vec![label("source", source)];
    let pulls = sources.iter().filter_map(|one| Some((of(&one.source), seconds(one.last_pull?))));
    board.put("source_last_pull_timestamp_seconds", "When the last whole pull of the source was begun", pulls);
    let failures = sources.iter().filter_map(|one| Some((of(&one.source), seconds(one.last_failure?))));
    board.put("source_last_failure_timestamp_seconds", "When a pull of the source last failed", failures);
    let days = sources.iter().flat_map(|one| {
        let marks = ["final", "open", "missing"].into_iter().zip(one.days);
        marks.map(|(mark, count)| (vec![label("source", &one.source), label("mark", mark)], count as f64))
    });
    board.put("source_days", "Days of the last full month by what is kept of them", days.collect::<Vec<_>>());
}
