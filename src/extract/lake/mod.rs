//! Rows of finished walks as Parquet: `lake/TABLE/DAY/SOURCE.RESOURCE.LOAD.parquet`.
//!
//! A file has the rows of one table and day that one load brought: the columns of the table, `source`, and `walk`, the
//! number of the walk in its load. The load's name begins with the hash of its mapping, so that a changed source file
//! never finds rows of the old one. Everything here follows from the kept pages and can be written anew from them.

mod growing;
mod label;
mod read;
mod write;

use std::path::{Path, PathBuf};

pub use growing::Growing;
pub use label::Label;
pub use read::{Damaged, Slices, read};
pub use write::{Sheet, write};

/// The column that says which walk a row is of; no frame outside has it.
const WALK: &str = "walk";

/// Whose rows a file has.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a> {
    /// The source.
    pub source: &'a str,
    /// The resource.
    pub resource: &'a str,
    /// The load.
    pub load: &'a str,
}

impl Name<'_> {
    /// The file of a table and day.
    pub fn path(&self, lake: &Path, table: &str, label: &str) -> PathBuf {
        lake.join(table).join(label).join(format!("{}.{}.{}.parquet", self.source, self.resource, self.load))
    }
}

#[cfg(test)]
mod tests;
