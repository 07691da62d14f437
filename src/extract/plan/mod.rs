//! What will be asked for: a survey says what is wanted of a resource, and each window with each batch of ids of the part
//! that is missing is one walk over pages.

mod batch;
mod cut;
mod reach;
mod survey;
mod window;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use polars::prelude::DataFrame;

pub use cut::{halves, legs};
pub use reach::{Cut, Reach, Unit, day_of};
pub use survey::{Survey, lists, walk_of};

use crate::period::Period;
use crate::source::Table;
use crate::source::template::{Filling, Parent};

/// One window with one batch of ids; its pages follow each other.
#[derive(Clone, Debug)]
pub struct Walk {
    /// What fills the holes of its requests.
    pub filling: Filling,
    /// The days of its window, half open.
    pub days: Option<(NaiveDate, NaiveDate)>,
}

/// The clock and the tables that a plan depends on.
pub struct Circumstance<'a> {
    /// The period.
    pub period: Period,
    /// The id of the job.
    pub job: &'a str,
    /// The source's zone.
    pub zone: Tz,
    /// When the pull began.
    pub begun: DateTime<Utc>,
    /// Tables that are there for a fan-out.
    pub tables: &'a BTreeMap<Table, Vec<DataFrame>>,
    /// The records of earlier resources of the same source, by resource; `None` where nothing was pulled.
    pub parents: Option<&'a BTreeMap<String, Vec<Parent>>>,
}
