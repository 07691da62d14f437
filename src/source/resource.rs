//! One thing that an interface gives: the request, its windows, batches and pages, and where the records lie.

mod fan_out;
mod glob;
mod paginator;
mod request;
mod window;

use std::collections::BTreeSet;

use super::format::Format;
use super::mapping::Mapping;
use super::template::Filling;

pub use fan_out::{FanOut, FanOutTable};
pub use glob::matches;
pub use paginator::{More, PageSize, Paginator, Paging, Place, Told};
pub use request::{Body, JsonTemplate, Method, Request};
pub use window::{By, Step, Today, Window};

/// One thing that an interface gives.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its name inside the source.
    pub id: String,
    /// The request.
    pub request: Request,
    /// How the time is cut; `None` when the interface knows no time.
    pub window: Option<Window>,
    /// Which ids are asked for, in all combinations; empty when all come at once.
    pub fan_outs: Vec<FanOut>,
    /// The fields of its records that later resources of the file need; empty when none asks for each of them.
    pub gives: BTreeSet<String>,
    /// How pages follow each other.
    pub paginator: Paginator,
    /// What the body is.
    pub format: Format,
    /// How many files of a folder one window may find.
    pub matches: Matches,
    /// The share of records, in percent, that may be set aside before the run is held; `None` for any but all.
    pub set_aside_limit: Option<u64>,
    /// What it means that nothing came.
    pub when_empty: WhenEmpty,
    /// What it means that the source has no such thing.
    pub when_missing: WhenMissing,
    /// Which rows a record becomes.
    pub mapping: Mapping,
}

impl Resource {
    /// Whether it reads every workbook of a folder, however many people put one there.
    pub fn collects_workbooks(&self) -> bool {
        matches!(self.format, Format::Workbook { .. }) && self.matches == Matches::All
    }

    /// Whether it reads a file of this name from a period's folder, for this job.
    pub fn reads(&self, (period, job): (&str, &str), file: &str) -> bool {
        let filling = Filling { period: period.to_owned(), job: job.to_owned(), ..Filling::default() };
        let path = self.request.path.fill_path(&filling);
        let (folder, name) = path.trim_start_matches('/').rsplit_once('/').unwrap_or_default();
        folder == period && matches(name, file)
    }
}

/// How many files of a folder one window may find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matches {
    /// All of them are read, by name.
    All,
    /// A second one is an error.
    One,
}

/// What it means that the source answers "not found" (404).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenMissing {
    /// It must be there: the pull fails.
    Fail,
    /// Nobody keeps this table here: the pull goes on without it.
    NoTable,
}

/// What it means that a resource gave no record at all, in a period that has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenEmpty {
    /// It happens: it is told.
    Note,
    /// It does not: the source was wiped or the right to see it was lost, and the run is held.
    Hold,
}
