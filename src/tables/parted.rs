//! Rows of a table a part at a time: a query over millions of them has few in memory at once, and only their columns that
//! it names.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use polars::prelude::*;
use rayon::prelude::*;

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
            (None, Some(kept)) => on_disk(&kept.path, table, columns, work)
                .map_err(|error| anyhow::Error::from(error).context(store::damaged(&kept.path))),
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
    Ok(firsts.par_iter().map(part).collect::<PolarsResult<_>>()?)
}

fn on_disk<T: Send>(
    path: &Path,
    table: &str,
    columns: &BTreeSet<String>,
    work: impl Fn(DataFrame) -> PolarsResult<T> + Sync,
) -> PolarsResult<Vec<T>> {
    let mut file = ParquetReader::new(File::open(path)?);
    // The footer is read once for all parts.
    let (schema, footer) = (file.schema()?, file.get_metadata()?.clone());
    let present: Vec<String> = columns.iter().filter(|name| schema.contains(name)).cloned().collect();
    // Rows of which nothing is asked are still to be counted.
    let any = schema.iter_names().next().map(ToString::to_string);
    let read = if present.is_empty() { any.into_iter().collect() } else { present };
    let mut of_none = (*footer).clone();
    of_none.row_groups.clear();
    of_none.num_rows = 0;
    let part = |place: usize| {
        // Each reader knows of its own row group only: of a slice it would unpack those before it too.
        let mut footer_of_one = of_none.clone();
        footer_of_one.row_groups.extend(footer.row_groups.get(place).cloned());
        footer_of_one.num_rows = footer_of_one.row_groups.iter().map(|group| group.num_rows()).sum();
        let part = ParquetReader::new(File::open(path)?).with_columns(Some(read.clone()));
        let mut part = part.read_parallel(ParallelStrategy::None);
        part.set_metadata(Arc::new(footer_of_one));
        let mut rows = part.finish()?;
        shape::fill(table, columns, &mut rows)?;
        work(rows)
    };
    (0..footer.row_groups.len().max(1)).into_par_iter().map(part).collect()
}
