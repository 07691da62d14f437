//! The tables of a period on disk, as Parquet, so that a number can be followed down to its rows.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use anyhow::Context;
use polars::prelude::*;

/// Writes every table as `<folder>/<table>.parquet`; a reader sees the old file or the new one, never half of one.
pub fn write(folder: &Path, frames: &BTreeMap<String, DataFrame>) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    for (table, frame) in frames {
        let path = folder.join(format!("{table}.parquet"));
        let whole = folder.join(format!("{table}.parquet.part"));
        let file = File::create(&whole).with_context(|| format!("cannot write `{}`", whole.display()))?;
        ParquetWriter::new(file)
            .finish(&mut frame.clone())
            .map_err(anyhow::Error::from)
            .with_context(|| format!("writing table `{table}`"))?;
        fs::rename(&whole, &path).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}

/// Reads every table of a folder.
pub(super) fn read_all(folder: &Path) -> anyhow::Result<BTreeMap<String, DataFrame>> {
    let mut frames = BTreeMap::new();
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read the folder `{}`", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let Some(table) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        if path.extension().is_some_and(|extension| extension == "parquet") {
            let file = File::open(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
            let frame = ParquetReader::new(file).finish().map_err(anyhow::Error::from);
            let frame = frame.with_context(|| format!("`{}` is damaged; run the job again", path.display()))?;
            frames.insert(table.to_owned(), frame);
        }
    }
    Ok(frames)
}

/// Writes rows of text cells as one Parquet file.
pub fn write_text_table(path: &Path, columns: &[&str], rows: &[Vec<Option<String>>]) -> anyhow::Result<()> {
    let series = columns.iter().enumerate().map(|(index, name)| {
        let cells: Vec<Option<&str>> = rows.iter().map(|row| row.get(index).and_then(|cell| cell.as_deref())).collect();
        Column::new((*name).into(), cells)
    });
    let mut frame = DataFrame::new(rows.len(), series.collect())?;
    let part = path.with_extension("parquet.part");
    let file = File::create(&part).with_context(|| format!("cannot write `{}`", part.display()))?;
    ParquetWriter::new(file).finish(&mut frame)?;
    fs::rename(&part, path).with_context(|| format!("cannot write `{}`", path.display()))
}
