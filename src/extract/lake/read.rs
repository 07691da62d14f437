//! Rows out of the lake.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use polars::prelude::{
    BooleanChunked, DataFrame, NewChunkedArray, ParallelStrategy, ParquetReader, PolarsResult, SerReader,
};

use super::WALK;

/// A file of the lake that is not there or not whole; its rows can be mapped anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// The file.
    pub path: PathBuf,
}

/// The rows of some walks of a file, in their order; `rows` is how many it has in all. Where columns are named, no others
/// are read.
///
/// # Errors
/// When the file is not as it was written.
pub fn read(path: &Path, rows: u64, walks: Option<&[u32]>, columns: Option<&[&str]>) -> Result<DataFrame, Damaged> {
    let damaged = || Damaged { path: path.to_owned() };
    // polars would map the file, and panics where the system cannot do that.
    let bytes = fs::read(path).map_err(|_| damaged())?;
    // Files are small and many: they are read side by side, not their columns.
    let columns = columns.map(|names| names.iter().chain(&[WALK]).map(ToString::to_string).collect());
    let reader = ParquetReader::new(Cursor::new(bytes)).with_columns(columns);
    let reader = reader.read_parallel(ParallelStrategy::None);
    let frame = reader.finish().map_err(|_| damaged())?;
    if frame.height() as u64 != rows {
        return Err(damaged());
    }
    of_walks(frame, walks).map_err(|_| damaged())
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
