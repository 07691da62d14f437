//! Which days a pull wants of a resource, and which of them the interface answers for.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::Circumstance;
use crate::extract::freshness::final_at;
use crate::source::resource::{By, Request, Step, Today, Window};
use crate::source::template::Slot;

/// Days of the period that cannot be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// The interface no longer answers for these days.
    TooOld {
        /// The first day.
        from: NaiveDate,
        /// The day after the last.
        to: NaiveDate,
    },
    /// These days are not over, or not yet there.
    NotYet {
        /// The first day.
        from: NaiveDate,
        /// The day after the last.
        to: NaiveDate,
    },
}

/// What can be asked for by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Any days.
    Day,
    /// Whole calendar months, because a file has one.
    Month,
    /// The period as a whole, because the request names it.
    Period,
}

/// The days that are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The first day, and the day after the last that is there already.
    pub wanted: (NaiveDate, NaiveDate),
    /// The days of the period itself, half open.
    pub own: (NaiveDate, NaiveDate),
    /// The first day for which the interface still answers; none for any.
    pub oldest: Option<NaiveDate>,
    /// How many days after its end a day may still change.
    pub lookback: u64,
    /// What can be asked for by itself.
    pub unit: Unit,
    /// What places a record in a window.
    pub by: By,
    /// The source's zone.
    pub zone: Tz,
}

impl Reach {
    /// The days of a window for a period, as of the beginning of a pull.
    pub(super) fn of(window: &Window, request: &Request, circumstance: &Circumstance) -> Self {
        let period = circumstance.period;
        let today = day_of(circumstance.begun, circumstance.zone);
        let refused = window.min_age.max(u64::from(window.today == Today::Refused));
        let limit = today + Days::new(1) - Days::new(refused);
        let from = period.start - Days::new(window.before);
        let to = (period.end + Days::new(window.after)).min(limit);
        Self {
            wanted: (from, to.max(from)),
            own: (period.start, period.end),
            // A whole day more than the limit says, because the limit counts from the present minute.
            oldest: window.max_age.map(|age| today - Days::new(age) + Days::new(1)),
            lookback: window.lookback.unwrap_or(0),
            unit: unit(window, request),
            by: window.by,
            zone: circumstance.zone,
        }
    }

    /// The same without the days around the period.
    pub fn within_period(&self) -> Self {
        let wanted = (self.wanted.0.max(self.own.0), self.wanted.1.min(self.own.1));
        Self { wanted: (wanted.0, wanted.1.max(wanted.0)), ..self.clone() }
    }

    /// The wanted days one by one.
    pub fn days(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let (from, to) = self.wanted;
        from.iter_days().take_while(move |day| *day < to)
    }

    /// Whether the interface still answers for a day.
    pub fn is_answered(&self, day: NaiveDate) -> bool {
        self.oldest.is_none_or(|oldest| oldest <= day)
    }

    /// Whether a day belongs to the period itself.
    pub fn is_own(&self, day: NaiveDate) -> bool {
        self.own.0 <= day && day < self.own.1
    }

    /// When a day no longer changes.
    pub fn final_at(&self, day: NaiveDate) -> DateTime<Utc> {
        final_at(self.zone, day, self.lookback)
    }

    /// The days of the period that are not there yet.
    pub fn not_yet(&self) -> Option<Cut> {
        let from = self.wanted.1.max(self.own.0);
        (from < self.own.1).then_some(Cut::NotYet { from, to: self.own.1 })
    }
}

/// The day of an instant on the clocks of a source.
pub fn day_of(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

fn unit(window: &Window, request: &Request) -> Unit {
    let templates = request.query.iter().map(|(_, text)| text).chain([&request.path]).chain(request.body.templates());
    match window.step {
        _ if templates.flat_map(|text| text.slots()).any(|slot| *slot == Slot::Period) => Unit::Period,
        Step::Month => Unit::Month,
        Step::Whole | Step::Days(_) => Unit::Day,
    }
}
