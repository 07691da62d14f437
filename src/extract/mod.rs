//! Sources to typed rows: requests are planned, pages are fetched and kept, records become columns.
//!
//! What is kept belongs to the source (`keep`): a pull asks only for days and ids that are missing or may still change, so
//! one that died goes on where it was, and a period's repeat needs no network at all. Rows are read from the `lake`, not
//! from pages. Local times are those of the source's zone.
//!
//! ```text
//! survey (what is wanted) ─► agenda (what is missing of it) ─► walks ─► pages kept ─► rows in the lake ─► one lot a table
//! ```

mod agenda;
mod call;
mod changes;
mod content;
mod coverage;
mod dedup;
mod digits;
mod file;
mod flight;
mod freshness;
mod gather;
mod ground;
mod http;
mod json;
mod keep;
mod lake;
mod leg;
mod loader;
mod manifest;
mod map;
mod meeting;
mod newest;
mod noticed;
mod one;
mod outlet;
mod outlook;
mod page;
mod parents;
mod plan;
mod probe;
mod pull;
mod report;
mod selection;
mod status;
mod stock;
mod walk;
mod work;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::finding::Finding;
use crate::period::Period;
use crate::source::Table;

pub use changes::differences;
pub use dedup::Duplicates;
pub use http::Hosts;
pub use keep::{Difference, Failure, OldPage, RawStore};
pub use manifest::{Manifest, ReadResource, ReadWalk};
pub use map::frame::{dtype, empty, frame, schema};
pub use map::rows::{Rows, Value};
pub use map::{example, lacking, plain};
pub use newest::newest;
pub use outlook::{Outlook, ResourceOutlook, describe};
pub use probe::{Probed, probe};
pub use pull::{kept, pull};
pub use report::PERIOD_OPEN;
pub use status::{Mark, ResourceStatus, Status as SourceStatus, status};
pub use stock::Stock;

/// What is wanted from a source.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The period; a resource without window gives its present state.
    pub period: Period,
    /// The id of the job for which it is read; empty where it is for none.
    pub job: String,
    /// Tables that were pulled before, for sources that ask by account or agent.
    pub tables: BTreeMap<Table, DataFrame>,
    /// When a person asked for new pages; a pull that began since satisfies it, and an unfinished one goes on.
    pub refresh_since: Option<DateTime<Utc>>,
}

/// The world around a pull.
pub struct Extraction<'a> {
    /// Now: windows end here and signatures carry it.
    pub clock: Clock,
    /// Where pages are kept.
    pub raw: RawStore,
    /// The hosts that are reached, whose budgets all pulls of this process share.
    pub hosts: Hosts,
    /// Hears what happens.
    pub progress: &'a (dyn Fn(Progress) + Send + Sync),
}

/// What a pull tells while it works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A resource begins.
    Begun {
        /// The source.
        source: String,
        /// The resource.
        resource: String,
        /// How many windows and batches it is cut into; each has one page or more.
        walks: usize,
    },
    /// A page is there.
    Page {
        /// The source.
        source: String,
        /// The resource.
        resource: String,
        /// How many records it has.
        records: u64,
        /// How many bytes.
        bytes: u64,
        /// Whether it had been kept.
        kept: bool,
    },
    /// One window and batch of a resource is through.
    WalkDone {
        /// The source.
        source: String,
        /// The resource.
        resource: String,
    },
    /// A request failed and is repeated.
    Waiting {
        /// The source.
        source: String,
        /// The resource.
        resource: String,
        /// Milliseconds until the next try.
        millis: u64,
        /// Why, without secrets.
        why: String,
    },
}

/// What a source gave.
#[derive(Clone, Debug)]
pub struct Pulled {
    /// The source's id.
    pub source: String,
    /// The rows of every table that the source fills and has, by the name of the table.
    pub lots: Vec<Lot>,
    /// What was noticed.
    pub findings: Vec<Finding>,
    /// What was counted, by resource in the order of the file.
    pub counts: Vec<Count>,
    /// SHA-256 over the hashes of the pages that the rows come from, in the order of the requests, in hex.
    pub raw_hash: String,
    /// The instant as of which the rows are true: when this pull began, not when it was repeated from kept pages.
    pub cut_off: DateTime<Utc>,
    /// What was read, for the record of a run.
    pub manifest: Manifest,
}

/// The rows of one table.
#[derive(Clone, Debug)]
pub struct Lot {
    /// The table.
    pub table: Table,
    /// Its rows in the order of the requests: its columns in their order, then `source`.
    pub stock: Stock,
    /// The rows that came twice and are not in it.
    pub duplicates: Duplicates,
}

/// What one resource gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The resource's id.
    pub resource: String,
    /// How many pages.
    pub pages: u64,
    /// How many of them had been kept.
    pub kept: u64,
    /// How many records were seen.
    pub records: u64,
    /// How many records the source declared, where it does.
    pub declared: Option<u64>,
    /// How many of them it did not give.
    pub missing: u64,
    /// Records dropped on purpose, by name.
    pub skipped: BTreeMap<String, u64>,
    /// Records that could not become rows.
    pub set_aside: u64,
}

/// A page in the raw store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct KeptPage {
    /// SHA-256 of the request without address, token, signature and secrets, in hex.
    pub fingerprint: String,
    /// SHA-256 of the body, in hex; the name of its file.
    pub sha256: String,
    /// When it was fetched.
    pub fetched_at: DateTime<Utc>,
    /// The size of the body in bytes.
    pub bytes: u64,
    /// The HTTP status.
    pub status: u16,
    /// How many records it has.
    pub records: u64,
    /// How many records the source declared in all, where it does.
    pub declared: Option<u64>,
    /// The resource's id.
    pub resource: String,
    /// The request for people, shortened, without secrets.
    pub request: String,
    /// The headers that say what follows, in lower case, without secrets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Whether the source had more than it gives at once, so that the window or batch was halved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub too_large: bool,
}
