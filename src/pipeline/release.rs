//! Letting the letters of a run go: by one person's word, or by those of two.

use anyhow::{Context, ensure};

use crate::diag::Diagnostics;
use crate::job::{Job, ReleasedBy};
use crate::ledger::{Letters, Run, RunState, Trigger, Word};

use super::claim::claim;
use super::order::Watch;
use super::run::{Outcome, deliver, outcome};
use super::{Pipeline, build, resume, send};

/// The code of the finding that holds a run which nobody released in time.
pub const RELEASED_LATE: &str = "released-late";

/// Lets the letters of a ready run go, in the name of a person; where two are asked for, the first word only counts.
pub async fn release(pipeline: &Pipeline, run_id: &str, who: &str, watch: Watch<'_>) -> anyhow::Result<Outcome> {
    release_letters(pipeline, run_id, &Letters::All, who, watch).await
}

/// The same for some of its letters: the others stay as they are, and the run waits for another word about them.
pub async fn release_letters(
    pipeline: &Pipeline,
    run_id: &str,
    letters: &Letters,
    who: &str,
    watch: Watch<'_>,
) -> anyhow::Result<Outcome> {
    let (run, job) = run_and_job(pipeline, run_id)?;
    let _holder = claim(pipeline, &run.job, &run.period, &run.scope)?;
    resume::recover(pipeline)?;
    // What both let go before needs no other word to go on.
    let waits = pipeline.ledger.run(run_id)?.is_some_and(|run| run.state == RunState::Ready);
    let again = || build::again(pipeline, &job, &run).ok();
    if send::is_rehearsal(pipeline) {
        let state = pipeline.ledger.run(run_id)?.map_or(run.state, |run| run.state);
        ensure!(
            matches!(state, RunState::Ready | RunState::Releasing),
            "run `{run_id}` is {}: only letters of a ready run can be tried out",
            state.word()
        );
    } else if waits && job.release.by == ReleasedBy::TwoPerson {
        if pipeline.ledger.say_release_of(run_id, who, letters)? == Word::First {
            let tally = send::tally(pipeline, &run)?;
            return outcome(pipeline, run_id, pipeline.ledger.findings(run_id)?, again(), tally, 0);
        }
    } else {
        pipeline.ledger.release_letters(run_id, who, letters)?;
    }
    let tally = deliver(pipeline, &job, &run, watch).await?;
    outcome(pipeline, run_id, pipeline.ledger.findings(run_id)?, again(), tally, 0)
}

/// Keeps the letters about these agents or teams back, in the name of a person; the others of the run may go.
///
/// They stay back until a later run for them is released.
///
/// # Errors
/// When one of them has no letter in the run, or it went out already.
pub fn hold_back(pipeline: &Pipeline, run_id: &str, subjects: &[String], who: &str) -> anyhow::Result<()> {
    let (run, _) = run_and_job(pipeline, run_id)?;
    let _holder = claim(pipeline, &run.job, &run.period, &run.scope)?;
    for subject in subjects {
        pipeline.ledger.hold_back(run_id, subject, who, "")?;
    }
    Ok(())
}

fn run_and_job(pipeline: &Pipeline, run_id: &str) -> anyhow::Result<(Run, Job)> {
    let run = pipeline.ledger.run(run_id)?.with_context(|| format!("there is no run `{run_id}`"))?;
    ensure!(
        run.state != RunState::Held,
        "run `{run_id}` is held; mend what holds it and run again, or answer for it with --accept and --reason"
    );
    let job = pipeline.jobs.get(&run.job).map_err(Diagnostics::from)?.clone();
    Ok((run, job))
}

/// Whether a run's letters go as soon as it is ready.
pub(super) fn needs_no_word(job: &Job, run: &Run) -> bool {
    let by_schedule = run.trigger == Trigger::Schedule && job.releases_at_once();
    let by_person = run.send && job.release.by != ReleasedBy::TwoPerson;
    by_schedule || by_person
}

/// Counts the asking for a run that was to be mailed as the first of two words.
pub(super) fn first_word(pipeline: &Pipeline, run: &Run) -> anyhow::Result<()> {
    if pipeline.ledger.first_release_word(&run.id)?.is_none() {
        pipeline.ledger.say_release(&run.id, &run.requested_by)?;
    }
    Ok(())
}
