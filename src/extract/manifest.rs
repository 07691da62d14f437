//! What a pull read, for the record of a run: walks, hashes, times.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::keep::{KeptWalk, Use, Used};
use super::work::Work;

/// What was read of one source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Manifest {
    /// The source.
    pub source: String,
    /// The pull whose walks were used, such as `2026-10#3`.
    pub pull: String,
    /// When it was begun: the rows are true as of this instant.
    pub begun: DateTime<Utc>,
    /// SHA-256 over what was used, in hex.
    pub raw_hash: String,
    /// Its resources, in the order of the file.
    pub resources: Vec<ReadResource>,
}

/// What was read of one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReadResource {
    /// Its id.
    pub resource: String,
    /// The walks, in the order of their rows.
    pub walks: Vec<ReadWalk>,
}

/// A walk that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReadWalk {
    /// The walk, and the days for which it stands; none when all of them.
    #[serde(flatten)]
    pub used: Used,
    /// The days of its window, half open.
    pub window: Option<super::keep::Days>,
    /// When it was begun.
    pub begun: DateTime<Utc>,
    /// How many pages it has.
    pub pages: u64,
    /// SHA-256 over the hashes of its pages, in hex.
    pub raw_hash: String,
}

impl ReadResource {
    /// What is used of a resource.
    pub(super) fn of(work: &Work, part: &Use) -> Self {
        let walk = |used: &Used| work.shelf.walks.iter().find(|walk| walk.id == used.walk).map(|walk| read(used, walk));
        Self { resource: work.resource.id.clone(), walks: part.walks.iter().filter_map(walk).collect() }
    }
}

fn read(used: &Used, walk: &KeptWalk) -> ReadWalk {
    ReadWalk {
        used: used.clone(),
        window: walk.errand.days,
        begun: walk.begun,
        pages: walk.pages,
        raw_hash: walk.raw_hash.clone(),
    }
}
