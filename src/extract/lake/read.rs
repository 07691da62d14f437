//! Rows out of the lake.

use std::fs::File;
use std::path::{Path, PathBuf};

use polars::prelude::{BooleanChunked, DataFrame, NewChunkedArray, ParquetReader, PolarsResult, SerReader};

use super::WALK;

/// A file of the lake that is not there or not whole; its rows can be mapped anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// The file.
    pub path: PathBuf,
}

/// The rows of some walks of a file, in their order; `rows` is how many it has in all.
///
/// # Errors
/// When the file is not as it was written.
pub fn read(path: &Path, rows: u64, walks: Option<&[u32]>) -> Result<DataFrame, Damaged> {
    let damaged = || Damaged { path: path.to_owned() };
    let file = File::open(path).map_err(|_| damaged())?;
    let frame = ParquetReader::new(file).finish().map_err(|_| damaged())?;
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
