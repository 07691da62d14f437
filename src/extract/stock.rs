//! Where the rows of a table are: in memory, or in files of the lake that are read a part at a time.

use std::fs;
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use polars::prelude::{DataFrame, IdxCa, IdxSize, ParquetCompression, ParquetWriter};
use sha2::{Digest, Sha256};

use super::lake::{Damaged, Slices};
use super::map::frame::empty;
use crate::source::Table;

/// How many rows are read at once; a part has fewer than twice as many. Tests have few rows, and several parts of them.
const PART: usize = if cfg!(test) { 2 } else { 1 << 17 };

/// Rows of one table.
#[derive(Clone, Debug)]
pub enum Stock {
    /// All of them, in memory.
    Here(DataFrame),
    /// In the lake, in this order.
    Lake {
        /// The table.
        table: Table,
        /// Where they are.
        strips: Vec<Strip>,
    },
}

/// The rows of some walks of one file of the lake.
#[derive(Clone, Debug)]
pub struct Strip {
    /// The file.
    pub(super) path: PathBuf,
    /// How many rows the file has.
    pub(super) rows: u64,
    /// The walks; `None` for all of the file.
    pub(super) walks: Option<Vec<u32>>,
    /// How many rows they have.
    pub(super) height: usize,
    /// What became of those that met another with their key.
    pub(super) met: Met,
}

/// Rows of a strip that met others with their key.
#[derive(Clone, Debug, Default)]
pub(super) struct Met {
    /// Their places among the rows of the strip, ascending.
    pub(super) places: Vec<usize>,
    /// Whether each of them stands.
    pub(super) stands: Vec<bool>,
    /// What each of them is now.
    pub(super) rows: DataFrame,
}

impl From<DataFrame> for Stock {
    fn from(frame: DataFrame) -> Self {
        Self::Here(frame)
    }
}

impl Stock {
    /// How many rows there are.
    pub fn height(&self) -> usize {
        match self {
            Self::Here(frame) => frame.height(),
            Self::Lake { strips, .. } => strips.iter().map(Strip::height).sum(),
        }
    }

    /// Which rows these are, as a hash: the same for the same ones in the same files, as long as nobody wrote to these.
    ///
    /// # Errors
    /// When a file of the lake cannot be looked at.
    pub fn identity(&self) -> Result<String> {
        let mut hash = Sha256::new();
        match self {
            Self::Here(frame) => hash.update(written(frame)?),
            Self::Lake { strips, .. } => strips.iter().try_for_each(|strip| strip.identify(&mut hash))?,
        }
        Ok(hex::encode(hash.finalize()))
    }

    /// All rows in one frame.
    ///
    /// # Errors
    /// When a file of the lake is not as it was written.
    pub fn read(&self) -> Result<DataFrame> {
        match self {
            Self::Here(frame) => Ok(frame.clone()),
            Self::Lake { table, .. } => {
                let mut whole = empty(*table);
                self.each_part(|part| vstack(&mut whole, part))?;
                whole.rechunk_mut_par();
                Ok(whole)
            }
        }
    }

    /// Does something with the rows, in their order, so many parts at a time.
    ///
    /// # Errors
    /// When a file of the lake is not as it was written, or the work fails.
    pub fn each_parts(&self, many: usize, mut work: impl FnMut(Vec<DataFrame>) -> Result<()>) -> Result<()> {
        let mut waiting = Vec::new();
        self.each_part(|part| {
            waiting.push(part);
            if waiting.len() >= many { work(std::mem::take(&mut waiting)) } else { Ok(()) }
        })?;
        if waiting.is_empty() { Ok(()) } else { work(waiting) }
    }

    /// Does something with the rows, in their order, a part at a time.
    ///
    /// # Errors
    /// When a file of the lake is not as it was written, or the work fails.
    fn each_part(&self, mut work: impl FnMut(DataFrame) -> Result<()>) -> Result<()> {
        match self {
            Self::Here(frame) => {
                (0..frame.height()).step_by(PART).try_for_each(|first| work(frame.slice(first as i64, PART)))
            }
            Self::Lake { table, strips } => {
                let mut waiting = empty(*table);
                for strip in strips {
                    strip.each_slice(*table, |rows| {
                        vstack(&mut waiting, rows)?;
                        // Rows of many small files go on together.
                        if waiting.height() >= PART {
                            work(std::mem::replace(&mut waiting, empty(*table)))
                        } else {
                            Ok(())
                        }
                    })?;
                }
                if waiting.height() > 0 { work(waiting) } else { Ok(()) }
            }
        }
    }
}

