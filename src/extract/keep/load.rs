//! A load: the rows of some finished walks under one mapping, as they lie in the lake.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::extract::map::Note;
use crate::extract::walk::Declared;
use crate::source::template::Parent;
use crate::words::Bilingual;

/// Rows of finished walks of one pull in the lake.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Load {
    /// Its name, the last part of the names of its files.
    pub id: String,
    /// The hash of the mapping that made the rows.
    pub mapping: String,
    /// The pull that its walks belong to.
    pub pull: String,
    /// When the first of its walks was begun.
    pub begun: DateTime<Utc>,
    /// Its walks in the order of their rows; their places are the numbers in the files.
    pub walks: Vec<Mapped>,
    /// Its files, by table and day.
    pub files: Vec<LakeFile>,
}

/// One walk of a load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Mapped {
    /// The walk's name.
    pub walk: String,
    /// What mapping it told.
    #[serde(flatten)]
    pub facts: Facts,
}

/// One file of the lake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LakeFile {
    /// The table.
    pub table: String,
    /// The day of its rows, their month, or `undated`.
    pub day: String,
    /// How many rows it has.
    pub rows: u64,
}

/// What one walk told, apart from its rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Facts {
    /// How many records were seen.
    pub records: u64,
    /// What the source declared against what it gave.
    #[serde(default)]
    pub declared: Declared,
    /// How many first pages were full and did not say what follows.
    #[serde(default)]
    pub unsure: u64,
    /// Whether the source has no such thing.
    pub missing: bool,
    /// Whether a row lies on a day that was not asked for.
    pub strayed: bool,
    /// Records dropped on purpose, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub skipped: BTreeMap<String, u64>,
    /// Records that could not become rows.
    #[serde(default)]
    pub aside: Told,
    /// What was noticed about files that could be read.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub notes: BTreeSet<Note>,
    /// The fields that later resources need, of each record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<Parent>,
}

/// Records that could not become rows, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// How many.
    pub records: u64,
    /// Why: in words, how often, and the numbers of the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<(Bilingual, u64, Vec<u64>)>,
}

impl Told {
    /// Adds what another walk set aside; of the numbers only the first few stay.
    pub fn merge(&mut self, other: &Self, samples: usize) {
        self.records += other.records;
        for (words, count, numbers) in &other.reasons {
            match self.reasons.iter_mut().find(|(known, ..)| known == words) {
                Some((_, total, known)) => {
                    *total += count;
                    known.extend(numbers);
                    known.truncate(samples);
                }
                None => self.reasons.push((words.clone(), *count, numbers.clone())),
            }
        }
    }
}
