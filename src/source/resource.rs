//! One thing that an interface gives: the request, its windows, batches and pages, and where the records lie.

mod fan_out;
mod paginator;
mod request;
mod window;

use std::collections::BTreeSet;

use serde_json_path::JsonPath;

use super::mapping::Mapping;

pub use fan_out::{FanOut, FanOutTable};
pub use paginator::{More, PageSize, Paginator, Paging, Place, Told};
pub use request::{Body, JsonTemplate, Method, Request};
pub use window::{Step, Today, Window};

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
    /// The share of records, in percent, that may be set aside before the run is held; `None` for any but all.
    pub set_aside_limit: Option<u64>,
    /// What it means that nothing came.
    pub when_empty: WhenEmpty,
    /// What it means that the source has no such thing.
    pub when_missing: WhenMissing,
    /// Which rows a record becomes.
    pub mapping: Mapping,
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

/// What the body of an answer is.
#[derive(Clone, Debug)]
pub enum Format {
    /// JSON.
    Json {
        /// What a good answer has, besides being JSON.
        expect: Option<JsonPath>,
        /// Where the records lie: a list, or one object instead of a list of one; absent is empty.
        records: JsonPath,
    },
    /// Lines with a header row that names the fields.
    Delimited {
        /// The sign between two fields.
        delimiter: u8,
        /// Whether `"` wraps fields.
        quotes: Quotes,
    },
}

/// Whether `"` wraps fields of a delimited file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// As in CSV.
    Wrap,
    /// It is a sign like any other.
    Plain,
}
