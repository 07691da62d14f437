//! What occasions are told from: the jobs, their schemes, the clock and the ledger; no stage of a run.

use chrono::{DateTime, Utc};

use super::due::{Occasion, Timing};
use crate::clock::Clock;
use crate::job::{Job, Jobs, Milestone};
use crate::ledger::Ledger;
use crate::pipeline::Pipeline;
use crate::scheme::Registry;

/// The jobs with everything that says when they are due.
#[derive(Clone, Copy)]
pub(super) struct Book<'a> {
    pub(super) jobs: &'a Jobs,
    pub(super) schemes: &'a Registry,
    pub(super) ledger: &'a Ledger,
    pub(super) clock: &'a Clock,
}

/// The next thing that a job does on its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// When.
    pub due: DateTime<Utc>,
    /// The period as a label.
    pub period: String,
    /// The milestone, if it is not the schedule's own run.
    pub milestone: Option<String>,
}

impl<'a> Book<'a> {
    /// That of a pipeline.
    pub(super) fn of(pipeline: &'a Pipeline) -> Self {
        let clock = &pipeline.settings.clock;
        Self { jobs: &pipeline.jobs, schemes: &pipeline.schemes, ledger: &pipeline.ledger, clock }
    }
}

/// Every rule of a job, each with its milestone; the schedule's own comes first.
pub(super) fn timings<'a>(schemes: &Registry, job: &'a Job) -> Vec<(Option<&'a Milestone>, Timing<'a>)> {
    let Some(schedule) = &job.schedule else { return Vec::new() };
    let own = (None, Timing::of_schedule(job, schedule, matures(schemes, job)));
    let others = job.milestones.iter().map(|one| (Some(one), Timing::of_milestone(job, &one.when)));
    std::iter::once(own).chain(others).collect()
}

/// The next thing that a job does on its own after an instant, if it has a schedule.
pub fn next(schemes: &Registry, job: &Job, after: DateTime<Utc>) -> Option<Next> {
    let all = timings(schemes, job).into_iter().filter_map(|(milestone, timing)| {
        let Occasion { due, period } = timing.next(after)?;
        Some(Next { due, period: period.to_string(), milestone: milestone.map(|one| one.id.clone()) })
    });
    all.min_by_key(|one| one.due)
}

/// Days after a period's last until every number of the job's scheme is final, in whichever version takes longest.
fn matures(schemes: &Registry, job: &Job) -> u32 {
    let versions = schemes.all().iter().filter(|scheme| scheme.id == job.scheme);
    let days = versions.flat_map(|scheme| &scheme.metrics).filter_map(|metric| metric.maturity.as_ref());
    days.map(|maturity| maturity.days).max().unwrap_or(0)
}
