//! Which version of a scheme a job's period is scored by, with what persons filled in, and whether the two fit together.

use std::borrow::Cow;

use crate::diag::{Diagnostic, Diagnostics};
use crate::job::Job;
use crate::ledger::{Run, SchemeValue};
use crate::period::Period;
use crate::scheme::{Fill, Scheme};

use super::Pipeline;
use super::keeping::day_of;

/// The version of the job's scheme that is in force at the period's end, with what persons filled in.
pub(super) fn scheme_of<'a>(pipeline: &'a Pipeline, job: &Job, period: &Period) -> anyhow::Result<Cow<'a, Scheme>> {
    let scheme = pipeline.schemes.in_force(&job.scheme, period.last_day()).map_err(Diagnostics::from)?;
    filled(pipeline, job, scheme)
}

/// A scheme with the values that it leaves unset and that persons filled in since.
pub(super) fn filled<'a>(pipeline: &Pipeline, job: &Job, scheme: &'a Scheme) -> anyhow::Result<Cow<'a, Scheme>> {
    let values = pipeline.ledger.scheme_values(&scheme.id, &scheme.version)?;
    if values.is_empty() {
        return Ok(Cow::Borrowed(scheme));
    }
    let fill = |value: SchemeValue| Fill {
        name: value.name,
        value: value.value,
        who: value.who,
        day: day_of(job, value.at),
        reason: value.reason,
    };
    Ok(Cow::Owned(scheme.filled(&values.into_iter().map(fill).collect::<Vec<_>>())?))
}

/// The version of the job's scheme that somebody named; the one in force at the period's end where nobody did.
pub(super) fn scheme_or<'a>(
    pipeline: &'a Pipeline,
    job: &Job,
    period: &Period,
    version: Option<&str>,
) -> anyhow::Result<Cow<'a, Scheme>> {
    match version {
        Some(version) => {
            let scheme = pipeline.schemes.version(&job.scheme, version).map_err(Diagnostics::from)?;
            filled(pipeline, job, scheme)
        }
        None => scheme_of(pipeline, job, period),
    }
}

/// What is wrong when a job and its scheme do not agree on how long a period is: what is paid for a quarter would be paid
/// for each month of it.
pub fn other_cycle(job: &Job, scheme: &Scheme) -> Option<Diagnostic> {
    let (ours, theirs) = (&job.cycle, &scheme.cycle);
    let text = || format!("job `{}` has the cycle `{ours}`, its scheme `{}` the cycle `{theirs}`", job.id, scheme.id);
    let wrong = || Diagnostic::error(text()).at(job.file.place(0..0)).hint("make `cycle` the same in both files");
    (ours != theirs).then(wrong)
}

/// Refuses a job whose scheme has another cycle.
pub(super) fn same_cycle(job: &Job, scheme: &Scheme) -> anyhow::Result<()> {
    other_cycle(job, scheme).map_or(Ok(()), |wrong| Err(Diagnostics::from(wrong).into()))
}

/// The version by which the newest run of a period scored; the one in force at its end where there was none.
pub(super) fn scheme_last_used<'a>(
    pipeline: &'a Pipeline,
    job: &Job,
    period: &Period,
) -> anyhow::Result<Cow<'a, Scheme>> {
    match pipeline.ledger.runs_of_period(&job.id, period)?.first() {
        Some(run) => scheme_of_run(pipeline, job, run),
        None => scheme_of(pipeline, job, period),
    }
}

/// The version of the scheme by which a run scores.
pub(super) fn scheme_of_run<'a>(pipeline: &'a Pipeline, job: &Job, run: &Run) -> anyhow::Result<Cow<'a, Scheme>> {
    scheme_or(pipeline, job, &run.period, pipeline.ledger.chosen_scheme(&run.id)?.as_deref())
}
