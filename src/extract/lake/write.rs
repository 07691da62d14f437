//! Rows into the lake, a file for each table and day.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use polars::prelude::{Column, DataFrame, IdxCa, IdxSize, NamedFrom, ParquetWriter, Series};

use super::{Label, Name, WALK};
use crate::extract::keep::{LakeFile, write_whole};
use crate::extract::map::frame::frame;
use crate::extract::map::rows::Rows;
use crate::source::Table;

/// How many files wait for the disk at the same time: it takes many in about the time of one.
const ABREAST: usize = 32;

/// Rows of one table and the walk of each.
#[derive(Debug)]
pub struct Sheet {
    /// The rows.
    pub rows: Rows,
    /// The number of the walk of each row.
    pub walks: Vec<u32>,
}

impl Sheet {
    /// No rows yet.
    pub fn new(table: Table) -> Self {
        Self { rows: Rows::new(table), walks: Vec::new() }
    }

    /// The rows of one walk.
    pub fn of_walk(rows: Rows, walk: u32) -> Self {
        Self { walks: vec![walk; rows.height], rows }
    }

    /// Adds the rows of a walk.
    pub fn add(&mut self, rows: Rows, walk: u32) {
        self.walks.extend(std::iter::repeat_n(walk, rows.height));
        self.rows.append(rows);
    }
}

/// Writes sheets, whole files only, and gives what was written; it is durable when this returns.
///
/// # Errors
/// When the disk refuses, or a decimal does not fit its precision.
pub fn write(lake: &Path, name: Name, sheets: Vec<Sheet>) -> Result<Vec<LakeFile>> {
    let (mut files, mut frames) = (Vec::new(), Vec::new());
    for sheet in sheets {
        let table = sheet.rows.table.name();
        for (label, frame) in by_label(sheet, name.source)? {
            let label = label.to_string();
            let path = name.path(lake, table, &label);
            files.push(LakeFile { table: table.to_owned(), day: label, rows: frame.height() as u64 });
            frames.push((path, frame));
        }
    }
    write_all(frames)?;
    Ok(files)
}

/// Writes frames to their files.
///
/// # Errors
/// When the disk refuses.
pub(super) fn write_all(frames: Vec<(PathBuf, DataFrame)>) -> Result<()> {
    abreast(frames, |(path, mut frame)| write_whole(&path, &parquet(&mut frame)?))
}

/// Does the same with each of many files, several at a time.
///
/// # Errors
/// When one of them fails.
pub(super) fn abreast<T: Send>(files: Vec<T>, work: impl Fn(T) -> Result<()> + Sync) -> Result<()> {
    let threads = ABREAST.min(files.len());
    let left = Mutex::new(files.into_iter());
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || -> Result<()> {
        while let Some(file) = next() {
            work(file)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(written) => written,
            Err(_) => bail!("writing rows was interrupted"),
        })
    })
}

/// The frames of each day, rows in their order.
pub(super) fn by_label(sheet: Sheet, source: &str) -> Result<Vec<(Label, DataFrame)>> {
    let mut places: BTreeMap<Label, Vec<IdxSize>> = BTreeMap::new();
    for (row, label) in Label::of(&sheet.rows).into_iter().enumerate() {
        places.entry(label).or_default().push(IdxSize::try_from(row).context("too many rows for one load")?);
    }
    let mut whole = frame(sheet.rows, source)?;
    whole.with_column(Column::from(Series::new(WALK.into(), sheet.walks))).context("rows without walks")?;
    if places.len() == 1 {
        return Ok(places.into_keys().map(|label| (label, whole.clone())).collect());
    }
    let take = |(label, rows): (Label, Vec<IdxSize>)| {
        let rows = IdxCa::from_vec("".into(), rows);
        Ok((label, whole.take(&rows).context("rows of a day cannot be taken")?))
    };
    places.into_iter().map(take).collect()
}

fn parquet(frame: &mut DataFrame) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(frame).context("rows cannot be written as Parquet")?;
    Ok(bytes)
}
