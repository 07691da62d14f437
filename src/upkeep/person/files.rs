//! The Parquet files of a data folder: those of the lake and those of each period of a job.

use std::fs;
use std::path::{Path, PathBuf};

use crate::pipeline::Pipeline;

/// Every one of them, in order.
pub(super) fn tables(pipeline: &Pipeline) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["tables", "lake"] {
        collect(&pipeline.folders.root().join(folder), "parquet", &mut found);
    }
    found.sort();
    found
}

/// The files below a folder with this ending.
pub(super) fn collect(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, ending, found);
        } else if path.extension().is_some_and(|end| end == ending) {
            found.push(path);
        }
    }
}

/// Whether a file has rows of this table: `tables/JOB/PERIOD/TABLE.parquet` or `lake/TABLE/DAY/….parquet`.
pub(super) fn is_table(path: &Path, table: &str) -> bool {
    let name = |path: &Path| path.file_stem().is_some_and(|stem| stem == table);
    name(path) || path.ancestors().nth(2).and_then(Path::file_name).is_some_and(|folder| folder == table)
}