impl Strip {
    /// How many rows it has that stand.
    pub(super) fn height(&self) -> usize {
        self.height - self.met.stands.iter().filter(|stands| !**stands).count()
    }

    fn identify(&self, hash: &mut Sha256) -> Result<()> {
        let facts = fs::metadata(&self.path).with_context(|| format!("cannot look at `{}`", self.path.display()))?;
        let file = (facts.len(), facts.mtime(), facts.mtime_nsec(), facts.ctime(), facts.ctime_nsec());
        let Met { places, stands, rows } = &self.met;
        let text =
            format!("{:?} {file:?} {} {:?} {} {places:?} {stands:?}", self.path, self.rows, self.walks, self.height);
        for part in [text.into_bytes(), if places.is_empty() { Vec::new() } else { written(rows)? }] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        Ok(())
    }

    /// Rows of the strip, by their places in it, as they were written.
    pub(super) fn take(&self, table: Table, places: &[usize]) -> Result<DataFrame> {
        let (mut taken, mut first) = (empty(table), 0);
        self.each_raw_slice(table, |rows| {
            let here = within(places, first, rows.height());
            let wanted = places[here].iter().map(|place| (place - first) as IdxSize).collect();
            first += rows.height();
            vstack(&mut taken, rows.take(&IdxCa::from_vec("".into(), wanted))?)
        })?;
        Ok(taken)
    }

    fn each_slice(&self, table: Table, mut work: impl FnMut(DataFrame) -> Result<()>) -> Result<()> {
        let mut first = 0;
        self.each_raw_slice(table, |rows| {
            let here = within(&self.met.places, first, rows.height());
            let after = first + rows.height();
            let rows = if here.is_empty() { rows } else { self.met.brought(rows, first, here)? };
            first = after;
            work(rows)
        })
    }

    fn each_raw_slice(&self, table: Table, mut work: impl FnMut(DataFrame) -> Result<()>) -> Result<()> {
        let names: Vec<_> = empty(table).get_column_names_owned();
        for rows in Slices::open(&self.path, self.rows, self.walks.as_deref(), PART).map_err(give_up)? {
            let rows = rows.map_err(give_up)?.select(names.iter().cloned());
            work(rows.context("rows of another shape lie in the lake")?)?;
        }
        Ok(())
    }
}

impl Met {
    /// Rows of a strip with what these became; `here` are the places among them that lie in those rows.
    fn brought(&self, mut rows: DataFrame, first: usize, here: Range<usize>) -> Result<DataFrame> {
        let mut order: Vec<Option<IdxSize>> = (0..rows.height() as IdxSize).map(Some).collect();
        for at in here.clone() {
            let instead = (rows.height() + at - here.start) as IdxSize;
            order[self.places[at] - first] = self.stands[at].then_some(instead);
        }
        vstack(&mut rows, self.rows.slice(here.start as i64, here.len()))?;
        let order: Vec<IdxSize> = order.into_iter().flatten().collect();
        Ok(rows.take(&IdxCa::from_vec("".into(), order))?)
    }
}

/// A file whose keys can be read and its rows cannot: without it the next pull maps the kept pages anew.
fn give_up(damaged: Damaged) -> anyhow::Error {
    let path = damaged.path;
    let place = path.display();
    // What cannot be opened just now may be whole.
    match fs::read(&path).and_then(|_| fs::remove_file(&path)) {
        Ok(()) => anyhow!("`{place}` is damaged and was removed; run it again, and the kept pages are read anew"),
        Err(error) => anyhow!("cannot read `{place}`: {error}; run it again"),
    }
}

/// Which of some ascending places lie among `height` rows from `first` on.
fn within(places: &[usize], first: usize, height: usize) -> Range<usize> {
    places.partition_point(|place| *place < first)..places.partition_point(|place| *place < first + height)
}

/// Rows as bytes, the same for the same ones.
fn written(rows: &DataFrame) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let writer = ParquetWriter::new(&mut bytes).with_compression(ParquetCompression::Uncompressed);
    writer.finish(&mut rows.clone()).context("rows cannot be written as Parquet")?;
    Ok(bytes)
}

fn vstack(whole: &mut DataFrame, rows: DataFrame) -> Result<()> {
    let columns = whole.get_column_names_owned();
    let rows = rows.select(columns).context("rows of another shape lie in the lake")?;
    whole.vstack_mut_owned(rows).map(drop).context("rows of another shape lie in the lake")
}
