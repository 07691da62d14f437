//! The rows about one person in a Parquet file: read for their export, left out for their erasure.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result};
use polars::prelude::*;

use super::{answers, origin};
use crate::unfinished::Unfinished;

/// Columns whose cells say whose a row is; elsewhere the same short word means something else.
const OWNERS: [&str; 2] = ["agent_id", "account"];

/// By what a person is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Staff number and accounts: they count in the columns that say whose a row is.
    pub ids: BTreeSet<String>,
    /// Names and mail addresses: they count wherever they stand.
    pub names: BTreeSet<String>,
}

/// The rows about a person.
///
/// # Errors
/// When the file cannot be read.
pub fn rows_about(path: &Path, words: &Words) -> Result<DataFrame> {
    let frame = read(path)?;
    let about = mask(&frame, words);
    Ok(frame.filter(&about)?)
}

/// Writes the file anew without those rows, whole or not at all, and gives how many they were.
///
/// # Errors
/// When the file cannot be read or written.
pub fn leave_out(path: &Path, words: &Words) -> Result<usize> {
    let folder = path.parent().context("a table lies in a folder")?;
    // What was noticed may name them even where no row is theirs.
    origin::forget(folder).with_context(|| format!("cannot write into `{}`", folder.display()))?;
    let frame = read(path)?;
    let about = mask(&frame, words);
    let mut rest = frame.filter(&!&about)?;
    let left_out = frame.height() - rest.height();
    if left_out == 0 {
        return Ok(0);
    }
    answers::forget(folder).with_context(|| format!("cannot remove answers in `{}`", folder.display()))?;
    let cannot = || format!("cannot write `{}`", path.display());
    let (unfinished, file) = Unfinished::begin(path).with_context(cannot)?;
    ParquetWriter::new(&*file).finish(&mut rest).map_err(anyhow::Error::from).with_context(cannot)?;
    unfinished.sync().and_then(|()| unfinished.name()).with_context(cannot)?;
    Ok(left_out)
}

/// Writes rows as a CSV file.
///
/// # Errors
/// When the file cannot be written.
pub fn write_csv(path: &Path, rows: &mut DataFrame) -> Result<()> {
    let file = File::create(path).with_context(|| format!("cannot write `{}`", path.display()))?;
    CsvWriter::new(file)
        .finish(rows)
        .map_err(anyhow::Error::from)
        .with_context(|| format!("writing `{}`", path.display()))
}

/// The values of these columns in the rows about somebody.
///
/// # Errors
/// When the file cannot be read.
pub fn other_names(path: &Path, words: &Words, columns: &[&str]) -> Result<BTreeSet<String>> {
    let rows = rows_about(path, words)?;
    let named = columns.iter().filter_map(|name| rows.column(name).ok()?.str().ok());
    let names = named.flat_map(|cells| cells.iter().flatten().map(str::to_owned).collect::<Vec<_>>());
    Ok(names.filter(|name| !name.is_empty()).collect())
}

fn read(path: &Path) -> Result<DataFrame> {
    // polars would map the file, and panics where the system cannot do that.
    let bytes = fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    ParquetReader::new(Cursor::new(bytes))
        .finish()
        .map_err(anyhow::Error::from)
        .with_context(|| format!("`{}` is damaged", path.display()))
}

fn mask(frame: &DataFrame, words: &Words) -> BooleanChunked {
    let mut about = vec![false; frame.height()];
    for column in frame.columns() {
        let Ok(cells) = column.str() else { continue };
        let owns = OWNERS.contains(&column.name().as_str());
        for (is_about, cell) in about.iter_mut().zip(cells.iter()) {
            *is_about |= cell.is_some_and(|cell| words.names.contains(cell) || (owns && words.ids.contains(cell)));
        }
    }
    BooleanChunked::from_iter_values("about".into(), about.into_iter())
}
