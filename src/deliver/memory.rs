//! A postman for tests: keeps letters in memory and answers as it was told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Outcome, Sealed};

/// Letters in memory; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    letters: Vec<Sealed>,
    answers: VecDeque<Outcome>,
}

impl Memory {
    /// Takes every letter.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives these outcomes to the first letters, one each, and takes the rest.
    pub fn answering(answers: impl IntoIterator<Item = Outcome>) -> Self {
        let inner = Inner { letters: Vec::new(), answers: answers.into_iter().collect() };
        Self { inner: Arc::new(Mutex::new(inner)) }
    }

    /// All letters that were taken, those with an unknown fate among them.
    pub fn letters(&self) -> Vec<Sealed> {
        self.lock().letters.clone()
    }

    pub(super) async fn deliver(
        &self,
        sealed: &Sealed,
        in_doubt: &mut impl AsyncFnMut() -> anyhow::Result<()>,
    ) -> Outcome {
        let answer = self.lock().answers.pop_front();
        let answer = answer.unwrap_or(Outcome::Sent { reply: "250 kept in memory".to_owned() });
        if matches!(answer, Outcome::Sent { .. } | Outcome::Unknown { .. }) {
            if let Err(error) = in_doubt().await {
                return Outcome::unmarked(&error);
            }
            self.lock().letters.push(sealed.clone());
        }
        answer
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
