//! A draft scheme over periods whose tables are kept, beside the scheme now in force.
//!
//! Only reads: the ledger, the tables and the archive stay as they are, nothing is pulled, rendered or mailed. Each
//! scheme has a history of its own: what it gave for a period counts in its streaks of the next.

mod compare;
mod distribution;
mod history;

use chrono::{DateTime, Utc};

use crate::diag::{Diagnostic, Diagnostics};
use crate::job::Job;
use crate::period::Period;
use crate::scheme::Scheme;
use crate::tables::Tables;

use super::{Pipeline, keeping, versions};
use history::History;

pub use compare::{Change, Outcome, Reached};
pub use distribution::Distribution;

/// What a draft would have changed.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The scheme now in force: its id and version.
    pub in_force: (String, String),
    /// The draft: its id and version.
    pub draft: (String, String),
    /// The periods that were scored, oldest first.
    pub periods: Vec<Simulated>,
    /// The periods of which no tables are kept.
    pub missing: Vec<Period>,
}

/// One period scored by both schemes.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// The period.
    pub period: Period,
    /// Every agent, by team and staff number.
    pub changes: Vec<Change>,
    /// The totals under the scheme in force.
    pub before: Distribution,
    /// The totals under the draft.
    pub after: Distribution,
}

/// Scores periods twice; periods without kept tables are named and left out.
pub fn simulate(pipeline: &Pipeline, job: &str, draft: &Scheme, periods: &[Period]) -> anyhow::Result<Simulation> {
    let job = pipeline.jobs.get(job).map_err(Diagnostics::from)?;
    fits(job, draft)?;
    let today = pipeline.settings.clock.now().with_timezone(&job.time_zone).date_naive();
    let in_force = pipeline.schemes.in_force(&job.scheme, today).map_err(Diagnostics::from)?;
    let (in_force, draft) = (versions::filled(pipeline, job, in_force)?, versions::filled(pipeline, job, draft)?);
    let (mut old, mut new) = (History::of(&in_force)?, History::of(&draft)?);
    let mut simulation = Simulation {
        in_force: (in_force.id.clone(), in_force.version.clone()),
        draft: (draft.id.clone(), draft.version.clone()),
        periods: Vec::new(),
        missing: Vec::new(),
    };
    for period in in_order(periods) {
        match kept(pipeline, job, &period)? {
            Some(kept) => simulation.periods.push(both(pipeline, job, &mut old, &mut new, &kept)?),
            None => simulation.missing.push(period),
        }
    }
    Ok(simulation)
}

/// The tables of a period as its last run left them.
struct Kept {
    period: Period,
    tables: Tables,
    cut_off: DateTime<Utc>,
}

fn both(
    pipeline: &Pipeline,
    job: &Job,
    old: &mut History<'_>,
    new: &mut History<'_>,
    kept: &Kept,
) -> anyhow::Result<Simulated> {
    let before = old.appraise(pipeline, job, kept)?;
    let after = new.appraise(pipeline, job, kept)?;
    Ok(Simulated {
        period: kept.period,
        changes: compare::changes(&before, &after),
        before: Distribution::of(&before),
        after: Distribution::of(&after),
    })
}

fn kept(pipeline: &Pipeline, job: &Job, period: &Period) -> anyhow::Result<Option<Kept>> {
    let Some(tables) = keeping::kept_tables(pipeline, job, period)? else { return Ok(None) };
    let runs = pipeline.ledger.runs(Some(&job.id), u32::MAX)?;
    // What has matured is judged on the day of the pull, as the run did.
    let pulled = runs.iter().filter(|run| run.period == *period).find_map(|run| run.cut_off);
    let cut_off = pulled.unwrap_or_else(|| pipeline.settings.clock.now());
    Ok(Some(Kept { period: *period, tables, cut_off }))
}

fn in_order(periods: &[Period]) -> Vec<Period> {
    let mut periods = periods.to_vec();
    periods.sort();
    periods.dedup();
    periods
}

fn fits(job: &Job, draft: &Scheme) -> Result<(), Diagnostics> {
    if draft.cycle == job.cycle {
        return Ok(());
    }
    let wrong = Diagnostic::error(format!(
        "job `{}` has the cycle `{}`, the draft `{}` the cycle `{}`",
        job.id, job.cycle, draft.id, draft.cycle
    ));
    Err(wrong.at(draft.file.place(0..0)).hint("make `cycle` the same, or name a job of the draft's cycle").into())
}
