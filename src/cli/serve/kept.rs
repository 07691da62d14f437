//! What was worked out of a job's period, for as long as nothing can have changed it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::period::Period;
use crate::pipeline::Pipeline;

/// How many are kept: those that were asked for last.
const MOST: usize = 16;

/// The newest run of a job with its state, and the last erasure: only these change who is known.
type State = (Option<String>, Option<i64>);

/// One thing that was worked out.
struct Known<T> {
    of: (String, Period),
    state: State,
    what: Arc<T>,
}

/// Things by job and period.
pub(super) struct Kept<T> {
    /// The one that was worked out last stands last.
    known: Mutex<Vec<Known<T>>>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { known: Mutex::default() }
    }
}

impl<T> Kept<T> {
    /// What is known of a job's period; worked out anew where it may have changed, while others are answered.
    pub(super) fn get(
        &self,
        pipeline: &Pipeline,
        (job, period): (&str, &Period),
        work: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<Arc<T>> {
        let newest = pipeline.ledger.runs(Some(job), 1)?.pop().map(|run| format!("{} {}", run.id, run.state));
        let (of, state) = ((job.to_owned(), *period), (newest, pipeline.ledger.last_erasure()?));
        if let Some(known) = self.known().iter().find(|known| known.of == of && known.state == state) {
            return Ok(known.what.clone());
        }
        let what = Arc::new(work()?);
        let mut known = self.known();
        known.retain(|one| one.of != of);
        let too_many = (known.len() + 1).saturating_sub(MOST);
        known.drain(..too_many);
        known.push(Known { of, state, what: what.clone() });
        Ok(what)
    }

    fn known(&self) -> MutexGuard<'_, Vec<Known<T>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
