//! Canonical tables from a folder of CSV files, one `<table>.csv` each: the worked example of a scheme.
//!
//! UTF-8, a header row with columns of the table in any order, absent columns and empty cells are no value; `true` and
//! `false`, days as `2026-10-05`, times as `2026-10-05T09:00:00`.

mod cells;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use polars::prelude::*;

use crate::diag::{AuthoredFile, Diagnostic, Diagnostics};
use crate::extract;
use crate::source::Table;

/// What stands in the `source` column of these rows.
const SOURCE: &str = "story";

/// Reads every table of a folder, by name, in the form that [`super::build`] takes.
///
/// # Errors
/// Everything that is wrong with the files: tables and columns that do not exist, rows without what they need, cells
/// that are not of their column's kind; each with its line and column.
pub fn read_story(folder: &Path) -> Result<Vec<(String, DataFrame)>, Diagnostics> {
    let mut found = Diagnostics::new();
    let mut frames = Vec::new();
    for path in files(folder)? {
        match read_file(&path) {
            Ok((table, frame)) => frames.push((table.name().to_owned(), frame)),
            Err(faults) => found.extend(faults),
        }
    }
    found.into_result(frames)
}

/// The files of a folder, by name, without hidden ones.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let unreadable = |error: std::io::Error| {
        Diagnostic::error(format!("cannot read the folder `{}`: {error}", folder.display()))
            .hint("a story has one folder of CSV files for each of its periods, named like the period")
    };
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let paths: Result<Vec<PathBuf>, std::io::Error> = entries.map(|entry| Ok(entry?.path())).collect();
    let is_hidden = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let mut paths: Vec<PathBuf> = paths.map_err(unreadable)?.into_iter().filter(|path| !is_hidden(path)).collect();
    paths.sort();
    Ok(paths)
}

fn read_file(path: &Path) -> Result<(Table, DataFrame), Diagnostics> {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if path.extension().is_none_or(|extension| extension != "csv") {
        return Err(Diagnostic::error(format!("`{}` is no table", path.display()))
            .hint("only files named `<table>.csv` lie here")
            .into());
    }
    let Some(table) = Table::from_name(&stem) else {
        let mut names: Vec<&str> = Table::all().map(Table::name).collect();
        names.sort_unstable();
        return Err(Diagnostic::error(format!("`{}`: there is no table `{stem}`", path.display()))
            .hint(format!("the tables are `{}`", names.join("`, `")))
            .into());
    };
    let rows = table::read(table, &AuthoredFile::read(path)?)?;
    let frame = extract::frame(rows, SOURCE);
    let frame = frame.map_err(|error| Diagnostic::error(format!("`{}`: {error:#}", path.display())))?;
    Ok((table, frame))
}
