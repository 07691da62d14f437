//! Rows out of the lake.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use polars::prelude::{
    BooleanChunked, DataFrame, FileMetadataRef, NewChunkedArray, ParallelStrategy, ParquetReader, PolarsResult,
    SerReader,
};

use super::WALK;

/// A file of the lake that is not there or not whole; its rows can be mapped anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// The file.
    pub path: PathBuf,
}

/// Some columns of the rows of some walks of a file, in their order; `rows` is how many it has in all.
///
/// # Errors
/// When the file is not as it was written.
pub fn read(path: &Path, rows: u64, walks: Option<&[u32]>, columns: &[&str]) -> Result<DataFrame, Damaged> {
    let damaged = || Damaged { path: path.to_owned() };
    // polars would map the file, and panics where the system cannot do that.
    let bytes = fs::read(path).map_err(|_| damaged())?;
    // Files are small and many: they are read side by side, not their columns.
    let columns = columns.iter().chain(&[WALK]).map(ToString::to_string).collect();
    let reader = ParquetReader::new(Cursor::new(bytes)).with_columns(Some(columns));
    let reader = reader.read_parallel(ParallelStrategy::None);
    let frame = reader.finish().map_err(|_| damaged())?;
    if frame.height() as u64 != rows {
        return Err(damaged());
    }
    of_walks(frame, walks).map_err(|_| damaged())
}

/// The rows of some walks of a file with all columns, in their order, some at a time.
pub struct Slices<'a> {
    path: &'a Path,
    walks: Option<&'a [u32]>,
    bytes: Vec<u8>,
    footer: FileMetadataRef,
    next: usize,
    step: usize,
}

impl<'a> Slices<'a> {
    /// Opens a file that has so many rows; at most `step` of them come at once.
    ///
    /// # Errors
    /// When the file is not as it was written.
    pub fn open(path: &'a Path, rows: u64, walks: Option<&'a [u32]>, step: usize) -> Result<Self, Damaged> {
        let damaged = || Damaged { path: path.to_owned() };
        let bytes = fs::read(path).map_err(|_| damaged())?;
        let mut reader = ParquetReader::new(Cursor::new(bytes.as_slice()));
        let footer = reader.get_metadata().map_err(|_| damaged())?.clone();
        if footer.num_rows as u64 != rows {
            return Err(damaged());
        }
        Ok(Self { path, walks, bytes, footer, next: 0, step })
    }
}

impl Iterator for Slices<'_> {
    type Item = Result<DataFrame, Damaged>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.footer.num_rows {
            return None;
        }
        let mut reader =
            ParquetReader::new(Cursor::new(self.bytes.as_slice())).with_slice(Some((self.next, self.step)));
        reader.set_metadata(self.footer.clone());
        self.next += self.step;
        let rows = reader.finish().and_then(|rows| of_walks(rows, self.walks));
        Some(rows.map_err(|_| Damaged { path: self.path.to_owned() }))
    }
}

fn of_walks(frame: DataFrame, walks: Option<&[u32]>) -> PolarsResult<DataFrame> {
    let kept = match walks {
        None => frame,
        Some(walks) => {
            let numbers = frame.column(WALK)?.u32()?.clone();
            let wanted = numbers.iter().map(|number| number.is_some_and(|number| walks.contains(&number)));
            frame.filter(&BooleanChunked::from_iter_values("".into(), wanted))?
        }
    };
    kept.drop(WALK)
}
