//! The only place that asks the machine for the time.
//!
//! Everything else receives a [`Clock`]: a replay or a test sets it, and no output depends on when it was made.

use std::sync::{Arc, RwLock};

use chrono::{DateTime, Utc};

/// Where "now" comes from; cheap to clone, clones share a set time.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    set: Option<Arc<RwLock<DateTime<Utc>>>>,
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        Self { set: None }
    }

    /// A clock that stands still until [`Clock::set`] moves it.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self { set: Some(Arc::new(RwLock::new(at))) }
    }

    /// The present instant in UTC.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.set {
            None => Utc::now(),
            Some(at) => *at.read().unwrap_or_else(|poisoned| poisoned.into_inner()),
        }
    }

    /// Moves a fixed clock, and all its clones, to `at`; the system clock cannot be moved and ignores it.
    pub fn set(&self, at: DateTime<Utc>) {
        if let Some(shared) = &self.set {
            *shared.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = at;
        }
    }

    /// Whether this clock was set by a person instead of being the machine's own.
    pub fn is_fixed(&self) -> bool {
        self.set.is_some()
    }
}
