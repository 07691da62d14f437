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

/// Opens a table that [`write`] left, without reading its rows yet.
pub fn read(folder: &Path, table: &str) -> anyhow::Result<LazyFrame> {
    let path = folder.join(format!("{table}.parquet"));
    anyhow::ensure!(path.is_file(), "there is no table `{}`; run the job for this period first", path.display());
    let path = path.to_str().context("the data folder's path is not UTF-8")?;
    LazyFrame::scan_parquet(PlRefPath::new(path), ScanArgsParquet::default())
        .map_err(anyhow::Error::from)
        .with_context(|| format!("reading table `{table}`"))
}
