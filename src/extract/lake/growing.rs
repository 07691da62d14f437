//! Rows on their way into the lake while their walk still goes on: files that grow under another name, a row group at a
//! time, and get their own all together at the end. What is dropped before leaves nothing behind.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{DataFrame, ParquetWriter};

use super::write::{Sheet, abreast, by_label, write_all};
use super::{Label, Name};
use crate::extract::keep::{LakeFile, Unfinished};
use crate::source::Table;

/// How many files grow at the same time; rows of further days wait in memory for the end.
const MOST_OPEN: usize = 256;

/// Files of one load that grow.
pub struct Growing {
    lake: PathBuf,
    source: String,
    resource: String,
    /// The load to which they belong.
    pub load: String,
    files: BTreeMap<(Table, Label), GrowingFile>,
    waiting: BTreeMap<(Table, Label), DataFrame>,
}

struct GrowingFile {
    unfinished: Unfinished,
    writer: BatchedWriter<BufWriter<Arc<File>>>,
    rows: u64,
}

impl Growing {
    /// Nothing written yet.
    pub fn new(lake: &Path, name: Name) -> Self {
        let (source, resource, load) = (name.source.to_owned(), name.resource.to_owned(), name.load.to_owned());
        Self { lake: lake.to_owned(), source, resource, load, files: BTreeMap::new(), waiting: BTreeMap::new() }
    }

    /// Adds rows, which follow those that were added before.
    ///
    /// # Errors
    /// When the disk refuses, or a decimal does not fit its precision.
    pub fn add(&mut self, sheet: Sheet) -> Result<()> {
        let table = sheet.rows.table;
        for (label, frame) in by_label(sheet, &self.source)? {
            self.append((table, label), frame)?;
        }
        Ok(())
    }

    fn append(&mut self, place: (Table, Label), frame: DataFrame) -> Result<()> {
        if let Some(file) = self.files.get_mut(&place) {
            return file.append(&frame);
        }
        if self.files.len() < MOST_OPEN {
            let mut file = GrowingFile::open(&self.path(place.0, &place.1), &frame)?;
            file.append(&frame)?;
            self.files.insert(place, file);
            return Ok(());
        }
        match self.waiting.get_mut(&place) {
            Some(rows) => rows.vstack_mut_owned(frame).map(drop).context("rows of one table do not fit together"),
            None => {
                self.waiting.insert(place, frame);
                Ok(())
            }
        }
    }

    fn path(&self, table: Table, label: &Label) -> PathBuf {
        let name = Name { source: &self.source, resource: &self.resource, load: &self.load };
        name.path(&self.lake, table.name(), &label.to_string())
    }

    /// Gives every file its name and tells what was written; it is durable when this returns.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(mut self) -> Result<Vec<LakeFile>> {
        let file = |((table, label), rows): (&(Table, Label), u64)| LakeFile {
            table: table.name().to_owned(),
            day: label.to_string(),
            rows,
        };
        let grown = self.files.iter().map(|(place, one)| (place, one.rows));
        let waiting = self.waiting.iter().map(|(place, frame)| (place, frame.height() as u64));
        let listed = grown.chain(waiting).map(file).collect();
        let waiting = std::mem::take(&mut self.waiting);
        write_all(waiting.into_iter().map(|((table, label), frame)| (self.path(table, &label), frame)).collect())?;
        abreast(std::mem::take(&mut self.files).into_values().collect(), GrowingFile::finish)?;
        Ok(listed)
    }
}

impl GrowingFile {
    fn open(path: &Path, like: &DataFrame) -> Result<Self> {
        let (unfinished, file) = Unfinished::create(path)?;
        let writer = ParquetWriter::new(BufWriter::new(file))
            .batched(like.schema())
            .context("rows cannot be written as Parquet")?;
        Ok(Self { unfinished, writer, rows: 0 })
    }

    fn append(&mut self, frame: &DataFrame) -> Result<()> {
        self.rows += frame.height() as u64;
        self.writer.write_batch(frame).context("rows cannot be written as Parquet; check free space")
    }

    fn finish(self) -> Result<()> {
        let Self { unfinished, writer, .. } = self;
        writer.finish().context("rows cannot be written as Parquet; check free space")?;
        drop(writer);
        unfinished.finish()
    }
}
