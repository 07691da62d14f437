//! Occasions of schedules: noted in the ledger when due, claimed by one process, run once.

use chrono::TimeDelta;

use crate::ledger::{Scope, Trigger};
use crate::period::Period;
use crate::pipeline::{self, Order, Pipeline, Reach};

use super::due::{Fate, due};

/// Notes what has become due since the last look, and leaves out what the policy leaves out.
pub(super) fn note(pipeline: &Pipeline) -> anyhow::Result<()> {
    let now = pipeline.settings.clock.now();
    for job in pipeline.jobs.all() {
        let Some(schedule) = &job.schedule else { continue };
        let watched = pipeline.ledger.watch_since(&job.id)? - TimeDelta::seconds(1);
        let since = pipeline.ledger.last_due(&job.id)?.unwrap_or(watched);
        for (due, fate) in due(schedule, job.time_zone, since, now) {
            let day = due.with_timezone(&job.time_zone).date_naive();
            let period = Period::last_before(job.cycle, day).to_string();
            if !pipeline.ledger.note_due(&job.id, due, &period)? {
                continue;
            }
            if let Fate::Skip(why) = fate {
                tracing::warn!(job = job.id, due = due.to_rfc3339(), why, "an occasion is left out");
                pipeline.ledger.skip_occurrence(&job.id, due, why)?;
            }
        }
    }
    Ok(())
}

/// Claims the next occasion that is to be run.
pub(super) fn take(pipeline: &Pipeline) -> anyhow::Result<Option<Order>> {
    pipeline::recover(pipeline)?;
    while let Some(occasion) = pipeline.ledger.claim_occurrence(&pipeline.worker.id)? {
        let Some(period) = Period::parse(&occasion.period).filter(|_| pipeline.jobs.get(&occasion.job).is_ok()) else {
            pipeline.ledger.skip_occurrence(&occasion.job, occasion.due, "its job is gone")?;
            continue;
        };
        return Ok(Some(Order {
            job: occasion.job,
            period,
            scope: Scope::default(),
            trigger: Trigger::Schedule,
            requested_by: "schedule".to_owned(),
            refresh: false,
            send: false,
            as_of: Some(occasion.due),
            reach: Reach::Documents,
            occasion: Some(occasion.due),
            request: None,
        }));
    }
    Ok(None)
}
