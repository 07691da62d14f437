//! Runs that were left: by a crash, or because letters are to be tried again later.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::ledger::{Run, RunState, lost_its_line};
use crate::pipeline::{self, GoneOn, Pipeline};

use super::work::Attempt;
use super::{patience, report};

/// Which runs were tried, how often and until when they rest.
#[derive(Default)]
pub(super) struct Left {
    tries: BTreeMap<String, Tries>,
}

struct Tries {
    count: u32,
    not_before: DateTime<Utc>,
}

impl Left {
    /// Notes that a run was worked on and, if it is not over, rests for a while.
    pub(super) fn tried(&mut self, run: String, now: DateTime<Utc>) {
        let tries = self.tries.entry(run).or_insert(Tries { count: 0, not_before: now });
        tries.count += 1;
        tries.not_before = now + patience::after(tries.count);
    }

    /// The runs to go on with now, oldest first, at most one for each period of a job; none that `is_at_work` here.
    pub(super) fn ready(&mut self, pipeline: &Pipeline, is_at_work: impl Fn(&Run) -> bool) -> anyhow::Result<Vec<Run>> {
        let now = pipeline.settings.clock.now();
        let mut left = pipeline.ledger.unfinished_runs()?;
        left.retain(|run| !run.state.waits_for_person() && !waits_for_its_hour(run.state, run.as_of, now));
        self.tries.retain(|tried, _| left.iter().any(|run| run.id == *tried));
        let mut places = BTreeSet::new();
        let mut ready = Vec::new();
        for run in left {
            let first = places.insert((run.job.clone(), run.period.to_string()));
            if first && self.rested(&run.id, now) && !is_at_work(&run) && letters_are_due(pipeline, &run, now)? {
                ready.push(run);
            }
        }
        Ok(ready)
    }

    fn rested(&self, run: &str, now: DateTime<Utc>) -> bool {
        self.tries.get(run).is_none_or(|tries| tries.not_before <= now || tries.not_before > now + patience::longest())
    }
}

/// Whether a run without cards is to read its data as of an instant that lies ahead: the clock was ahead when it began.
///
/// It goes on when that instant comes; its period may not even be over before.
pub(super) fn waits_for_its_hour(state: RunState, as_of: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let has_no_cards = matches!(state, RunState::Planned | RunState::Pulling | RunState::Scoring);
    has_no_cards && as_of.is_some_and(|hour| hour > now)
}

/// Whether no letter of the run asks to be tried later only.
fn letters_are_due(pipeline: &Pipeline, run: &Run, now: DateTime<Utc>) -> anyhow::Result<bool> {
    Ok(pipeline.ledger.next_due(&run.id)?.is_none_or(|due| due <= now))
}

/// Goes on with a run, or helps whoever renders or mails it.
pub(super) async fn go_on(attempt: Attempt, run: Run) -> Option<String> {
    let (pipeline, watch) = (&attempt.pipeline, attempt.watch());
    match pipeline::go_on(pipeline, &run, &watch).await {
        Ok(GoneOn::Held(outcome)) => drop(report(*outcome)),
        Ok(GoneOn::Helped(help)) => {
            let (rendered, sent) = (help.documents, help.letters);
            tracing::info!(run = run.id, documents = rendered, letters.sent = sent, "helped with a run");
        }
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "a run that was left could not be done");
            // The run is not at fault, so it does not rest: it goes on as soon as the ledger can be read again.
            if lost_its_line(&error) {
                return None;
            }
        }
    }
    Some(run.id)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_run_begun_under_a_clock_that_was_ahead_waits_until_its_hour_has_come() {
        let now = DateTime::<Utc>::from_timestamp(1_790_000_000, 0).expect("an instant");
        let (before, hour) = (now - TimeDelta::seconds(1), Some(now));
        for (state, as_of, at, waits) in [
            (RunState::Pulling, hour, before, true),
            (RunState::Pulling, hour, now, false),
            (RunState::Scoring, hour, before, true),
            (RunState::Releasing, hour, before, false),
            (RunState::Pulling, None, before, false),
        ] {
            assert_eq!(waits_for_its_hour(state, as_of, at), waits, "{state:?}, {as_of:?} at {at}");
        }
    }

    #[test]
    fn a_run_that_does_not_end_rests_longer_each_time() {
        let start = DateTime::<Utc>::from_timestamp(1_790_000_000, 0).expect("an instant");
        let mut left = Left::default();
        assert!(left.rested("run", start), "at a start nothing was tried");
        let mut now = start;
        for minutes in [1, 2, 5, 10, 30, 30] {
            left.tried("run".to_owned(), now);
            assert!(!left.rested("run", now + TimeDelta::minutes(minutes) - TimeDelta::seconds(1)), "{minutes}");
            now += TimeDelta::minutes(minutes);
            assert!(left.rested("run", now), "{minutes}");
        }
        left.tried("run".to_owned(), now);
        assert!(left.rested("run", now - TimeDelta::days(400)), "the clock was set back");
        assert!(left.rested("other", now));
    }
}
