//! Rows of a table a part at a time: a query over millions of them has few in memory at once, and only their columns that
//! it names.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use polars::prelude::*;

use crate::side_by_side;

use super::{Tables, shape, store};

/// How many rows of a table in memory make a part; on the disk each row group is one.
const ROWS: usize = 1 << 17;

impl Tables {
    /// Does something with some columns of each part of a table, several parts side by side, and gives what came of it in
    /// their order. An empty table has one part, without rows.
    pub fn each_part<T: Send>(
        &self,
        table: &str,
        columns: &BTreeSet<String>,
        work: impl Fn(DataFrame) -> PolarsResult<T> + Sync,
    ) -> anyhow::Result<Vec<T>> {
        let worked = match (self.frames.get(table), self.scans.get(table)) {
            (Some(frame), _) => in_memory(frame, columns, work),
            (None, Some(kept)) => on_disk(&kept.path, table, columns, work),
            (None, None) => Ok(Vec::new()),
        };
        worked.with_context(|| format!("reading table `{table}`"))
    }
}

fn in_memory<T: Send>(
    frame: &DataFrame,
    columns: &BTreeSet<String>,
    work: impl Fn(DataFrame) -> PolarsResult<T> + Sync,
) -> anyhow::Result<Vec<T>> {
    let rows = frame.select(columns.iter().map(String::as_str))?;
    let firsts: Vec<usize> = (0..rows.height().max(1)).step_by(ROWS).collect();
    let part = |first: &usize| {
        let mut part = rows.slice(*first as i64, ROWS);
        part.rechunk_mut();
        work(part)
    };
    Ok(side_by_side::each(&firsts, part)?.into_iter().collect::<PolarsResult<_>>()?)
}

fn on_disk<T: Send>(
    path: &Path,
    table: &str,
    columns: &BTreeSet<String>,
    work: impl Fn(DataFrame) -> PolarsResult<T> + Sync,
) -> anyhow::Result<Vec<T>> {
    let damaged = |error: PolarsError| anyhow::Error::from(error).context(store::damaged(path));
    // The footer is read once for all parts.
    let (names, footer) = footer(path).map_err(damaged)?;
    let present: Vec<String> = columns.iter().filter(|name| names.contains(name)).cloned().collect();
    // Rows of which nothing is asked are still to be counted.
    let read = if present.is_empty() { names.into_iter().take(1).collect() } else { present };
    let mut of_none = (*footer).clone();
    of_none.row_groups.clear();
    of_none.num_rows = 0;
    let part = |place: &usize| {
        // Each reader knows of its own row group only: of a slice it would unpack those before it too.
        let mut footer_of_one = of_none.clone();
        footer_of_one.row_groups.extend(footer.row_groups.get(*place).cloned());
        footer_of_one.num_rows = footer_of_one.row_groups.iter().map(|group| group.num_rows()).sum();
        let part = ParquetReader::new(File::open(path)?).with_columns(Some(read.clone()));
        let mut part = part.read_parallel(ParallelStrategy::None);
        part.set_metadata(Arc::new(footer_of_one));
        let mut rows = part.finish()?;
        shape::fill(table, columns, &mut rows)?;
        work(rows)
    };
    let places: Vec<usize> = (0..footer.row_groups.len().max(1)).collect();
    side_by_side::each(&places, part)?.into_iter().collect::<PolarsResult<_>>().map_err(damaged)
}

/// The names of the columns of a file, and what it says of its row groups.
fn footer(path: &Path) -> PolarsResult<(Vec<String>, FileMetadataRef)> {
    let mut file = ParquetReader::new(File::open(path)?);
    Ok((file.schema()?.iter_names().map(ToString::to_string).collect(), file.get_metadata()?.clone()))
}
