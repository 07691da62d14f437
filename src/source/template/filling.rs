//! What fills the holes of one request.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use serde_json::Value;

/// The fields of one record of a resource that another one asks for each of.
pub type Parent = BTreeMap<String, Value>;

/// What fills the holes of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Filling {
    /// The name of the period.
    pub period: String,
    /// The id of the job; empty where a source is read for none.
    pub job: String,
    /// The window, if the resource has one.
    pub window: Option<(DateTime<Tz>, DateTime<Tz>)>,
    /// What lies between the last instant of the window and its end.
    pub granularity: TimeDelta,
    /// The batches of its fan-outs.
    pub batches: Vec<Batch>,
    /// The parent's fields, where there is one of it.
    pub parent: Parent,
}

/// The ids of one fan-out for one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Which hole they fill: `None` for `{ids}`, a name for `{ids.NAME}`.
    pub slot: Option<String>,
    /// The ids.
    pub ids: Vec<String>,
    /// What stands between two.
    pub join: String,
}

impl Default for Filling {
    /// Nothing fills any hole.
    fn default() -> Self {
        Self {
            period: String::new(),
            job: String::new(),
            window: None,
            granularity: TimeDelta::seconds(1),
            batches: Vec::new(),
            parent: Parent::new(),
        }
    }
}

impl Filling {
    /// The ids for a hole.
    pub fn ids(&self, slot: Option<&str>) -> &[String] {
        self.batch(slot).map_or(&[], |batch| &batch.ids)
    }

    /// The batch for a hole.
    pub fn batch(&self, slot: Option<&str>) -> Option<&Batch> {
        self.batches.iter().find(|batch| batch.slot.as_deref() == slot)
    }
}
