//! Which kept pages still serve: those that began after the period was over, and after a refresh was asked for.

use chrono::{DateTime, Utc};

use super::Ask;
use super::plan::{Cut, too_old};
use crate::period::midnight;
use crate::source::Source;

/// From when on a pull must have begun so that its pages serve.
#[derive(Clone, Copy, Debug)]
pub struct Freshness {
    refresh_since: Option<DateTime<Utc>>,
    /// The end of the period, once it is past: what was begun before it is only a part of the period.
    over_since: Option<DateTime<Utc>>,
}

impl Freshness {
    /// What an ask demands at `now`.
    pub fn of(source: &Source, ask: &Ask, now: DateTime<Utc>) -> Self {
        let end = midnight(source.zone, ask.period.end);
        Self { refresh_since: ask.refresh_since, over_since: (end <= now).then_some(end) }
    }

    /// Whether the pages of a pull that was the newest serve.
    ///
    /// Begun in the very instant of the order does not do: only a clock that stands still gives that, and then the
    /// pages are those of a pull before.
    pub fn serves(&self, begun: DateTime<Utc>) -> bool {
        self.whole(begun) && self.refresh_since.is_none_or(|since| begun > since)
    }

    /// Whether an unfinished pull beside the newest one goes on.
    pub fn goes_on(&self, begun: DateTime<Utc>) -> bool {
        self.whole(begun) && self.refresh_since.is_none_or(|since| begun >= since)
    }

    /// Whether a person asked for new pages.
    pub fn is_asked_for(&self) -> bool {
        self.refresh_since.is_some()
    }

    fn whole(&self, begun: DateTime<Utc>) -> bool {
        self.over_since.is_none_or(|over| begun >= over)
    }
}

/// Days that a pull begun at `old` has and that one begun at `new` could no longer ask for, by resource.
pub fn would_lose(source: &Source, ask: &Ask, old: DateTime<Utc>, new: DateTime<Utc>) -> Option<(String, Cut)> {
    source.resources.iter().find_map(|resource| {
        let window = resource.window.as_ref()?;
        let cut = too_old(window, ask.period, source.zone, new)?;
        (too_old(window, ask.period, source.zone, old).as_ref() != Some(&cut)).then(|| (resource.id.clone(), cut))
    })
}
