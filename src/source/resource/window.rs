//! How the time that is asked for is cut.

use chrono::TimeDelta;

/// How the time that is asked for is cut; days are days of the source's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// How many days one walk over pages covers.
    pub step: Step,
    /// How long one request may ask for inside a day; `None` when days are never cut.
    pub pieces: Option<TimeDelta>,
    /// How many days back the interface answers; `None` for any.
    pub max_age: Option<u64>,
    /// Whether the present day may be asked for.
    pub today: Today,
    /// How many days, the present one included, the interface does not answer for yet.
    pub min_age: u64,
    /// How many days before the period are asked for too.
    pub before: u64,
    /// How many days after it.
    pub after: u64,
    /// How many days after its end a day may still change; `None` when it is final as soon as it is over.
    pub lookback: Option<u64>,
    /// What lies between the last instant that is asked for and the first one after it, where the end counts.
    pub granularity: TimeDelta,
    /// From how many records on an answer is not whole, because the interface cuts the rest without a word.
    pub too_large: Option<u64>,
    /// What places a record in a window.
    pub by: By,
}

impl Default for Window {
    /// As long as what is asked for, up to now, to the second.
    fn default() -> Self {
        Self {
            step: Step::Whole,
            pieces: None,
            max_age: None,
            today: Today::Allowed,
            min_age: 0,
            before: 0,
            after: 0,
            lookback: None,
            granularity: TimeDelta::seconds(1),
            too_large: None,
            by: By::Fact,
        }
    }
}

/// How many days one walk over pages covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// As many as are asked for.
    Whole,
    /// At most this many.
    Days(u64),
    /// Whole calendar months, for files by month.
    Month,
}

/// Whether the present day may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Today {
    /// Up to now.
    Allowed,
    /// Only days that are over.
    Refused,
}

/// What places a record in a window, and so what pulling a day again means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The time of the fact: a day that is pulled again replaces its rows.
    Fact,
    /// The time of its last change: a record that changes moves to a later window, and its newest version stands by key.
    Change,
}
